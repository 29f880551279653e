"""What is to happen, drawn from a seed before it begins."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from tests.support.troubles import Trouble

T = TypeVar("T")
Other = Literal["", "renamed", "add_only", "by_id"]
Loss = Literal["", "cut", "older"]
Route = Literal["auto", "contacts", "batch", "import"]
Mode = Literal["add_and_update", "add_only", "mirror"]
MessageKind = Literal["newsletter", "mail"]

HEADER = ("Email", "First Name", "Tags", "Email Marketing Consent")
BLOCKED = "@blocked.example"
DROPPED = "@rejected.example"
INVALID = "broken@"
IDN, PUNYCODE = "@bücher.example", "@xn--bcher-kva.example"
"""A domain in its own letters, and as the net spells it."""
TROUBLES = tuple(
    trouble
    for trouble in Trouble
    if trouble not in (Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER, Trouble.TOO_LARGE)
)
OUTAGES = (
    Trouble.REFUSED,
    Trouble.LOST_BEFORE,
    Trouble.LOST_AFTER,
    Trouble.HTML,
    Trouble.FAILED_BEFORE,
    Trouble.FAILED_AFTER,
    Trouble.THROTTLED,
    Trouble.UNAUTHORIZED,
)


_UNREADABLE = ("mailto:{}", "By Hand <{}>", "{}.")
"""Cells that are no address, though one can be read in them."""
_IN_A_CELL = re.compile(r"[\w.-]+@[\w.-]*\w")


def canonical(email: str) -> str:
    """An address in the one form in which addresses are compared."""
    return email.casefold().replace(IDN, PUNYCODE)


@dataclass(frozen=True)
class Row:
    """A row of a source."""

    email: str
    name: str = ""
    tags: str = ""
    consent: str = "yes"

    @property
    def key(self) -> str:
        """The address as it is compared."""
        return canonical(self.email)

    @property
    def mentioned(self) -> str:
        """The address that can be read in a cell that is none; empty if the cell is one."""
        found = _IN_A_CELL.search(self.key)
        return found[0] if found and found[0] != self.key else ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as the source gives it."""
        return (self.email, self.name, self.tags, self.consent)


Source = tuple[Row, ...]


@dataclass(frozen=True)
class Death:
    """When a process dies, if it lives that long.

    Attributes:
        steps: After so many steps; None for none.
        seconds: After so many seconds; None for none.
        calls: When so many of its calls that send people are executed; None for none.
    """

    steps: int | None = None
    seconds: float | None = None
    calls: int | None = None


@dataclass(frozen=True)
class Night:
    """One run of an import.

    Attributes:
        pause: Seconds since the run before ended, or died.
        source: What the source holds.
        death: When its process dies.
        twin: Whether a second process starts the same import meanwhile.
        ahead: Seconds by which the clock of its process is ahead of GetResponse's.
        rate: How fast that clock is.
        set_at: Seconds after which somebody sets it.
        set_by: Seconds by which it is set.
        other: How it differs from the job of other nights: its source has another name, it changes
            nobody, it names the list by its id.
        lost: What somebody has done to the ledger before: cut it off, or brought an older one back.
        replaced: Whether another list has the name of the list, which is called otherwise.
        asleep: From which second of its life on the machine sleeps, and for how many seconds.
    """

    pause: float
    source: Source
    death: Death
    twin: bool
    ahead: float
    rate: float
    set_at: float = 0.0
    set_by: float = 0.0
    other: Other = ""
    lost: Loss = ""
    replaced: bool = False
    asleep: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class ImportPlan:
    """An import, night after night, into a list of its own."""

    name: str
    route: Route
    mode: Mode
    verify: bool
    double_optin: bool
    outcome: str
    nights: tuple[Night, ...]
    earlier: Source
    """People who are on the list when it begins."""
    opt_outs: tuple[tuple[float, str], ...]
    """Who leaves the list, and when at the earliest."""
    sign_ups: tuple[tuple[float, str], ...] = ()
    """Who comes to the list by another way, and when."""
    confirmations: tuple[tuple[float, str], ...] = ()
    """Who confirms, if asked to, and when at the earliest."""
    former: tuple[str, ...] = ()
    """Who had left the list before it begins, and may come back while listings are read."""
    stranger_imports: bool = False
    """Whether somebody else imports as many people, right when an import of ours fails."""
    moving: tuple[str, ...] = ()
    """Whom somebody moves to another list as soon as a reading has shown them."""
    taken: tuple[str, ...] = ()
    """Whose address is taken, GetResponse says, when they are sent first; they are not there."""
    refuses: int = 0
    """With what status GetResponse refuses every other deletion; 0 for none."""


