"""Release files: what is sent to whom and when, written so that it can be reviewed like code.

A release is YAML or JSON.  A key that nobody knows, a key given twice, a tab or a value that does
not fit is an error that names the line; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Self, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.faults import requirement
from prefect_getresponse.sources.errors import ImportInputError
from prefect_getresponse.sources.storage.places import is_url, place, short_name

ATTACHMENT_BYTES = 400 * 1024
"""All attachments together.  Source: GetResponse API v3, `POST /newsletters`."""
LARGEST = 10_000_000
"""Bytes of a release file or of a part that it names."""
_QUOTED = re.compile(r"(['\"]).{4,}\1", re.DOTALL)
"""What an error of YAML quotes of a file, which may be another one than a release."""
_KEY = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[Words, ...], BeforeValidator(_as_list)]


class InvalidRelease(InvalidArguments):
    """A release file cannot be used; nothing was sent."""


class Audience(BaseModel):
    """Who gets the newsletter: people of one list who are in all of the segments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list: Words
    segments: Names = ()


class Exclusions(BaseModel):
    """Who does not get it, by name or id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lists: Names = ()
    segments: Names = ()
    suppressions: Names = ()


class Release(BaseModel):
    """One newsletter, as a release file describes it.

    Attributes:
        key: Name of the release: it is sent once, whatever happens. The file's name by default.
        subject: Subject.
        preheader: What inboxes show behind the subject.
        sender: Address or id of a sender (from field) of the account.
        html: HTML; or `html_path`, a file beside the release.
        html_path: See `html`.
        plain: Plain text; or `plain_path`.
        plain_path: See `plain`.
        attachments: Files beside the release, 400 KB in all.
        audience: Who gets it.
        exclusions: Who does not get it.
        send_on: When it is sent, with an offset from UTC, or in `time_zone`.
        time_zone: IANA name of the zone of `send_on`, such as Europe/Warsaw.
        send_now: Send it at once; what was approved can then not be read back before it goes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, StringConstraints(pattern=_KEY)]
    subject: Annotated[str, StringConstraints(min_length=2)]
    preheader: str = ""
    sender: Words
    html: str = ""
    html_path: str = ""
    plain: str = ""
    plain_path: str = ""
    attachments: Names = ()
    audience: Audience
    exclusions: Exclusions = Field(default_factory=Exclusions)
    send_on: datetime | None = None
    time_zone: str = ""
    send_now: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.html and self.html_path:
            raise ValueError("html and html_path are both given: leave one out")
        if self.plain and self.plain_path:
            raise ValueError("plain and plain_path are both given: leave one out")
        if not (self.html or self.html_path or self.plain or self.plain_path):
            raise ValueError("there is no text: give html, html_path, plain or plain_path")
        if self.audience.list in self.exclusions.lists:
            raise ValueError(
                f"the list {self.audience.list!r} is audience and exclusion: nobody would get it"
            )
        if self.send_now == (self.send_on is not None):
            raise ValueError("give either send_on or send_now: true")
        self.when()
        return self

    def when(self) -> datetime | None:
        """Return when it is sent, in UTC; None for at once.

        Raises:
            ValueError: The time does not exist, happens twice, or its zone is not known.
        """
        if self.send_on is None:
            return None
        if self.send_on.tzinfo is not None:
            if self.time_zone:
                raise ValueError("send_on has an offset: leave time_zone out")
            return self.send_on.astimezone(UTC)
        if not self.time_zone:
            raise ValueError(
                "send_on has no zone: add an offset (2027-01-31T10:00:00+01:00) or time_zone"
            )
        return _in_zone(self.send_on, self.time_zone)


def _in_zone(wall: datetime, name: str) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"time_zone {name!r} is not known: use a name such as Europe/Warsaw"
        ) from None
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != wall:
        raise ValueError(
            f"send_on {wall:%Y-%m-%d %H:%M} does not exist in {name}: clocks are put forward then"
        )
    if first != second:
        raise ValueError(
            f"send_on {wall:%Y-%m-%d %H:%M} happens twice in {name}: write it with an offset"
        )
    return first


@dataclass(frozen=True)
class ReleaseText:
    """A release with its texts.

    Attributes:
        release: What the file says.
        html: Its HTML.
        plain: Its plain text.
        attachments: Names and contents of its attachments.
        place: Name of the file, for people.
    """

    release: Release
    html: str
    plain: str
    place: str
    attachments: dict[str, bytes] = field(default_factory=dict[str, bytes])


