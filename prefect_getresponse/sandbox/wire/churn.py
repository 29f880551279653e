"""Life goes on while somebody reads: after every few calls of the API one person changes something.

One comes, one gets another name, another address, another list, one leaves, and again from the
beginning. Who it is follows from how many changes there were, so that a run can be repeated.
"""

from __future__ import annotations

from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.world.world import World

_STRIDE = 7919
"""Prime, so that changes are spread over everybody."""


class Churn:
    """Changes to people between calls.

    Attributes:
        every: After how many calls something changes; 0 for never.
        done: How many changes there were.
    """

    def __init__(self) -> None:
        self.every = 0
        self.done = 0
        self._calls = 0

    def after_call(self, world: World, now: float) -> None:
        """Note that a call was answered, and change something if it is time."""
        if not self.every:
            return
        self._calls += 1
        if self._calls % self.every == 0:
            self._change(world, now)
            self.done += 1

    def _change(self, world: World, now: float) -> None:
        lists = list(world.campaigns)
        people = [each for each in world.contacts.everyone() if each.status == "subscribed"]
        if not people or self.done % 5 == 0:
            new = Contact(
                f"churn{self.done}@example.com", lists[self.done % len(lists)], "Newcomer"
            )
            world.contacts.add(new, "subscribed", now)
            return
        contact = people[self.done * _STRIDE % len(people)]
        match self.done % 5:
            case 1:
                contact.name = f"Renamed {self.done}"
                world.contacts.touch(contact, now)
            case 2:
                email = f"a{self.done}.{contact.email}"
                if world.contacts.rekey(contact, contact.campaign_id, email, now):
                    world.contacts.touch(contact, now)
            case 3:
                other = lists[(lists.index(contact.campaign_id) + 1) % len(lists)]
                if world.contacts.rekey(contact, other, contact.email, now):
                    world.contacts.touch(contact, now)
            case _:
                world.contacts.remove(contact, "unsubscribe", now)
