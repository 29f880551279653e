"""Sees what happens in an account, and words it for the outboxes that want to know."""

from __future__ import annotations

from collections.abc import Iterator

from prefect_getresponse.sandbox.notices import parameters, payloads
from prefect_getresponse.sandbox.notices.outbox import Outbox
from prefect_getresponse.sandbox.people.contact_book import Contact, Happening
from prefect_getresponse.sandbox.resources.sms_messages import sms_clicks
from prefect_getresponse.sandbox.segments.message_events import MessageEvent, recent_message_events
from prefect_getresponse.sandbox.world.world import World


class Watch:
    """Fills the outboxes.

    Args:
        world: The account.
        webhooks: Gets webhooks.
        callbacks: Gets callbacks.
        now: Unix seconds from which on it watches.
    """

    def __init__(self, world: World, webhooks: Outbox, callbacks: Outbox, now: float) -> None:
        self._world = world
        self._webhooks = webhooks
        self._callbacks = callbacks
        self._seen_until = now
        world.watcher = self._hear

    def look(self, now: float) -> None:
        """Note what recipients of messages have done since the last look.

        Args:
            now: Unix seconds.
        """
        for happened, contact in self._reactions(now):
            self._webhooks.add(payloads.of_message(self._world, happened, contact))
            self._callbacks.add(parameters.of_message(self._world, happened, contact))
        for click in sms_clicks(self._world, self._seen_until, now):
            self._webhooks.add(payloads.of_sms(self._world, click))
        self._seen_until = now

    def _hear(self, happening: Happening) -> None:
        # Worded at once: the contact goes on changing.
        self._webhooks.add(payloads.of_happening(self._world, happening))
        self._callbacks.add(parameters.of_happening(self._world, happening))

    def _reactions(self, now: float) -> Iterator[tuple[MessageEvent, Contact]]:
        for happened in recent_message_events(self._world, self._seen_until, now):
            contact = self._world.contacts.known(happened.event.contact_id)
            if contact is not None:
                yield happened, contact
