"""Automations that come with the package, on a Prefect server: installed, listed, removed.

What is installed carries a mark of itself in its description, by which a later version sees whether
somebody has edited it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound
from pydantic import BaseModel, ConfigDict

from prefect_getresponse.client.errors import InvalidArguments

_MARK = " [prefect-getresponse "
_COMPARED = {"trigger", "actions", "name"}


class Message(BaseModel):
    """What somebody is told.

    Attributes:
        subject: Subject of the notification.
        body: Its text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    body: str

    def through(self, block_id: UUID) -> SendNotification:
        """Return the action that tells it through a notification block."""
        return SendNotification(block_document_id=block_id, subject=self.subject, body=self.body)


class Shipped(BaseModel):
    """One entry of the file.

    Attributes:
        key: Its name on the command line.
        name: Its name in Prefect.
        description: What it is for.
        trigger: When it acts, as Prefect takes it.
        actions: What it does besides telling somebody.
        message: What it tells.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    description: str
    trigger: dict[str, Any]
    actions: list[dict[str, Any]] = []
    message: Message

    def wanted(self, block_id: UUID | None) -> AutomationCore:
        """Return it as Prefect takes it, marked.

        Args:
            block_id: The notification block; None to tell nobody.

        Raises:
            InvalidArguments: It does nothing but tell somebody, and nobody is named.
        """
        told = [self.message.through(block_id).model_dump(mode="json")] if block_id else []
        if not (self.actions or told):
            raise InvalidArguments(
                f"{self.key} only tells somebody, and nobody is named",
                advice="Add --notify slack-webhook/BLOCK; `prefect block ls` lists your blocks.",
            )
        values = {"name": self.name, "trigger": self.trigger, "actions": [*self.actions, *told]}
        made = AutomationCore.model_validate(values)
        made.description = f"{self.description}{_MARK}{_fingerprint(made)}]"
        return made


@dataclass(frozen=True)
class Standing:
    """How a shipped automation stands on a server.

    Attributes:
        shipped: The automation.
        there: What the server has; None if it has none of the name.
    """

    shipped: Shipped
    there: Automation | None

    @property
    def is_edited(self) -> bool:
        """Whether somebody has changed it since it was installed."""
        if self.there is None:
            return False
        _, _, mark = self.there.description.rpartition(_MARK)
        return mark != f"{_fingerprint(self.there)}]"


def shipped(keys: Sequence[str] = ()) -> list[Shipped]:
    """Read what comes with the package.

    Args:
        keys: Which ones; all if there are none.

    Raises:
        InvalidArguments: There is none of the name.
    """
    text = (files("prefect_getresponse") / "deployments" / "automations.yaml").read_text("utf-8")
    known = {each.key: each for each in map(Shipped.model_validate, yaml.safe_load(text))}
    if unknown := [key for key in keys if key not in known]:
        raise InvalidArguments(
            f"no automation is called {', '.join(unknown)}",
            advice=f"Choose from: {', '.join(known)}.",
        )
    return [known[key] for key in dict.fromkeys(keys or known)]


class Automations:
    """Automations of a Prefect server.

    Args:
        client: The server.
    """

    def __init__(self, client: SyncPrefectClient) -> None:
        self._client = client

    def standing(self, wanted: Sequence[Shipped]) -> list[Standing]:
        """Say how automations stand."""
        return [Standing(each, self._of_name(each.name)) for each in wanted]

    def install(self, wanted: AutomationCore, there: Automation | None) -> bool:
        """Create an automation, or make it what it is wanted to be; whether anything changed."""
        if there is None:
            self._client.create_automation(wanted)
            return True
        if _fingerprint(there) == _fingerprint(wanted):
            return False
        wanted.enabled = there.enabled
        self._client.update_automation(there.id, wanted)
        return True

    def remove(self, there: Automation) -> None:
        """Delete an automation."""
        self._client.delete_automation(there.id)

    def _of_name(self, name: str) -> Automation | None:
        found = self._client.read_automations_by_name(name)
        return found[0] if found else None


def notification_block(client: SyncPrefectClient, named: str) -> UUID:
    """Find a notification block.

    Args:
        client: The server.
        named: Type and name, such as `slack-webhook/ops`; `slack/ops` for short.

    Raises:
        InvalidArguments: There is none.
    """
    kind, _, name = named.partition("/")
    for slug in (kind, f"{kind}-webhook"):
        try:
            return client.read_block_document_by_name(name, slug).id
        except ObjectNotFound:
            continue
    raise InvalidArguments(
        f"--notify {named}: there is no such block",
        advice="Give type and name, such as slack-webhook/ops; `prefect block ls` lists them.",
    )


def _fingerprint(automation: AutomationCore) -> str:
    plain = _ordered(automation.model_dump(mode="json", include=_COMPARED))
    text = json.dumps(plain, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _ordered(value: Any) -> Any:
    """The same data with its lists of words in order: Prefect keeps them as sets."""
    if isinstance(value, dict):
        return {key: _ordered(each) for key, each in cast(dict[str, Any], value).items()}
    if isinstance(value, list):
        found = [_ordered(each) for each in cast(Sequence[Any], value)]
        return sorted(found) if all(isinstance(each, str) for each in found) else found
    return value
