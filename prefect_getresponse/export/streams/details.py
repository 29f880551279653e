"""What only a contact's own page shows: tags, custom fields, where they were seen.

A page costs a call. So it is read for people who changed, and for all others only if they are few,
or asked for. Tags can be had cheaper, a thousand people a call, by asking who has each of them.
Whether `changedOn` moves when tags or fields do is not documented. So tags are compared whole every
few days, and some details are read again; what differs although nobody changed is said.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from prefect_getresponse.client.errors import NotFound
from prefect_getresponse.export.options import DETAILS_AT_ONCE
from prefect_getresponse.export.run import ExportRun, Writing
from prefect_getresponse.export.schema.rows import Answer, moment_of
from prefect_getresponse.export.streams.people import PeopleScope
from prefect_getresponse.limits.side_by_side import side_by_side
from prefect_getresponse.segments import all_of, section, tag
from prefect_getresponse.sinks.tables import Where
from prefect_getresponse.tasks.contacts import get_contact
from prefect_getresponse.tasks.search_contacts import list_contacts_by_conditions
from prefect_getresponse.tasks.tags import list_tags

SAMPLE = 20
"""People whose details are read again to see whether `changedOn` tells the truth."""
_MOST_A_TRANSACTION = 20_000
_ROWS_A_PERSON = 20


@dataclass
class Due:
    """People by whether their details must be read.

    Attributes:
        changed: They changed since their details were read.
        new: They came or changed since the first export, and their details were never read.
        missing: They have not changed since the first export, and their details were never read.
        current: How many have details as they are.
    """

    changed: list[str] = field(default_factory=list[str])
    new: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    current: int = 0


def due_details(run: ExportRun) -> Due:
    """Find out whose details are not known, from the destination alone.

    Without details nobody is listed whose details were never read: those may be all people.
    """
    scope = PeopleScope(run)
    table = run.shaped["contacts"].table
    present = (*scope.where, Where("_deleted_at", "null"))
    known = (*present, Where("_details_at", "not null"))
    outdated = run.sink.select(
        table, ["contact_id"], *known, Where("_details_for", "differs", "changed_on")
    )
    due = Due(changed=[identifier for (identifier,) in outdated])
    due.current = run.sink.count(table, *known) - len(due.changed)
    if run.options.details == "none":
        return due
    first = moment_of(run.state(scope.state_name).get("first"))
    unknown = run.sink.select(
        table, ["contact_id", "changed_on"], *present, Where("_details_at", "null")
    )
    for identifier, changed in unknown:
        is_new = first is not None and changed is not None and changed >= first
        (due.new if is_new else due.missing).append(identifier)
    return due


def to_read(run: ExportRun, due: Due) -> list[str]:
    """Whose details are read in this run, without those that rotate."""
    options = run.options
    if options.details == "none":
        return []
    if options.details == "all" or len(due.missing) <= DETAILS_AT_ONCE:
        return [*due.changed, *due.new, *due.missing]
    return [*due.changed, *due.new, *due.missing[: options.details_budget]]


class DetailsReading:
    """Reads tags, custom fields and location of people.

    Args:
        run: The export.
    """

    def __init__(self, run: ExportRun) -> None:
        self._run = run
        self._scope = PeopleScope(run)
        self._contacts = run.shaped["contacts"]

    async def read(self) -> None:
        """Read what is due: tags by conditions where that is cheaper, then the details."""
        run = self._run
        if run.options.details == "none":
            self._tell(0)
            return
        due = due_details(run)
        wanted = to_read(run, due)
        state = run.state(self._scope.state_name)
        tags_at = moment_of(state.get("tags_at"))
        interval = timedelta(days=run.options.full_every_days) - timedelta(hours=1)
        few = not due.current and len(due.missing) <= DETAILS_AT_ONCE
        if (tags_at is None or run.now - tags_at >= interval) and not few:
            await self._compare_tags(due)
            await self._compare_sample(due)
        elif few and tags_at is None:
            self._save(tags_at=run.now.isoformat())
        wanted += self._rotating(due, len(wanted))
        await self._read_details(wanted)
        self._tell(len(wanted))

    def _save(self, **changes: Any) -> None:
        run, name = self._run, self._scope.state_name
        state = run.state(name) | changes
        with run.sink.transaction() as transaction:
            run.save_state(transaction, name, state)

    def _rotating(self, due: Due, taken: int) -> list[str]:
        """Whose details are read again although nothing says that they changed, oldest first."""
        run = self._run
        state = run.state(self._scope.state_name)
        left = run.options.details_budget - max(0, taken - len(due.changed) - len(due.new))
        if not state.get("rotate") or left <= 0:
            return []
        return self._oldest(left, set(due.changed))

    def _oldest(self, number: int, without: set[str]) -> list[str]:
        known = self._run.sink.select(
            self._contacts.table,
            ["_details_at", "contact_id"],
            *self._scope.where,
            Where("_deleted_at", "null"),
            Where("_details_at", "not null"),
        )
        pairs = ((at, identifier) for at, identifier in known if identifier not in without)
        return [identifier for _, identifier in heapq.nsmallest(number, pairs)]

    async def _read_details(self, people: list[str]) -> None:
        """Read details, and keep them a portion at a time: each run goes on where one ended."""
        run = self._run
        run.progress.start("reading details", len(people), "people")
        size = min(max(1, run.sink.portion // _ROWS_A_PERSON), _MOST_A_TRANSACTION)
        for start in range(0, len(people), size):
            answers: dict[str, dict[str, Any] | None] = {}

            async def one(identifier: str, answers: dict[str, Any] = answers) -> None:
                try:
                    answers[identifier] = await run.reader.call(get_contact, contact_id=identifier)
                except NotFound:
                    answers[identifier] = None

            await side_by_side(people[start : start + size], one)
            self._keep(answers)
            run.progress.advance(start + len(answers))

    def _keep(self, answers: dict[str, dict[str, Any] | None]) -> None:
        run = self._run
        found = {identifier: each for identifier, each in answers.items() if each is not None}
        gone = [identifier for identifier, each in answers.items() if each is None]
        with run.sink.transaction() as transaction:
            of_them = (run.mine, Where("contact_id", "in", sorted(found)))
            for name in ("contact_tags", "contact_custom_fields"):
                transaction.delete(run.shaped[name].table, *of_them)
            listed = sorted(found.items())
            rows = self._contacts.shape.rows([each for _, each in listed])
            changed = self._contacts.shape.names.index("changed_on")
            mine = (run.account_id,)
            run.write_rows(
                transaction,
                "contacts",
                [(*mine, *row, run.now, row[changed], None) for row in rows],
            )
            tags = [row for identifier, each in listed for row in self._tags(identifier, each)]
            run.write_rows(transaction, "contact_tags", tags)
            values = [row for identifier, each in listed for row in self._values(identifier, each)]
            run.write_rows(transaction, "contact_custom_fields", values)
            if gone:
                left = (run.mine, Where("contact_id", "in", gone))
                transaction.update(self._contacts.table, run.gone(transaction), *left)

    def _tags(self, identifier: str, person: dict[str, Any]) -> list[tuple[Any, ...]]:
        shaped = self._run.shaped["contact_tags"]
        return shaped.rows(self._run.account_id, person.get("tags") or [], (identifier,))

    def _values(self, identifier: str, person: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Rows of custom fields: one for each value."""
        rows: list[tuple[Any, ...]] = []
        fields: list[dict[str, Any]] = person.get("customFieldValues") or []
        for each in fields:
            values: list[Any] = each.get("values") or each.get("value") or []
            about = {name: part for name, part in each.items() if name not in ("value", "values")}
            for position, value in enumerate(values):
                lead = (identifier, position, value)
                rows += self._run.shaped["contact_custom_fields"].rows(
                    self._run.account_id, [about], lead
                )
        return rows

    async def _compare_tags(self, due: Due) -> None:
        """Read who has each tag; say whose tags changed although nothing else did."""
        run = self._run
        begun = run.begin(self._scope.state_name)
        moving = {*due.changed, *due.new, *due.missing}
        silent = 0
        pages = run.reader.whole(list_tags, "tagId", sort_name="ASC").pages()
        tags = {each["tagId"]: each async for page in pages for each in page}
        run.progress.start("reading tags", len(tags), "tags")
        with run.writing() as writing:
            for done, (tag_id, about) in enumerate(tags.items(), start=1):
                had = self._people_with(tag_id)
                have = await self._write_tag(writing, tag_id, about, begun)
                silent += len((had ^ have) - moving)
                writing.keep()
                run.progress.advance(done)
            for tag_id in self._deleted_tags() - tags.keys():
                table = run.shaped["contact_tags"].table
                writing.transaction.delete(table, run.mine, Where("tag_id", "=", tag_id))
        self._save(tags_at=run.now.isoformat())
        if silent and due.current:
            self._tell_silent(f"{silent:,} tags of people")

    def _people_with(self, tag_id: str) -> set[str]:
        table = self._run.shaped["contact_tags"].table
        found = self._run.sink.select(
            table, ["contact_id"], self._run.mine, Where("tag_id", "=", tag_id)
        )
        return {identifier for (identifier,) in found}

    def _deleted_tags(self) -> set[str]:
        table = self._run.shaped["tags"].table
        gone = (self._run.mine, Where("_deleted_at", "not null"))
        return {tag_id for (tag_id,) in self._run.sink.select(table, ["tag_id"], *gone)}

    async def _write_tag(
        self, writing: Writing, tag_id: str, about: dict[str, Any], begun: datetime
    ) -> set[str]:
        run = self._run
        have: set[str] = set()
        known: Answer = {
            name: about[name] for name in ("tagId", "name", "href", "color") if name in about
        }
        listing = run.reader.whole(
            list_contacts_by_conditions,
            "contactId",
            subscribers_type=["subscribed"],
            section_logic_operator="and",
            section=[section(run.lists, all_of(tag(tag_id)))],
            sort_email="ASC",
            fields="contactId",
        )
        [row] = run.shaped["contact_tags"].shape.rows([known])
        async for page in listing.pages():
            people = {each["contactId"] for each in page} - have
            have |= people
            rows = [(run.account_id, identifier, *row) for identifier in people]
            writing.write_rows("contact_tags", rows)
        if not run.options.lists:
            stale = (run.mine, Where("tag_id", "=", tag_id), Where("_synced_at", "<", begun))
            writing.transaction.delete(run.shaped["contact_tags"].table, *stale)
        return have

    async def _compare_sample(self, due: Due) -> None:
        """Read some details again; say so if they differ although nothing says that they did."""
        people = self._oldest(SAMPLE, set(due.changed))
        before = self._fields_of(people)
        await self._read_details(people)
        differing = sum(
            before[identifier] != now for identifier, now in self._fields_of(people).items()
        )
        if differing:
            self._tell_silent(f"custom fields of {differing} of {len(people)} people looked at")

    def _fields_of(self, people: list[str]) -> dict[str, set[tuple[Any, ...]]]:
        table = self._run.shaped["contact_custom_fields"].table
        columns = ["contact_id", "custom_field_id", "position", "value"]
        found: dict[str, set[tuple[Any, ...]]] = {identifier: set() for identifier in people}
        if people:
            where = (self._run.mine, Where("contact_id", "in", people))
            for identifier, *values in self._run.sink.select(table, columns, *where):
                found[identifier].add(tuple(values))
        return found

    def _tell_silent(self, what: str) -> None:
        self._run.report.warnings.append(
            f"{what} changed although `changedOn` stood still: a details budget"
            " (--details-budget) reads details again, the oldest first"
        )
        self._save(rotate=True)

    def _tell(self, read: int) -> None:
        """Say in the report how complete the details are."""
        report = self._run.report
        current, missing = self._counts()
        report.details = {"current": current, "missing": missing, "read": read}
        known = (Where("_details_at", "not null"), Where("_deleted_at", "null"))
        table = self._contacts.table
        oldest = self._run.sink.select(table, ["_details_at"], *self._scope.where, *known)
        report.oldest_details = min((at.isoformat() for (at,) in oldest), default="")
        if missing:
            report.warnings.append(
                f"{missing:,} people are without current details (tags, custom fields, location):"
                f" --details all reads them, {missing:,} calls"
            )

    def _counts(self) -> tuple[int, int]:
        """How many people have details as they are, and how many do not."""
        present = (*self._scope.where, Where("_deleted_at", "null"))
        known = (*present, Where("_details_at", "not null"))
        count, table = self._run.sink.count, self._contacts.table
        outdated = count(table, *known, Where("_details_for", "differs", "changed_on"))
        return count(table, *known) - outdated, outdated + count(
            table, *present, Where("_details_at", "null")
        )
