"""What headers and cells say, in tables that people without Python can read and add to (TOML).

`columns` gives a header its meaning, `phrases` reads the sentences of forms, by the regular
expressions of `alternation`. Of the tables,
`headers` names columns, `answers` the words of cells, `phrases` parts of sentences, `harmless` what
says nothing about e-mail, and `tools` the columns of known programs.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, list[dict[str, Any]]]:
    """Return the blocks of a word table, by the name of its file without `.toml`."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def words_of(name: str, kind: str, meaning: str) -> tuple[str, ...]:
    """Return all words of a meaning, in every language.

    Args:
        name: Name of the table.
        kind: Name of its blocks.
        meaning: What the words mean.
    """
    blocks = [block for block in table(name)[kind] if block["meaning"] == meaning]
    return tuple(word for block in blocks for word in block["words"])