@dataclass(frozen=True)
class MessagePlan:
    """Messages that must not be sent twice."""

    name: str
    kind: MessageKind
    pauses: tuple[float, ...]
    """Seconds before each message."""
    deaths: tuple[Death, ...]
    """When each of its processes dies; the last one lives."""


@dataclass(frozen=True)
class ForeignPlan:
    """A program that knows nothing of our limits: at what moments it calls."""

    moments: tuple[float, ...]


@dataclass(frozen=True)
class Weather:
    """What the wire does while it is disturbed.

    Attributes:
        chance: Share of calls that meet trouble.
        kinds: The troubles they meet.
        slow: Share of calls that take their time to arrive.
        outages: Spans of time in which all calls meet the same trouble.
    """

    chance: float
    kinds: tuple[Trouble, ...]
    slow: float
    outages: tuple[tuple[float, float, Trouble], ...]


@dataclass(frozen=True)
class Scenario:
    """All that is to happen.

    Attributes:
        batch_size: People of a batch.
        import_bytes: Bytes of an import.
        most_people: People of a call above which GetResponse finds it too large.
        speed: How many times faster than life GetResponse's own work is done.
        page: People of a page of a listing.
        odd: Share of the answers to imports that are of another shape.
    """

    seed: int
    imports: tuple[ImportPlan, ...]
    messages: tuple[MessagePlan, ...]
    foreign: ForeignPlan | None
    weather: Weather
    batch_size: int
    import_bytes: int
    most_people: int
    speed: float
    page: int = 1_000
    odd: float = 0.0


def draw(seed: int) -> Scenario:
    """Draw everything that is to happen."""
    return _Drawing(seed).scenario()


