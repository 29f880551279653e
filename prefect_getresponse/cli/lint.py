"""`prefect-getresponse lint` and `preview`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from prefect_getresponse.cli.console import FAILED, OK, print_line
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.newsletters.checks import check_release
from prefect_getresponse.newsletters.content.findings import Finding, Findings, Severity, in_order
from prefect_getresponse.newsletters.content.html import check_html
from prefect_getresponse.newsletters.content.message import Checked
from prefect_getresponse.newsletters.content.render import Person, render, with_names
from prefect_getresponse.newsletters.content.syntax import read_content
from prefect_getresponse.newsletters.release_file import read_release

_RELEASES = {".yaml", ".yml", ".json"}


def lint(
    *files: str,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    strict: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Check newsletters: dynamic content, links and texts. Needs no account.

    Prints a line for each finding, as compilers do. Exits with 1 if there are errors.

    Example: prefect-getresponse lint spring.yaml footer.html

    Args:
        files: Release files (.yaml, .json), or HTML and plain texts.
        json_: Print the findings as JSON.
        strict: Fail for warnings too.
    """
    if not files:
        raise InvalidArguments("nothing to check", advice="Name at least one file.")
    found = in_order(each for file in files for each in _findings(file))
    if json_:
        print_line(json.dumps([each.as_dict() for each in found], indent=2, ensure_ascii=False))
    else:
        for each in found:
            print_line(str(each))
        print_line(_sum(found))
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return FAILED if any(each.severity in bad for each in found) else OK


def preview(
    file: str,
    *,
    name: str = "",
    email: str = "person@example.com",
    field: Annotated[
        list[str] | None, Parameter(name="--field", consume_multiple=True, negative="")
    ] = None,
    tag: Annotated[
        list[str] | None, Parameter(name="--tag", consume_multiple=True, negative="")
    ] = None,
    part: str = "",
) -> int:
    """Print a newsletter as one person would read it, as far as that can be known here.

    Example: prefect-getresponse preview spring.yaml --name "Ann Lee" --field city=Gdansk

    Args:
        file: Release file, or a text.
        name: Name of the person.
        email: Address of the person.
        field: NAME=VALUE of a custom field; several times for several values.
        tag: Name of a tag that the person has.
        part: Only this part: subject, preheader, html or plain.
    """
    fields = dict[str, list[str]]()
    for each in field or ():
        key, equals, value = each.partition("=")
        if not equals:
            raise InvalidArguments(f"--field {each}: no value", advice="Write --field NAME=VALUE.")
        fields.setdefault(key, []).append(value)
    person = Person(contact=with_names(name, email), fields=fields, tags=frozenset(tag or ()))
    contents = _checked(file).contents
    if part and part not in contents:
        raise InvalidArguments(
            f"{file} has no part {part}", advice=f"It has {', '.join(contents)}."
        )
    for title, content in contents.items():
        if part in ("", title):
            rendered = render(content, person)
            print_line(rendered.text if part else f"--- {title}\n{rendered.text}")
            for sentence in rendered.unknown:
                print_line(f"... {sentence}")
    return OK


def _findings(file: str) -> Iterable[Finding]:
    checked = _checked(file)
    for each in checked.findings:
        place = file if each.part in ("", Path(file).name) else f"{file}#{each.part}"
        yield replace(each, part=place)


def _checked(file: str) -> Checked:
    if Path(file).suffix.lower() in _RELEASES:
        return check_release(read_release(file))
    try:
        text = Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "it is not UTF-8"
        raise InvalidArguments(f"{file}: {reason}", advice="Name a text file.") from None
    findings = Findings("", text)
    content = read_content(text, findings)
    if Path(file).suffix.lower() in (".html", ".htm"):
        check_html(content, findings)
    return Checked(tuple(findings.found), {Path(file).name: content})


def _sum(found: list[Finding]) -> str:
    counts = {kind: sum(each.severity is kind for each in found) for kind in Severity}
    return ", ".join(f"{number} {kind}{'s' * (number != 1)}" for kind, number in counts.items())
