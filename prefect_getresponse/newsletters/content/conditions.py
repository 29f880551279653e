"""Conditions of `IF` and `ELSIF`: read with positions, and judged for one person.

`((country STRING_EQI 'poland') LOGIC_AND (vip IS_DEFINED))`.  A condition is kept in postfix
order, so that neither reading nor judging ever goes deep.  Source: GetResponse, Dynamic Content,
section 6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from prefect_getresponse.newsletters.content.findings import Findings
from prefect_getresponse.newsletters.content.values import NAME

_TOKEN = re.compile(
    r"\s*(?:(?P<bracket>[()])|'(?P<constant>[^'\"`]*)'|(?P<word>[^\s()']+)|(?P<odd>'))"
)
_DEEPEST = 100
DEFINED = frozenset({"IS_DEFINED", "NOT_DEFINED"})
LOGIC = frozenset({"LOGIC_AND", "LOGIC_OR"})
_ANY_CASE = {"STRING_EQI": "STRING_EQ", "STRING_NEQI": "STRING_NEQ"}
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "NUMBER_LT": lambda a, b: a < b,
    "NUMBER_GT": lambda a, b: a > b,
    "NUMBER_EQ": lambda a, b: a == b,
    "NUMBER_NEQ": lambda a, b: a != b,
    "NUMBER_GEQ": lambda a, b: a >= b,
    "NUMBER_LEQ": lambda a, b: a <= b,
}
COMPARISONS = frozenset({*_NUMBERS, "STRING_EQ", "STRING_NEQ", *_ANY_CASE})


class Test(NamedTuple):
    """One comparison; `constant` is None for `IS_DEFINED` and `NOT_DEFINED`."""

    operand: str
    operator: str
    constant: str | None


Condition = tuple[Test | str, ...]
"""Tests and `LOGIC_...` words in postfix order."""


class _Wrong(Exception):
    """A condition that cannot be read.

    Args:
        at: Offset in the condition.
        message: What is wrong there.
    """

    def __init__(self, at: int, message: str) -> None:
        self.at = at
        self.message = message


class _Part(NamedTuple):
    """A word, a constant, or a term in brackets that has been read."""

    at: int
    text: str
    kind: Literal["word", "constant", "term"]


class _Reader:
    def __init__(self, text: str, start: int, findings: Findings) -> None:
        self._text = text
        self._start = start
        self._findings = findings
        self._program: list[Test | str] = []

    def read(self) -> Condition:
        """Read the whole condition."""
        frames: list[list[_Part]] = [[]]
        opened: list[int] = []
        at, end = 0, len(self._text.rstrip())
        while at < end:
            token = _TOKEN.match(self._text, at)
            if not token or token["odd"]:
                raise _Wrong(at, "A constant's quote is not closed, or holds another quote.")
            place = token.start(token.lastgroup or 0)
            at = token.end()
            if len(opened) > _DEEPEST:
                raise _Wrong(place, f"More than {_DEEPEST} brackets stand inside each other.")
            if token["bracket"] == "(":
                frames.append([])
                opened.append(place)
            elif token["bracket"]:
                if not opened:
                    raise _Wrong(place, "A bracket is closed that was never opened.")
                self._reduce(frames.pop(), opened[-1])
                frames[-1].append(_Part(opened.pop(), "", "term"))
            elif token["constant"] is not None:
                frames[-1].append(_Part(place, token["constant"], "constant"))
            else:
                frames[-1].append(_Part(place, token["word"], "word"))
        if opened:
            raise _Wrong(opened[-1], "A bracket is not closed.")
        if [part.kind for part in frames[0]] != ["term"]:
            raise _Wrong(0, "The condition does not stand in one pair of brackets.")
        return tuple(self._program)

    def _reduce(self, parts: Sequence[_Part], at: int) -> None:
        if any(part.kind == "term" for part in parts):
            self._combine(parts, at)
        else:
            self._program.append(self._test(parts, at))

    def _test(self, parts: Sequence[_Part], at: int) -> Test:
        kinds = [part.kind for part in parts]
        if kinds[:2] != ["word", "word"] or len(parts) > 3:
            raise _Wrong(at, "A comparison is not of the form (name OPERATOR 'constant').")
        operand, operator, *rest = parts
        if not NAME.fullmatch(operand.text):
            raise _Wrong(operand.at, f"{operand.text!r} is no name in lower case.")
        if operator.text in DEFINED:
            if rest:
                raise _Wrong(rest[0].at, f"{operator.text} takes nothing behind it.")
            return Test(operand.text, operator.text, None)
        if not rest or rest[0].kind != "constant":
            place = rest[0].at if rest else operator.at
            raise _Wrong(place, "The constant does not stand in single quotes.")
        if operator.text not in COMPARISONS:
            self._findings.warning(
                "unknown-operator",
                self._start + operator.at,
                f"{operator.text} is no operator that is documented.",
                f"Known are {', '.join(sorted(COMPARISONS | DEFINED))}.",
            )
        return Test(operand.text, operator.text, rest[0].text)

    def _combine(self, parts: Sequence[_Part], at: int) -> None:
        terms, joins = parts[::2], parts[1::2]
        for part in terms:
            if part.kind != "term":
                raise _Wrong(part.at, "A term does not stand in brackets.")
        for part in joins:
            if part.kind != "word" or part.text not in LOGIC:
                raise _Wrong(part.at, "Terms are not joined by LOGIC_AND or LOGIC_OR.")
        if len(joins) != len(terms) - 1:
            raise _Wrong(at, "A term is missing behind LOGIC_AND or LOGIC_OR.")
        self._program.extend(part.text for part in reversed(joins))
        if len(terms) > 2:
            self._findings.warning(
                "chained-logic",
                self._start + at,
                f"{len(terms)} terms stand in one pair of brackets.",
                "Nest them in pairs: ((A) LOGIC_OR ((B) LOGIC_OR (C))).",
            )
        elif len(terms) == 1:
            self._findings.notice(
                "double-brackets",
                self._start + at,
                "A term stands in two pairs of brackets, which is not documented.",
                "Leave one pair out.",
            )


def read_condition(text: str, start: int, findings: Findings) -> Condition | None:
    """Read a condition.

    Args:
        text: The argument of the tag.
        start: Its offset in the whole text.
        findings: Where faults go.

    Returns:
        The condition; None if it is wrong.
    """
    try:
        return _Reader(text, start, findings).read()
    except _Wrong as wrong:
        findings.error(
            "wrong-condition",
            start + wrong.at,
            wrong.message,
            "Write (name OPERATOR 'constant'), (name IS_DEFINED), or two of these joined as "
            "((...) LOGIC_AND (...)).",
        )
        return None


def operands(condition: Condition) -> list[str]:
    """Return the names that a condition asks for, in order."""
    return [part.operand for part in condition if isinstance(part, Test)]


def holds(condition: Condition, values: Callable[[str], Sequence[str] | None]) -> bool:
    """Judge a condition.

    Args:
        condition: The condition.
        values: Values of a name; None if the person has none.
    """
    stack: list[bool] = []
    for part in condition:
        if isinstance(part, Test):
            stack.append(_passes(part, values(part.operand)))
        else:
            second, first = stack.pop(), stack.pop()
            stack.append(first and second if part == "LOGIC_AND" else first or second)
    return stack.pop()


def _passes(test: Test, values: Sequence[str] | None) -> bool:
    if test.constant is None:
        return (values is not None) == (test.operator == "IS_DEFINED")
    return any(_compares(test.operator, value, test.constant) for value in values or ())


def _compares(operator: str, value: str, constant: str) -> bool:
    if compare := _NUMBERS.get(operator):
        try:
            return compare(float(value), float(constant))
        except ValueError:
            return False
    if operator in _ANY_CASE:
        operator, value, constant = _ANY_CASE[operator], value.casefold(), constant.casefold()
    return (value == constant) == (operator == "STRING_EQ")