class _Drawing:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(f"scenario {seed}")
        self._strangers = random.Random(f"strangers {seed}")
        self._neighbours = random.Random(f"neighbours {seed}")
        self._versions = 0
        self._is_rush = self._one_in(5)  # many people, at the same time

    def scenario(self) -> Scenario:
        chance = self._chance
        if self._one_in(30):
            return self._crowd()
        workers = self._of((1, 5), (2, 4), (3, 1))
        imports = [self._import(f"import{number}") for number in range(workers)]
        messages = (self._messages(),) if chance.random() < 0.4 else ()
        scenario = Scenario(
            seed=self._seed,
            imports=tuple(imports),
            messages=messages,
            foreign=self._foreign() if chance.random() < 0.15 else None,
            weather=self._weather(),
            batch_size=chance.randint(1, 5),
            import_bytes=chance.randint(1_200, 2_500),
            most_people=self._of((1, 1), (2, 1), (3, 1), (1_000, 5)),
            speed=self._of((1.0, 1), (10.0, 3)),
            page=self._of((1_000, 3), (12, 1)),
            odd=self._of((0.0, 3), (0.5, 1)),
        )
        beset = [self._beset(each, scenario) for each in imports]
        if self._seed % 12 in (6, 9):  # seeds known to notice something stay as they are
            beset = [self._spell(self._disturb(each)) for each in beset]
        if self._seed % 12 == 11:
            beset = [self._intrude(each) for each in beset]
        return replace(scenario, imports=tuple(beset))

    def _intrude(self, plan: ImportPlan) -> ImportPlan:
        """Let people be moved, cells be spoiled, and GetResponse refuse what it need not refuse."""
        chance = self._neighbours
        mode: Mode = "mirror" if chance.random() < 0.7 else plan.mode
        emails = {row.email for night in plan.nights for row in night.source}
        emails |= {row.email for row in plan.earlier}
        people = sorted(each for each in emails if each.endswith("@example.com"))

        def spoiled(row: Row) -> Row:
            if row.email not in people or chance.random() >= 0.2:
                return row
            return replace(row, email=chance.choice(_UNREADABLE).format(row.email))

        def spoil(source: Source) -> Source:
            rows = tuple(map(spoiled, source))
            whole = any(row.email in people for row in rows)
            return rows if whole else source

        later = [replace(night, source=spoil(night.source)) for night in plan.nights[1:]]
        if later and chance.random() < 0.5:  # nobody comes, and some go
            rows = plan.nights[0].source
            left = tuple(row for row in rows if row.email in people and chance.random() < 0.7)
            later[0] = replace(later[0], source=left or rows)
        nights = (plan.nights[0], *later)
        kept = {row.mentioned or row.key for row in nights[-1].source}
        return replace(
            plan,
            mode=mode,
            nights=nights,
            moving=tuple(each for each in people if each not in kept and chance.random() < 0.3),
            taken=tuple(each for each in people if chance.random() < 0.2),
            refuses=chance.choice((0, 400, 401, 403, 409)),
        )

    def _disturb(self, plan: ImportPlan) -> ImportPlan:
        """Let machines sleep, and lists be renamed whose name another one then takes."""
        chance = self._neighbours
        spans = (1.0, 30.0, 400.0, 4_000.0)
        nights = [
            replace(
                night,
                asleep=(2 ** chance.uniform(-2, 7), chance.choice(spans))
                if chance.random() < 0.5
                else (0.0, 0.0),
            )
            for night in plan.nights
        ]
        if chance.random() < 0.5:  # a ledger that knows nothing of the list asks nothing
            nights = [replace(night, lost="") for night in nights]
            nights[1:] = [replace(night, replaced=chance.random() < 0.5) for night in nights[1:]]
        return replace(plan, nights=tuple(nights))

    def _spell(self, plan: ImportPlan) -> ImportPlan:
        """Let some people have a domain in its own letters, which is spelled in two ways."""
        chance = self._neighbours
        if chance.random() >= 0.5:
            return plan
        keys = {row.key for night in plan.nights for row in night.source}
        keys |= {row.key for row in plan.earlier}
        end = "@example.com"
        chosen = [key for key in sorted(keys) if key.endswith(end) and chance.random() < 0.6]

        def spelled(row: Row) -> Row:
            if row.key not in chosen:
                return row
            domain = chance.choice((IDN, PUNYCODE))
            email = row.email[: -len(end)] + (domain.upper() if row.email.isupper() else domain)
            return replace(row, email=email)

        def moved(moments: tuple[tuple[float, str], ...]) -> tuple[tuple[float, str], ...]:
            return tuple(
                (at, key.replace(end, PUNYCODE) if key in chosen else key) for at, key in moments
            )

        return replace(
            plan,
            nights=tuple(
                replace(night, source=tuple(map(spelled, night.source))) for night in plan.nights
            ),
            earlier=tuple(map(spelled, plan.earlier)),
            opt_outs=moved(plan.opt_outs),
            sign_ups=moved(plan.sign_ups),
            confirmations=moved(plan.confirmations),
            former=tuple(canonical(spelled(Row(key)).email) for key in plan.former),
        )

    def _beset(self, plan: ImportPlan, scenario: Scenario) -> ImportPlan:
        """Let strangers do more to an import: come back, import, lose what the ledger knows."""
        chance = self._strangers
        plan = replace(plan, stranger_imports=chance.random() < 0.5)
        if plan.outcome != "review":  # what is in review that long is not waited for
            losses: tuple[Loss, ...] = ("", "", "", "", "cut", "older")
            nights = [replace(night, lost=chance.choice(losses)) for night in plan.nights[1:]]
            plan = replace(plan, nights=(plan.nights[0], *nights))
        if chance.random() < 0.4:  # dies while it sends, and what it has sent is forgotten, or not
            first = replace(plan.nights[0], death=Death(calls=chance.randint(1, 4)))
            is_lost = chance.random() < 0.5 and plan.outcome != "review"
            second = [replace(each, lost="cut" if is_lost else "") for each in plan.nights[1:2]]
            plan = replace(plan, nights=(first, *second, *plan.nights[2:]))
        if scenario.page >= 1_000:
            return plan
        former = [Row(f"a{each:02}@example.com", f"Former {each}", "vip") for each in range(30)]
        rows = tuple(row for row in former if chance.random() < 0.6)
        return replace(
            plan,
            former=tuple(row.email for row in former),
            nights=tuple(replace(night, source=(*night.source, *rows)) for night in plan.nights),
        )

    def _crowd(self) -> Scenario:
        """Four workers who do at once, undisturbed, as much as the account allows."""
        return Scenario(
            seed=self._seed,
            imports=tuple(self._hurry(f"import{number}") for number in range(4)),
            messages=(),
            foreign=None,
            weather=Weather(0.0, TROUBLES, 0.0, ()),
            batch_size=5,
            import_bytes=2_500,
            most_people=1_000,
            speed=1.0,
        )

    def _hurry(self, name: str) -> ImportPlan:
        people = tuple(self._person(f"p{each}@example.com") for each in range(60))
        night = replace(self._night(people), pause=self._seconds(0.1), death=Death(), twin=False)
        return ImportPlan(
            name=name,
            route="contacts",
            mode="add_and_update",
            verify=True,
            double_optin=False,
            outcome="finished",
            nights=(night,),
            earlier=(),
            opt_outs=(),
        )

    def _import(self, name: str) -> ImportPlan:
        chance = self._chance
        double = chance.random() < 0.2
        routes: tuple[Route, ...] = ("auto", "contacts", "batch")
        modes: tuple[Mode, ...] = ("add_and_update", "add_only", "mirror")
        route: Route = chance.choice(routes if double else (*routes, "import"))
        people = self._people(name)
        source = self._source(people)
        nights: list[Night] = []
        for _ in range(self._of((1, 3), (2, 3), (3, 1))):
            nights.append(self._night(source))
            if chance.random() < 0.3:
                source = self._changed(source, people)
        earlier = [replace(row, name="Earlier", tags="") for row in people if self._one_in(6)]
        leaving = [row.key for row in people if self._one_in(8)]
        others = [row for row in people if row.email.endswith("@example.com")]
        coming = [row.key for row in others if row.key not in leaving and self._one_in(6)]
        confirming = [row.key for row in others if row.key not in leaving and self._one_in(4)]
        return ImportPlan(
            name=name,
            route=route,
            mode=self._of((modes[0], 4), (modes[1], 1), (modes[2], 1)),
            verify=not self._one_in(10),
            double_optin=double,
            outcome=self._of(("finished", 6), ("rejected", 1), ("canceled", 1), ("review", 1)),
            nights=tuple(nights),
            earlier=tuple(row for row in earlier if row.email.endswith("@example.com")),
            opt_outs=tuple((self._seconds(3_000), key) for key in leaving),
            sign_ups=tuple((self._seconds(1_500), key) for key in coming),
            confirmations=tuple((self._seconds(3_000), key) for key in confirming if double),
        )

    def _people(self, name: str) -> list[Row]:
        """Whom the sources of an import may hold, with what becomes of them in the end."""
        number = 30 if self._is_rush else self._of((4, 3), (8, 4), (16, 1))
        people = [self._person(f"p{each}@example.com") for each in range(number)]
        people += [self._person(f"Case{each}@Example.com") for each in range(2)]
        people += [self._person(f"{name}{each}{DROPPED}") for each in range(2)]
        people += [self._person(f"b{BLOCKED}"), self._person(INVALID)]
        return people

    def _person(self, email: str) -> Row:
        self._versions += 1
        return Row(
            email,
            self._of(("", 1), (f"Name {self._versions}", 5)),
            self._of(("", 3), ("vip", 2), ("vip,b2b", 1), ("New tag 1", 1)),
            self._of(("yes", 9), ("no", 1)),
        )

    def _source(self, people: Sequence[Row]) -> Source:
        chance = self._chance
        rows = _readable(chance.sample(list(people), chance.randint(1, len(people))), people)
        again = [row for row in rows if self._one_in(8) and row.email != INVALID]
        rows += [self._person(self._of((row.email, 1), (row.email.upper(), 1))) for row in again]
        if self._one_in(4):
            rows.append(Row("", consent=""))
        if self._one_in(4):
            rows.append(Row("", name="Nobody"))
        return tuple(rows)

    def _changed(self, source: Source, people: Sequence[Row]) -> Source:
        """A later state of a source: people come, go and change."""
        kept = [row for row in source if not self._one_in(6)]
        rows = [self._person(row.email) if row.email and self._one_in(4) else row for row in kept]
        known = {row.key for row in rows}
        rows += [row for row in people if row.key not in known and self._one_in(3)]
        return tuple(_readable(rows, people)) if rows else source

    def _night(self, source: Source) -> Night:
        return Night(
            pause=self._pause(),
            source=source,
            death=self._death(),
            twin=self._one_in(12),
            ahead=self._of((self._chance.uniform(-20, 20), 6), (-300.0, 1), (300.0, 1)),
            rate=1 + self._chance.uniform(-0.002, 0.002),
            set_at=2 ** self._chance.uniform(-3, 10),
            set_by=self._of((0.0, 3), (-86_400.0, 1), (3_600.0, 1), (86_400.0, 1)),
            other=self._of(("", 15), ("renamed", 1), ("add_only", 1), ("by_id", 1)),
        )

    def _pause(self) -> float:
        if self._is_rush:
            return self._seconds(0.1)
        return self._of((0.0, 1), (self._seconds(5), 2), (self._seconds(2_000), 2))

    def _death(self) -> Death:
        return self._of(
            (Death(), 3),
            (Death(steps=int(2 ** self._chance.uniform(0, 7.5))), 4),
            (Death(seconds=2 ** self._chance.uniform(-4, 10)), 1),
        )

    def _messages(self) -> MessagePlan:
        deaths = [
            Death(steps=self._chance.randint(1, 12)) for _ in range(self._chance.randint(0, 2))
        ]
        kinds: tuple[MessageKind, ...] = ("newsletter", "mail")
        return MessagePlan(
            name="messages",
            kind=self._chance.choice(kinds),
            pauses=tuple(self._seconds(20) for _ in range(self._chance.randint(1, 6))),
            deaths=(*deaths, Death()),
        )

    def _foreign(self) -> ForeignPlan:
        moment, moments = self._seconds(10), list[float]()
        rate = self._chance.uniform(5, 60)
        for _ in range(80):
            moment += self._chance.expovariate(rate)
            moments.append(moment)
        return ForeignPlan(tuple(moments))

    def _weather(self) -> Weather:
        chance = self._chance
        outages: list[tuple[float, float, Trouble]] = []
        for _ in range(self._of((0, 4), (1, 2), (2, 1))):
            begin = self._seconds(900)
            outages.append((begin, begin + 2 ** chance.uniform(-2, 7), chance.choice(OUTAGES)))
        return Weather(
            chance=self._of((0.0, 1), (0.03, 3), (0.15, 3), (0.4, 1)),
            kinds=tuple(chance.sample(TROUBLES, chance.randint(1, len(TROUBLES)))),
            slow=self._of((0.0, 2), (0.05, 1)),
            outages=tuple(outages),
        )

    def _of(self, *weighted: tuple[T, int]) -> T:
        """One of these, by weight."""
        values = [value for value, _ in weighted]
        return self._chance.choices(values, [weight for _, weight in weighted])[0]

    def _one_in(self, number: int) -> bool:
        return self._chance.random() * number < 1

    def _seconds(self, most: float) -> float:
        return self._chance.uniform(0, most)


def _readable(rows: list[Row], people: Sequence[Row]) -> list[Row]:
    """These rows with an address that can be read: without any, an import stops, and rightly."""
    return rows if any(row.email not in ("", INVALID) for row in rows) else [*rows, people[0]]
