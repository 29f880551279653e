"""Texts in the words of a flow: its parameters instead of the command line's options."""

from __future__ import annotations

import re
from collections.abc import Collection

_ALIASES = {"list": "list_name", "vouch": "vouched"}
_READING = (
    "encoding",
    "delimiter",
    "quote",
    "escape",
    "sheet",
    "records",
    "dates",
    "decimal",
    "query",
)
"""Options about the source, which a flow takes from the mapping file."""
_BOTH = re.compile(r"--[a-z-]+(?:, | \()(\w+(?:=\w+)?)(\)?)")
"""An option with the parameter behind it: `--state-dir, state_dir`, `--vouch (vouched)`."""
_ASIDE = re.compile(r" \(`--[a-z-]+`\)")
_MAP = re.compile(r"--map ('[^']*'(?:=\w+)?|[^\s,;]*[^\s,;.)`])|`--map (COLUMN=FIELD)`")
_OF_SOURCE = re.compile(rf"--({'|'.join(_READING)})(?: (\"[^\"]+\"|[\w.-]*\w))?")
_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)(?: ([a-z]+)(?=[.,;)]|$))?")


def in_flow_words(text: str, parameters: Collection[str]) -> str:
    """Return a text with a flow's parameters where it names options of the command line.

    Args:
        text: What is said.
        parameters: Names of the flow's parameters; other options are left as they are.
    """

    def both(found: re.Match[str]) -> str:
        name = found[1].partition("=")[0]
        if name not in parameters:
            return found[0]
        # The bracket of `(--x, x)` was opened before the option, that of `--x (x)` behind it.
        return found[1] + (found[2] if ", " in found[0] else "")

    def option(found: re.Match[str]) -> str:
        name = _ALIASES.get(found[1], found[1].replace("-", "_"))
        if name not in parameters:
            return found[0]
        return f"{name}={found[2]}" if found[2] else name

    said = _BOTH.sub(both, _ASIDE.sub("", text))
    if "mapping" in parameters:
        said = _MAP.sub(lambda found: f"the line {found[1] or found[2]} in mapping", said)
        said = _OF_SOURCE.sub(_of_source, said)
    return _OPTION.sub(option, said)


def _of_source(found: re.Match[str]) -> str:
    value = (found[2] or "").strip('"')
    what = f'{found[1]} = "{value}"' if value else found[1]
    return f"{what} ([source] of the mapping file)"
