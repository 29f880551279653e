"""Reads the account: who came, who went, what was opened and clicked, which imports ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect_getresponse.client.listings.paginate import aiterate_pages
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.events.identities import id_of, moment_of
from prefect_getresponse.events.reconciling.polled import DIFFERS, Polled
from prefect_getresponse.tasks.contacts import list_contacts
from prefect_getresponse.tasks.imports import list_imports
from prefect_getresponse.tasks.newsletters import list_newsletter_activities, list_newsletters

DAY = 86_400.0
ACTIVITY_DAYS = 30
"""GetResponse shows what people did with a newsletter for so long."""
_REMOVALS = {"unsubscribe": "contact_removed_link", "bounce": "contact_removed_bounce"}
_ACTIVITIES = {"open": "contact_opened_message", "click": "contact_clicked_message_link"}


def day_of(moment: float) -> str:
    """The day of a moment, in UTC, as filters take it."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


@dataclass(frozen=True)
class Listings:
    """Reads what happened since a moment.

    Args:
        account: The account.
        client: The account's client.
        lists: Ids and names of the lists.
        since: Unix seconds.
    """

    account: Account
    client: AsyncClient
    lists: Mapping[str, str]
    since: float

    async def arrivals_and_changes(self) -> AsyncIterator[Polled]:
        """People who came to the lists, and those who changed since they came."""
        for campaign_id in self.lists:
            listed = self.account.pages(
                list_contacts,
                "contactId",
                campaign_id=campaign_id,
                changed_from=day_of(self.since),
                sort_changed_on="ASC",
            )
            async for page in listed:
                for contact in page:
                    for found in self._of_contact(contact):
                        yield found

    def _of_contact(self, contact: Mapping[str, Any]) -> list[Polled]:
        created = moment_of(contact.get("createdOn"))
        changed = moment_of(contact.get("changedOn"))
        is_copy = contact.get("origin") == "copy"
        found: list[Polled] = []
        if created is not None and created >= self.since and not is_copy:
            found.append(self._about("contact_added", contact, str(contact["createdOn"])))
        moved_on = changed is not None and (is_copy or created is None or changed > created)
        if changed is not None and changed >= self.since and moved_on:
            found.append(self._about(DIFFERS, contact, str(contact["changedOn"])))
        return found

    async def removals(self) -> AsyncIterator[Polled]:
        """People who left by the link or a bounce; of those who came and went, the coming too."""
        for campaign_id in self.lists:
            async for page in self.account.search(campaign_id, "removed"):
                for contact in page:
                    type_ = _REMOVALS.get(str(contact.get("reason")))
                    deleted = moment_of(contact.get("deletedOn"))
                    if type_ and deleted is not None and deleted >= self.since:
                        yield self._about(type_, contact, str(contact["deletedOn"]))
                    created = moment_of(contact.get("createdOn"))
                    came = created is not None and created >= self.since
                    if came and contact.get("origin") != "copy":
                        yield self._about("contact_added", contact, str(contact["createdOn"]))

    async def activities(self) -> AsyncIterator[Polled]:
        """What people did with the newsletters of the lists."""
        earliest = self.since - ACTIVITY_DAYS * DAY
        for newsletter in await self.account.items(
            list_newsletters, "newsletterId", send_from=day_of(earliest)
        ):
            campaign: Mapping[str, Any] = newsletter.get("campaign") or {}
            if campaign.get("campaignId") not in self.lists:
                continue
            # They have no ids, and only grow: page by page nothing is missed.
            request = list_newsletter_activities.operation.request(
                {
                    "newsletter_id": newsletter["newsletterId"],
                    "created_from": day_of(self.since),
                }
            )
            async for page in aiterate_pages(self.client, request):
                for activity in page.items:
                    type_ = _ACTIVITIES.get(str(activity.get("activity")))
                    occurred = moment_of(activity.get("createdOn"))
                    if type_ and occurred is not None and occurred >= self.since:
                        yield _of_activity(type_, activity, newsletter)

    async def imports(self) -> AsyncIterator[Polled]:
        """Imports into the lists that ended."""
        earliest = day_of(self.since - DAY)
        for each in await self.account.items(list_imports, "importId", created_from=earliest):
            finished = moment_of(each.get("finishedOn"))
            campaign: Mapping[str, Any] = each.get("campaign") or {}
            is_ours = campaign.get("campaignId") in self.lists
            if each.get("status") == "finished" and is_ours and finished is not None:
                if finished < self.since:
                    continue
                import_id = id_of(each["importId"])
                members = {"import": {"importId": import_id}, "campaign": campaign}
                said = str(each["finishedOn"])
                yield Polled("contacts_import_finished", "", import_id, finished, said, members)

    def _about(self, type_: str, contact: Mapping[str, Any], said: str) -> Polled:
        contact_id = id_of(contact.get("contactId"))
        shown = ("contactId", "email", "name", "campaign", "origin", "reason", "href")
        members = {name: contact[name] for name in shown if contact.get(name) is not None}
        occurred = moment_of(said)
        assert occurred is not None
        return Polled(type_, contact_id, "", occurred, said, {"contact": members})


def _of_activity(type_: str, activity: Mapping[str, Any], newsletter: Mapping[str, Any]) -> Polled:
    contact: Mapping[str, Any] = activity["contact"]
    message_id = id_of(newsletter["newsletterId"])
    said = str(activity["createdOn"])
    occurred = moment_of(said)
    assert occurred is not None
    members = {
        "contact": {**contact, "campaign": newsletter.get("campaign")},
        "message": {
            "resourceType": "newsletters",
            "resourceId": message_id,
            "name": newsletter.get("name"),
            "subject": newsletter.get("subject"),
        },
    }
    return Polled(type_, id_of(contact["contactId"]), message_id, occurred, said, members)
