"""The options of an import, said once: names, defaults, and the words that explain them.

The command line and the flows take their explanations from here (`explained_by`), and tests compare
their names, defaults and `prefect.yaml` with it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.faults import faults
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping, read_mapping
from prefect_getresponse.runtime.form_titles import titled
from prefect_getresponse.runtime.prefect_files import prefect_home
from prefect_getresponse.settings import GetResponseSettings

F = TypeVar("F", bound=Callable[..., Any])
Mode = Literal["add_and_update", "add_only", "mirror"]
RouteChoice = Literal["auto", "contacts", "batch", "import"]
RejectRows = Literal["keys", "full"]
MappingText = Annotated[str | dict[str, str], WithJsonSchema({"type": "string"})]
"""A mapping as it is given: one text field in a form, and a dictionary in Python."""


class ImportOptions(BaseModel):
    """Options of one import.

    Each says what it is for in its `title` (a few words, for forms) and its `description`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(
        min_length=1,
        repr=False,  # a URL may hold a password
        title="Source",
        description="What to import, as the machine that runs it sees it: a file, a quoted pattern"
        " of several, the URL of one (s3://...), or SQLAlchemy's URL of a database, where a"
        " password is best ${GETRESPONSE_SOURCE_NAME}.",
    )
    list_name: str = Field(
        min_length=1,
        title="List",
        description="Name of the list (campaign), or its id.",
    )
    mapping: Annotated[SourceMapping, BeforeValidator(read_mapping)] = Field(
        default=SourceMapping(),
        title="What the columns are",
        description="What you say about columns: lines COLUMN=FIELD, or the path or URL of a"
        " mapping file (.toml), which the command map writes.",
    )
    mode: Mode = Field(
        default="add_and_update",
        title="People who are on the list already",
        description="What becomes of people who are on the list already. add_and_update changes"
        " them, add_only leaves them, mirror changes them and removes those gone from the source.",
    )
    vouched: bool = Field(
        default=False,
        title="All of them have agreed",
        description="You vouch that everybody in the source has agreed to get e-mail from you;"
        " needed where no column says who agreed. The report says who vouched, and when.",
    )
    dry_run: bool = Field(
        default=False,
        title="Only show the plan",
        description="Stop after the plan; nothing is sent.",
    )
    create_list: bool = Field(
        default=False,
        title="Create the list",
        description="Create the list if it is missing, with single opt-in.",
    )
    create_fields: bool = Field(
        default=False,
        title="Create custom fields",
        description="Create custom fields that the mapping names and the account lacks, as text.",
    )
    ignore_others: bool = Field(
        default=False,
        title="No other column matters",
        description="You state that no undecided column says who must not get e-mail. It covers"
        " the columns that are there now, and none with a word of refusal.",
    )
    tags: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(),
        title="Tags for everybody",
        description="Tags for every person, beside those of the source.",
    )
    limit: int = Field(
        default=0,
        ge=0,
        title="Most people to send",
        description="Send only the first so many people that the plan would send; 0 for all of"
        " them. For a first real run.",
    )
    route: RouteChoice = Field(
        default="auto",
        title="How people are sent",
        description="How people are sent. auto takes the quickest way; contacts sends a call each,"
        " batch 1000 a call, import 20 MB a call and changes people of the list too.",
    )
    max_reject_ratio: float = Field(
        default=0.05,
        ge=0,
        le=1,
        title="Most rejected rows, 0 to 1",
        description="Share of rejected rows above which the run fails, from 0 to 1.",
    )
    max_removal_ratio: float = Field(
        default=0.1,
        ge=0,
        le=1,
        title="Most of the list that mirror may remove, 0 to 1",
        description="Share of the list that mode mirror may remove, and by which the source may"
        " have shrunk, from 0 to 1; more ends the run before anything is sent.",
    )
    resubscribe: str = Field(
        default="",
        title="Column with the date of consent",
        description="Column that says when somebody agreed; who was removed from the list before"
        " that is imported again. Never unless given.",
    )
    skip_confirmation: bool = Field(
        default=False,
        title="Skip confirmation",
        description="Let route import add people to a double opt-in list unconfirmed.",
    )
    verify: bool = Field(
        default=True,
        title="Read the list back",
        description="Read the list back and give every sent row its verdict.",
    )
    reject_rows: RejectRows = Field(
        default="keys",
        title="What the rejects file holds",
        description="Whether the rejects file holds keyed hashes (keys) or whole rows (full).",
    )
    rejects_to: str = Field(
        default="",
        repr=False,
        title="Where rejected rows go",
        description="Folder or URL (s3://...) in which each run leaves a file of its rejected rows,"
        " so that you can fetch it from there.",
    )
    show_addresses: bool = Field(
        default=False,
        title="Show addresses",
        description="Show addresses, names and values of the preview as they are.",
    )
    vouched_by: str = Field(
        default="",
        title="Who vouches",
        description="Who vouches, if it is not who starts the run or made the deployment.",
    )
    state_dir: str = Field(
        default="",
        title="Folder of the ledgers",
        description="Folder of the ledgers, which must outlive the machine's work;"
        " <PREFECT_HOME>/getresponse if not given.",
    )
    ledger_copy: str = Field(
        default="",
        repr=False,
        title="Folder of copies of the ledgers",
        description="Folder or URL (s3://...) to which the ledger is copied as it grows, for"
        " machines whose disk does not outlive them.",
    )
    retention_days: float = Field(
        default=30.0,
        gt=0,
        title="Days of memory",
        description="Days for which ended runs and people of no source are remembered.",
    )
    settle_seconds: float = Field(
        default=600.0,
        ge=0,
        title="Longest wait for queued contacts",
        description="Longest wait for queued contacts, in seconds.",
    )
    import_seconds: float = Field(
        default=3600.0,
        ge=0,
        title="Longest wait for an import",
        description="Longest wait for GetResponse to do an import, its review included, in"
        " seconds.",
    )
    reopen: Literal["settle", "refuse"] = Field(
        default="settle",
        title="Interrupted runs of a changed source",
        description="What to do about an interrupted run of a source that has changed since:"
        " settle it and start anew, or refuse.",
    )

    is_scheduled: bool = Field(
        default=False,
        title="Started by a schedule",
        description="Whether a schedule starts the run, so that nobody is there to vouch anew.",
    )

    is_attended: bool = Field(
        default=False,
        title="Somebody is there",
        description="Whether somebody starts the run and can see what has changed since.",
    )

    def job_key(self, location: str) -> str:
        """Identity of the job: the same source, list and options give the same key.

        Args:
            location: Canonical location of the source.
        """
        parts = [
            location,
            self.list_name,
            self.mapping.meaning(),
            self.mode,
            sorted(self.tags),
            *([self.resubscribe] if self.resubscribe else []),
        ]
        return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def among(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The options among the parameters of a function, which calls it with its `locals()`."""
    return {name: each for name, each in parameters.items() if name in ImportOptions.model_fields}


def import_options(**values: Any) -> ImportOptions:
    """Check options and fill in what the settings say.

    Args:
        values: The options by name; what is None is not said.

    Raises:
        InvalidArguments: An option cannot be used; all faults are named.
    """
    settings = GetResponseSettings()
    known: dict[str, Any] = {
        "settle_seconds": settings.settle_seconds,
        "import_seconds": settings.import_seconds,
        "retention_days": settings.retention_days,
        **{name: value for name, value in values.items() if value is not None},
    }
    known["ledger_copy"] = known.get("ledger_copy") or settings.ledger_copy
    known["state_dir"] = state_folder(known.get("state_dir") or "")
    try:
        options = ImportOptions.model_validate(known)
    except ValidationError as error:
        raise InvalidArguments(
            f"invalid import options: {faults(error, 'there is no such option')}"
        ) from None
    if options.limit and options.mode == "mirror":
        raise InvalidArguments(
            "limit and mode mirror do not go together: who is not sent is not gone",
            advice="Leave one of them out.",
        )
    return options


def state_folder(given: str) -> str:
    """Where ledgers live: as given, as the settings say, or `<PREFECT_HOME>/getresponse`."""
    return given or GetResponseSettings().state_dir or str(prefect_home() / "getresponse")


def explained_by(options: type[BaseModel]) -> Callable[[F], F]:
    """Let the parameters of a function be explained by the options of the same names.

    Args:
        options: The options.

    Returns:
        A decorator: it adds descriptions to the docstring, and titles to the form in Prefect's UI.
    """

    def explain(function: F) -> F:
        signature = inspect.signature(function, eval_str=True)
        known = [name for name in signature.parameters if name in options.model_fields]
        told = {name: options.model_fields[name].description or "" for name in known}
        function.__doc__ = _with_arguments(inspect.getdoc(function) or "", told)
        parameters = [
            each.replace(annotation=titled(each.annotation, options.model_fields[name].title or ""))
            if name in known
            else each
            for name, each in signature.parameters.items()
        ]
        setattr(function, "__signature__", signature.replace(parameters=parameters))  # noqa: B010
        return function

    return explain


def _with_arguments(text: str, told: dict[str, str]) -> str:
    """A docstring with more arguments, behind those that it has."""
    lines = [f"    {name}: {description}" for name, description in told.items()]
    sections = text.split("\n\n")
    for place, section in enumerate(sections):
        if section.startswith("Args:"):
            sections[place] = "\n".join([section, *lines])
            return "\n\n".join(sections)
    place = next(
        (at for at, each in enumerate(sections) if each.startswith(("Returns:", "Raises:"))),
        len(sections),
    )
    return "\n\n".join([*sections[:place], "\n".join(["Args:", *lines]), *sections[place:]])