def read_release(where: str) -> ReleaseText:
    """Read a release and the files that it names.

    Args:
        where: A path, a URL that fsspec can read, or the YAML itself (more than one line).

    Raises:
        InvalidRelease: It cannot be read or used.
    """
    if "\n" in where.strip():
        text, name, folder = where, "release", ""
    else:
        text, name = _text(where), short_name(where)
        folder = where.rpartition("/")[0] if is_url(where) else str(Path(where).parent)
    release = _parse(text, name, Path(name).stem)
    html = release.html or _part(release.html_path, folder, name)
    plain = release.plain or _part(release.plain_path, folder, name)
    attachments = {
        short_name(each): _bytes(_beside(each, folder, name)) for each in release.attachments
    }
    if sum(map(len, attachments.values())) > ATTACHMENT_BYTES:
        raise InvalidRelease(
            f"{name}: the attachments have more than {ATTACHMENT_BYTES:,} bytes",
            advice="Link to them instead.",
        )
    return ReleaseText(release, html, plain, name, attachments)


def is_past(release: Release, now: datetime, least: timedelta) -> bool:
    """Whether it would be sent earlier than some time from now."""
    at = release.when()
    return at is not None and at < now + least


# Reading -----------------------------------------------------------------------------------------


def _part(name: str, folder: str, release: str) -> str:
    return _text(_beside(name, folder, release)) if name else ""


def _beside(name: str, folder: str, release: str) -> str:
    """Say where a file of a release is: beside it or below, never elsewhere."""
    if is_url(name) or Path(name).is_absolute() or ".." in Path(name).parts:
        raise InvalidRelease(
            f"{release}: {name!r} does not lie beside the release",
            advice="Name a file in its folder or below.",
        )
    return f"{folder}/{name}" if is_url(folder) else str(Path(folder, name))


def _bytes(where: str) -> bytes:
    name = short_name(where)
    try:
        with place(where).open() as file:
            content = file.read(LARGEST + 1)
    except ImportInputError as error:
        raise InvalidRelease(f"{name}: {error.what}", advice=f"{error.advice}.") from None
    except OSError as error:
        raise InvalidRelease(
            f"{name}: it cannot be read ({error.strerror or type(error).__name__})",
            advice="Name a file that the worker can read.",
        ) from None
    if len(content) > LARGEST:
        raise InvalidRelease(
            f"{name}: it has more than {LARGEST:,} bytes", advice="Name a release or a message."
        )
    return content


def _text(where: str) -> str:
    try:
        return _bytes(where).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRelease(
            f"{short_name(where)}: it is not UTF-8", advice="Save it as UTF-8."
        ) from None


class _Loader(yaml.SafeLoader):
    """A loader without aliases: some hundred bytes of them can mean gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            alias = cast(Any, self).get_event()
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not read here", problem_mark=alias.start_mark
            )
        return super().compose_node(parent, index)


def _parse(text: str, file: str, stem: str) -> Release:
    plain, lines = _read_yaml(text, file)
    if not plain.keys() & Release.model_fields.keys():
        raise _no_release(file)
    plain.setdefault("key", stem)
    try:
        return Release.model_validate(plain)
    except ValidationError as error:
        fault = error.errors()[0]
        path = tuple(map(str, fault["loc"]))
        line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 1)
        message = requirement(fault, "there is no such key")
        raise InvalidRelease(
            f"{file}:{line}: {': '.join([*('.'.join(path),) * bool(path), message])}",
            advice="The page on newsletters lists the keys of a release.",
        ) from None


def _read_yaml(text: str, file: str) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Return the mapping that a text is, scalars as texts, and the line of each of its keys."""
    lines = dict[tuple[str, ...], int]()
    try:
        node = yaml.compose(text, Loader=_Loader)
        plain = _plain(node, (), lines) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidRelease(
            f"{file}:{line}: {_QUOTED.sub('...', error.problem or 'it is no YAML')}",
            advice="Correct the line.",
        ) from None
    except (yaml.YAMLError, RecursionError):
        raise InvalidRelease(f"{file}: it is no YAML", advice="Save it as text.") from None
    if not isinstance(plain, dict):
        raise _no_release(file)
    return cast(dict[str, Any], plain), lines


def _no_release(file: str) -> InvalidRelease:
    return InvalidRelease(
        f"{file}: it is no release", advice="Write `subject: ...`, one key a line."
    )


def _plain(node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> Any:
    """Return a node as plain data, and note the line of each key."""
    if isinstance(node, yaml.MappingNode):
        found = dict[str, Any]()
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                raise yaml.MarkedYAMLError(
                    problem="a key is given twice", problem_mark=key.start_mark
                )
            lines[*path, name] = key.start_mark.line + 1
            found[name] = _plain(value, (*path, name), lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value, (*path, str(at)), lines) for at, value in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value
