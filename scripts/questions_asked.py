"""What the import asks about the files of the tests: a table in Markdown, a line a file.

Known tools ask for no column, and at most for somebody who vouches; other files for few columns.

    python -m scripts.questions_asked [FILE...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from prefect_getresponse.contact_import.asking.answers import read_whole
from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.sources import open_source
from prefect_getresponse.sources.errors import ImportInputError

TESTS = Path(__file__).parent.parent / "tests"
FOLDERS = ("exports/tools", "exports/data", "imports/data")
_EXPECTED = "expected.json"


def files() -> Iterator[Path]:
    """Yield the files of the tests that are imports."""
    for folder in FOLDERS:
        yield from (
            path for path in sorted((TESTS / folder).iterdir()) if not path.name.endswith(_EXPECTED)
        )


def asked_about(path: Path) -> tuple[str, str, str]:
    """Return the tool, the columns and tags that are asked about, and whether somebody vouches."""
    try:
        source = open_source(path)
        found = read_whole(source, map_source(source))
    except ImportInputError as error:
        return "", f"it cannot be read as it is: {error.advice}", ""
    questions = found.questions(vouched=False)
    columns = [question.column for question in questions if question.taken_for != "vouch"]
    vouch = "yes" if len(columns) < len(questions) else ""
    return found.mapping.tool, ", ".join(columns), vouch


def main() -> None:
    """Print the table."""
    sys.stdout.write("| file | tool | asked about | somebody vouches |\n|---|---|---|---|\n")
    for path in [Path(word) for word in sys.argv[1:]] or files():
        cells = [path.name, *asked_about(path)]
        sys.stdout.write(f"| {' | '.join(cell.replace('|', ' ') for cell in cells)} |\n")


if __name__ == "__main__":
    main()
