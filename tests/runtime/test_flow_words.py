"""Errors of flows name parameters, not options of the command line."""

from __future__ import annotations

import pytest

from prefect_getresponse.runtime.flow_words import in_flow_words

PARAMETERS = (
    "list_name",
    "mapping",
    "vouched",
    "create_list",
    "create_fields",
    "max_reject_ratio",
    "route",
    "skip_confirmation",
)


@pytest.mark.parametrize(
    ("said", "in_a_flow"),
    [
        ("Name it with --map COLUMN=email.", "Name it with the line COLUMN=email in mapping."),
        (
            "Choose one, such as --map 'Mail 2'=email",
            "Choose one, such as the line 'Mail 2'=email in mapping",
        ),
        (
            "`--map COLUMN=FIELD` says what it is",
            "the line COLUMN=FIELD in mapping says what it is",
        ),
        (
            "probably --encoding cp1252",
            'probably encoding = "cp1252" ([source] of the mapping file)',
        ),
        (
            'such as --sheet "People 2".',
            'such as sheet = "People 2" ([source] of the mapping file).',
        ),
        ("Use --route auto.", "Use route=auto."),
        (
            "Use --route auto; or, if they have consented, add --skip-confirmation.",
            "Use route=auto; or, if they have consented, add skip_confirmation.",
        ),
        ("allow more (--max-reject-ratio, max_reject_ratio).", "allow more (max_reject_ratio)."),
        (
            "let it be created (--create-list, create_list=True).",
            "let it be created (create_list=True).",
        ),
        ("Leave --vouch (vouched) out", "Leave vouched out"),
        (
            "more of them: `max_reject_ratio` (`--max-reject-ratio`).",
            "more of them: `max_reject_ratio`.",
        ),
        ("say so with --vouch", "say so with vouched"),
        ("Add --new-run to settle it.", "Add --new-run to settle it."),
        ("nothing -- of this", "nothing -- of this"),
    ],
)
def test_options_become_parameters(said: str, in_a_flow: str) -> None:
    assert in_flow_words(said, PARAMETERS) == in_a_flow
    assert in_flow_words(in_a_flow, PARAMETERS) == in_a_flow
