"""A collection of JSON records: what its operations do follows from a declaration.

    TAXES = Collection("taxes", "/shops/{shopId}/taxes/{taxId}", parents=("shops",))
    BEHAVIOURS = TAXES.behaviours(listing="getTaxList", create="createTax", get="getTaxById")

Bodies were checked by the tables of validation before. Hooks add what a resource does besides
storing; what is not an operation of these five kinds is a function that uses the collection.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from string import Formatter
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import iso, parse_moment
from prefect_getresponse.sandbox.contract.errors import conflict, not_found
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.operations import Operation
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.listing import (
    Attributes,
    filter_parts,
    paged,
    select,
    sparse,
)
from prefect_getresponse.sandbox.resources.request import HREF, Behaviour, Behaviours, Echo, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

Attribute = Callable[[Record], Any]
Filter = Callable[[World, Record, Any], bool]
Hook = Callable[[World, Request, Record], None]
Settle = Callable[[World, Record], None]
Render = Callable[[World, Record, dict[str, Any]], dict[str, Any]]


def member(path: str) -> Attribute:
    """Return how to get at a member of a record, None where it is missing.

    Args:
        path: Names joined by dots, `campaign.campaignId`.
    """
    names = path.split(".")

    def get(record: Record) -> Any:
        value: Any = record.members
        for name in names:
            value = cast("Body", value).get(name) if isinstance(value, dict) else None
        return value

    return get


@dataclass(frozen=True, eq=False)
class Collection:
    """The declaration of a collection.

    Attributes:
        name: Kind of resource, as `facts.REFERENCES` names it.
        path: Path of one record; its last placeholder is the identifier.
        parents: Names of the collections it lies under, one for each placeholder before the last.
            A call below a missing parent is answered with 404; records go when a parent goes.
        id_name: Member that holds the identifier, if it is not called as in the path.
        created: Member with the date of creation, empty if there is none.
        updated: Member with the date of the last change, empty if there is none.
        linked: Whether records have an `href`.
        defaults: Members that are there even if the caller leaves them out.
        unique: Members whose value only one record under the same parent may have (409).
        details_only: Members that listings leave out.
        exact: Filters that compare whole texts. Filters by identifier, by words of an
            enumeration, numbers and booleans always do.
        attributes: Values for filters and sorts that are not called like their member.
        filters: Filters that do more than compare, by parameter: `query[variantName]`.
        on_create: Completes a new record before it is stored, or refuses it.
        on_update: Completes a changed record before the change is stored, or refuses it.
        on_delete: Cleans up before a record goes, or refuses that.
        settle: Brings the members of a record up to `world.now` before they are read.
        render: Turns the stored members into what is answered.
        render_row: Turns what is answered into what listings show of it.
    """

    name: str
    path: str
    _: KW_ONLY
    parents: tuple[str, ...] = ()
    id_name: str = ""
    created: str = "createdOn"
    updated: str = "updatedOn"
    linked: bool = True
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    unique: tuple[str, ...] = ()
    details_only: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    filters: Mapping[str, Filter] = field(default_factory=dict[str, Filter])
    on_create: Hook | None = None
    on_update: Hook | None = None
    on_delete: Hook | None = None
    settle: Settle | None = None
    render: Render | None = None
    render_row: Render | None = None

    def behaviours(
        self,
        *,
        listing: str = "",
        get: str = "",
        create: str = "",
        update: str = "",
        delete: str = "",
    ) -> Behaviours:
        """Return what the operations do, each given by its identifier.

        Those behind which nothing happens, no hook that is, are marked as `Echo`.
        """
        made: Behaviours = {
            listing: _marked(self.list_all, self.settle or self.render or self.render_row),
            get: _marked(self.get, self.settle or self.render),
            create: _marked(self.create, self.on_create),
            update: _marked(self.update, self.on_update),
            delete: _marked(self.delete, self.on_delete),
        }
        return {name: behaviour for name, behaviour in made.items() if name}

    def list_all(self, world: World, request: Request) -> Answer:
        """Answer with a page of the records."""
        return self.page(world, request, lambda each: self.row(world, each))

    def page(
        self, world: World, request: Request, row: Callable[[Record], dict[str, Any]]
    ) -> Answer:
        """Answer with a page of the records.

        Args:
            world: The account.
            request: The call; its query filters and sorts.
            row: Turns a record into what the listing shows of it.
        """
        self.check_parents(world, request.path)
        records = list(world.records.within(self.name, request.path))
        if self.settle:
            for record in records:
                self.settle(world, record)
        for name, matches in self.filters.items():
            if name in request.query:
                wanted = request.query[name]
                records = [each for each in records if matches(world, each, wanted)]
        query = {name: each for name, each in request.query.items() if name not in self.filters}
        attributes, exact = self._filters_of(request.operation)
        selected = select(records, query, attributes, exact=exact)
        return paged(selected, query, row, self._id_member)

    def get(self, world: World, request: Request) -> Answer:
        """Answer with one record."""
        return self.answer(world, request, self.existing(world, request))

    def create(self, world: World, request: Request) -> Answer:
        """Store a new record."""
        self.check_parents(world, request.path)
        record = self._new(world, request.body, request.now, request.path)
        self._refuse_taken_values(world, record)
        if self.on_create:
            self.on_create(world, request, record)
        world.records.put(self.name, record)
        return self.answer(world, request, record)

    def update(self, world: World, request: Request) -> Answer:
        """Change the members sent, each as a whole."""
        record = self.existing(world, request)
        dates = {self.updated: iso(request.now)} if self.updated else {}
        changed = replace(record, members={**record.members, **request.body, **dates})
        self._refuse_taken_values(world, changed)
        if self.on_update:
            self.on_update(world, request, changed)
        record.members = changed.members
        return self.answer(world, request, record)

    def delete(self, world: World, request: Request) -> Answer:
        """Remove a record and all that lies under it."""
        record = self.existing(world, request)
        if self.on_delete:
            self.on_delete(world, request, record)
        world.records.drop(self.name, record)
        return Answer(204)

    def add(
        self,
        world: World,
        members: Mapping[str, Any],
        now: float,
        above: Mapping[str, str] | None = None,
    ) -> Record:
        """Store a record without a call of its own, for seeds and for nested resources.

        Args:
            world: The account.
            members: Its members; defaults, `href`, dates and, if it has none, an identifier are
                added.
            now: Unix seconds.
            above: Identifiers of the resources it lies under, by their names in the path.
        """
        record = self._new(world, members, now, above or {})
        world.records.put(self.name, record)
        return record

    def existing(self, world: World, request: Request) -> Record:
        """Return the record that a call's path names.

        Raises:
            ApiError: 404 for it or for the first parent that is missing.
        """
        self.check_parents(world, request.path)
        record = _find(world, self.name, self._placeholders[-1], request.path)
        if self.settle:
            self.settle(world, record)
        return record

    def check_parents(self, world: World, path: Mapping[str, str]) -> None:
        """Refuse with 404 a call below a parent that does not exist."""
        for placeholder, kind in zip(self._placeholders, self.parents, strict=False):
            _find(world, kind, placeholder, path)

    def answer(self, world: World, request: Request, record: Record) -> Answer:
        """Answer with a record's details."""
        details = self.details(world, record)
        return json_answer(request.successful, sparse(details, request.query, self._id_member))

    def details(self, world: World, record: Record) -> dict[str, Any]:
        """Return a record as it is answered by itself."""
        members = dict(record.members)
        return self.render(world, record, members) if self.render else members

    def row(self, world: World, record: Record) -> dict[str, Any]:
        """Return a record as listings show it."""
        details = self.details(world, record)
        row = {name: each for name, each in details.items() if name not in self.details_only}
        return self.render_row(world, record, row) if self.render_row else row

    def mentions(self, world: World, record_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return records as other resources show them: without dates, without those gone."""
        known = world.records.of(self.name)
        return [
            {
                name: each
                for name, each in self.details(world, known[record_id]).items()
                if name not in (self.created, self.updated)
            }
            for record_id in record_ids
            if record_id in known
        ]

    @property
    def _placeholders(self) -> list[str]:
        return [name for _, name, _, _ in Formatter().parse(self.path) if name]

    @property
    def _id_member(self) -> str:
        return self.id_name or self._placeholders[-1]

    def _new(
        self, world: World, members: Mapping[str, Any], now: float, path: Mapping[str, str]
    ) -> Record:
        *parents, placeholder = self._placeholders
        record_id = members.get(self._id_member) or world.ids.next()
        above = {name: path[name] for name in parents}
        names = {self._id_member: record_id}
        if self.linked:
            names["href"] = HREF + self.path.format_map({**above, placeholder: record_id})
        dates = {name: iso(now) for name in (self.created, self.updated) if name}
        given = {**copy.deepcopy(dict(self.defaults)), **members}
        return Record(record_id, above, {**names, **given, **dates})

    def _refuse_taken_values(self, world: World, record: Record) -> None:
        for name in self.unique:
            value = record.members.get(name)
            for other in world.records.within(self.name, record.above):
                if value == other.members.get(name) and other.record_id != record.record_id:
                    raise conflict()

    def _filters_of(self, operation: Operation) -> tuple[Attributes[Record], frozenset[str]]:
        """Return how to get at the values of a listing's filters, and which are compared whole."""
        attributes: dict[str, Attribute] = {}
        exact = set(self.exact)
        for parameter in operation.parameters.values():
            kind, name, bound = filter_parts(parameter.name)
            get = self.attributes.get(name) or member(name)
            if bound:
                attributes[name] = _moment(get)
            elif parameter.type == "boolean":
                attributes[name] = _truth(get)
            else:
                attributes.setdefault(name, get)
            is_text = parameter.type == "string" and not parameter.choices
            if kind != "sort" and (not is_text or name.endswith("Id")):
                exact.add(name)
        return attributes, frozenset(exact)


def _find(world: World, kind: str, placeholder: str, path: Mapping[str, str]) -> Record:
    record = world.records.find(kind, path[placeholder], path)
    if record is None:
        raise not_found(**{placeholder: path[placeholder]})
    return record


def _marked(behaviour: Behaviour, hook: Hook | Settle | Render | None) -> Behaviour:
    return behaviour if hook else Echo(behaviour)


def _moment(get: Attribute) -> Attribute:
    def moment(record: Record) -> float | None:
        text = get(record)
        return parse_moment(text) if text else None

    return moment


def _truth(get: Attribute) -> Attribute:
    """Booleans are JSON booleans in some resources and texts in others."""
    return lambda record: get(record) in (True, "true")
