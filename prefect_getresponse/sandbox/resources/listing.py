"""Filters, sorting, pages and sparse fields, the same for every collection.

Wire names are the API's: `query[name]`, `query[createdOn][from]`, `sort[name]`, `fields`,
`perPage`, `page`; collections come as bare arrays with TotalCount, TotalPages and CurrentPage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from prefect_getresponse.sandbox.contract.dates import parse_moment
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Query

T = TypeVar("T")
Attributes = Mapping[str, Callable[[T], Any]]
"""Values of an item by wire name: texts, or unix seconds for dates; None for none."""

_PARAMETER = re.compile(r"(query|search|sort)\[(\w+)\](?:\[(from|to)\])?")
_PAGING = frozenset({"page", "perPage", "fields"})
_DEFAULT_PER_PAGE = 100


@dataclass(frozen=True)
class Selection(Generic[T]):
    """What a query filters by and sorts by.

    Attributes:
        tests: Tests that all must pass.
        orders: Values to sort by and whether descending, the most important first.
        filtered_by: Names of the filters.
        sorted_by: Names of the values to sort by.
    """

    tests: tuple[Callable[[T], bool], ...]
    orders: tuple[tuple[Callable[[T], Any], bool], ...]
    filtered_by: frozenset[str]
    sorted_by: tuple[str, ...]

    def matches(self, item: T) -> bool:
        """Whether an item passes all filters."""
        return all(test(item) for test in self.tests)

    def of(self, items: Iterable[T]) -> list[T]:
        """Filter and sort a collection. What has no value sorts first and matches no filter."""
        selected = [item for item in items if self.matches(item)]
        for get, descending in reversed(self.orders):
            selected.sort(key=_sort_key(get), reverse=descending)
        return selected


def selection(
    query: Query, attributes: Attributes[T], *, exact: frozenset[str] = frozenset()
) -> Selection[T]:
    """Read the filters and the order of a query.

    Text filters match a part of the value in any case; with `additionalFlags=exactMatch` the
    whole value in any case. Several filters must all match.

    Args:
        query: Checked query parameters; those that are no filter or sort are passed over.
        attributes: How to get at the values.
        exact: Names of filters that compare whole values, case included (identifiers, words).
    """
    whole = "exactMatch" in query.get("additionalFlags", ())
    tests: dict[str, Callable[[T], bool]] = {}
    orders: dict[str, tuple[Callable[[T], Any], bool]] = {}
    filtered_by: set[str] = set()
    for parameter, value in query.items():
        kind, name, bound = filter_parts(parameter)
        if not kind:
            continue
        get = attributes[name]
        if kind == "sort":
            orders[name] = get, value.casefold() == "desc"
            continue
        filtered_by.add(name)
        if bound:
            tests[parameter] = _range_test(get, bound, value)
        elif name in exact:
            tests[parameter] = _equality_test(get, value)
        else:
            tests[parameter] = _text_test(get, value.casefold(), whole=whole)
    return Selection(
        tuple(tests.values()), tuple(orders.values()), frozenset(filtered_by), tuple(orders)
    )


def select(
    items: Iterable[T],
    query: Query,
    attributes: Attributes[T],
    *,
    exact: frozenset[str] = frozenset(),
) -> list[T]:
    """Filter and sort a collection, given in its natural order, as `selection` says."""
    return selection(query, attributes, exact=exact).of(items)


def filter_parts(parameter: str) -> tuple[str, str, str]:
    """Split the name of a query parameter.

    Args:
        parameter: `query[createdOn][from]`, `sort[name]`, ...

    Returns:
        Kind, name and bound, `("query", "createdOn", "from")`, empty texts where there is none.
    """
    found = _PARAMETER.fullmatch(parameter)
    return (found[1], found[2], found[3] or "") if found else ("", "", "")


def _range_test(get: Callable[[T], Any], bound: str, text: str) -> Callable[[T], bool]:
    limit = parse_moment(text, end_of_day=bound == "to")

    def test(item: T) -> bool:
        moment = get(item)
        if moment is None:
            return False
        return int(moment) >= limit if bound == "from" else int(moment) <= limit

    return test


def _equality_test(get: Callable[[T], Any], value: Any) -> Callable[[T], bool]:
    return lambda item: get(item) == value


def _text_test(get: Callable[[T], Any], wanted: str, *, whole: bool) -> Callable[[T], bool]:
    if whole:
        return lambda item: (get(item) or "").casefold() == wanted
    return lambda item: wanted in (get(item) or "").casefold()


def _sort_key(get: Callable[[T], Any]) -> Callable[[T], Any]:
    def key(item: T) -> Any:
        value = get(item)
        return value is not None, value.casefold() if isinstance(value, str) else value

    return key


def selection_key(query: Query) -> str:
    """Return a text that is equal for queries that select and order the same items."""
    return repr([(name, value) for name, value in query.items() if name not in _PAGING])


def paged(
    selected: Sequence[T], query: Query, render: Callable[[T], dict[str, Any]], id_name: str
) -> Answer:
    """Answer with one page of a selection.

    Args:
        selected: All items in order.
        query: Checked query parameters.
        render: Turns an item into its JSON object.
        id_name: The member that sparse `fields` never drop.

    Returns:
        A bare array; empty beyond the last page. Nothing at all is one empty page: programs in use
        read until CurrentPage is TotalPages.
    """
    per_page = query.get("perPage", _DEFAULT_PER_PAGE)
    page = query.get("page", 1)
    start = (page - 1) * per_page
    rows = [sparse(render(item), query, id_name) for item in selected[start : start + per_page]]
    headers = {
        "TotalCount": str(len(selected)),
        "TotalPages": str(max(1, -(-len(selected) // per_page))),
        "CurrentPage": str(page),
    }
    return json_answer(200, rows, headers)


def sparse(row: dict[str, Any], query: Query, id_name: str) -> dict[str, Any]:
    """Keep the members that `fields` asks for, and the identifier.

    Words that name no member are passed over.
    """
    wanted = query.get("fields")
    if not wanted:
        return row
    names = {name.strip() for name in wanted.split(",")} | {id_name}
    return {name: value for name, value in row.items() if name in names}
