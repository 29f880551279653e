"""Newsletters of a release in GetResponse: found by their name, compared, made.

The name `release KEY HASH` is the only memory: whoever runs the release, wherever, finds there what
earlier runs have made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from prefect_getresponse.client.errors import GetResponseError, NotFound, OutcomeUnknown
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.content_state import Fingerprint, stored
from prefect_getresponse.newsletters.creation import Creation
from prefect_getresponse.tasks.newsletters import (
    create_newsletter,
    delete_newsletter,
    get_newsletter,
    list_newsletters,
)

_NAME = re.compile(r"release (\S+) ([0-9a-f]{12})")
_CREATIONS = 3
"""How often a draft is created whose creation left no trace."""


class AlreadySent(GetResponseError):
    """A newsletter of the key was sent with another text."""

    default_advice = "A new text needs a new key."


@dataclass(frozen=True)
class Made:
    """A newsletter of a release, as a listing shows it.

    Attributes:
        id: Its id.
        hash: The hash in its name.
        is_draft: Whether it waits for its release.
        created_on: When it was made.
    """

    id: str
    hash: str
    is_draft: bool
    created_on: str


async def newsletters_of(side: AccountSide, key: str) -> list[Made]:
    """Return all newsletters of a key, oldest first."""
    rows = await side.account.items(list_newsletters, "newsletterId", name=f"release {key} ")
    found: list[Made] = []
    for row in rows:
        named = _NAME.fullmatch(str(row.get("name", "")).strip())
        if named and named[1] == key:
            is_draft = row.get("type") == "draft"
            found.append(
                Made(row["newsletterId"], named[2], is_draft, str(row.get("createdOn", "")))
            )
    return sorted(found, key=lambda each: (each.created_on, each.id))


def released(found: Sequence[Made], key: str, wanted: str) -> Made | None:
    """Return the newsletter of a key that was sent already; None if there is none.

    Raises:
        AlreadySent: Another text was sent under the key, and this one was not.
    """
    sent = [each for each in found if not each.is_draft]
    if not sent:
        return None
    same = [each for each in sent if each.hash == wanted]
    if not same:
        raise AlreadySent(f"the release {key!r} was sent already, with another text or audience")
    return same[0]


async def read(side: AccountSide, newsletter_id: str) -> dict[str, Any] | None:
    """Read a newsletter; None if it is gone."""
    try:
        found: dict[str, Any] = await side.account.call(get_newsletter, newsletter_id=newsletter_id)
    except NotFound:
        return None
    return found


@dataclass
class Drafts:
    """The drafts of one release.

    Attributes:
        side: The account.
        key: The release.
        creation: What is approved.
        left: Drafts that are left alone, by id.
        also: What GetResponse made of our text when this run created a draft, if that differs.
    """

    side: AccountSide
    key: str
    creation: Creation
    left: dict[str, str] = field(default_factory=dict[str, str])
    also: list[Fingerprint] = field(default_factory=list[Fingerprint])

    def is_ours(self, newsletter: dict[str, Any] | None) -> bool:
        """Whether a newsletter says exactly what was approved."""
        if newsletter is None:
            return False
        found = stored(newsletter)
        return found.says(self.creation) or found in self.also

    async def ready(self) -> Made:
        """Return the oldest draft that says what was approved; make one if there is none.

        Raises:
            OutcomeUnknown: None could be made; nothing was sent.
            AlreadySent: Another text was sent under the key meanwhile.
        """
        for _ in range(_CREATIONS):
            if draft := await self.oldest():
                return draft
            await self._create()
        if draft := await self.oldest():
            return draft
        raise OutcomeUnknown(
            f"no draft of the release {self.key!r} reads back as it was sent; nothing goes out",
            advice="Compare the drafts of this name in GetResponse, then run it again.",
        )

    async def oldest(self) -> Made | None:
        """Return the oldest draft that says what was approved, or None.

        All runs of a release choose the same one, and GetResponse sends it once.
        """
        chosen: Made | None = None
        for each in await newsletters_of(self.side, self.key):
            if not each.is_draft or each.hash != self.creation.hash:
                continue
            if chosen is None and self.is_ours(await read(self.side, each.id)):
                chosen = each
                self.left.pop(each.id, None)
            elif chosen is None:
                self.left[each.id] = "edited"
            else:
                self.left[each.id] = "not needed"
        return chosen

    async def learn(self) -> None:
        """Find out what GetResponse makes of our text, by a draft that is deleted again."""
        newsletter = await self._create()
        if newsletter:
            with suppress(GetResponseError):
                await self.side.account.call(
                    delete_newsletter, newsletter_id=newsletter["newsletterId"]
                )

    async def _create(self) -> dict[str, Any] | None:
        """Create a draft; a lost answer is found by its name afterwards, never repeated blindly."""
        name = f"release {self.key} {self.creation.hash}"
        try:
            answer = await self.side.account.call(
                create_newsletter, name=name, type="draft", **self.creation.arguments
            )
        except OutcomeUnknown:
            return None
        if not isinstance(answer, dict):
            return None
        newsletter = cast("dict[str, Any]", answer)
        found = stored(newsletter)
        if found.is_whole and not found.says(self.creation):
            self.also.append(found)
        return newsletter
