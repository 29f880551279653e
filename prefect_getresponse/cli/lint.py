"""`prefect-getresponse lint` and `preview`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import FAILED, OK, print_line
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.newsletters.account_messages import check_account_messages
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.checks import check_release
from prefect_getresponse.newsletters.content.findings import Finding, Findings, Severity, in_order
from prefect_getresponse.newsletters.content.html import check_html
from prefect_getresponse.newsletters.content.links import LinkCheck
from prefect_getresponse.newsletters.content.message import Checked, Known
from prefect_getresponse.newsletters.content.render import Person, render, with_names
from prefect_getresponse.newsletters.content.syntax import read_content
from prefect_getresponse.newsletters.person import person_of
from prefect_getresponse.newsletters.release_file import read_release

_RELEASES = {".yaml", ".yml", ".json"}


def lint(
    *files: str,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    strict: Annotated[bool, Parameter(negative="")] = False,
    from_account: Annotated[bool, Parameter(negative="")] = False,
    links: Annotated[bool, Parameter(negative="")] = False,
    block: str | None = None,
) -> int:
    """Check newsletters: dynamic content, links and texts. Needs no account.

    Prints a line for each finding, as compilers do. Exits with 1 if there are errors.

    Example: prefect-getresponse lint spring.yaml footer.html

    Args:
        files: Release files (.yaml, .json), or HTML and plain texts.
        json_: Print the findings as JSON.
        strict: Fail for warnings too.
        from_account: Also check autoresponders, RSS newsletters, A/B tests, drafts and
            confirmation messages of the account, and the fields and tags that files ask for.
        links: Follow the links of the files; dead ones are errors.
        block: Name of a GetResponseCredentials block, whose account has the fields and tags that
            files ask for.
    """
    if not (files or from_account):
        raise InvalidArguments("nothing to check", advice="Name at least one file.")
    known, of_account = _account(block, read=from_account) if from_account or block else (None, [])
    of_files = [each for file in files for each in _findings(file, known, links=links)]
    found = in_order([*of_files, *of_account])
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
    contact: str = "",
    block: str | None = None,
) -> int:
    """Print a newsletter as one person would read it, as far as that can be known here.

    Example: prefect-getresponse preview spring.yaml --name "Ann Lee" --field city=Gdansk

    Args:
        file: Release file, HTML or plain text.
        name: Name of the person.
        email: Address of the person.
        field: NAME=VALUE of a custom field; several times for several values.
        tag: Name of a tag that the person has.
        part: Only this part: subject, preheader, html or plain.
        contact: Address of somebody in the account, read instead of what the other options say.
        block: Name of a GetResponseCredentials block, for --contact.
    """
    fields = dict[str, list[str]]()
    for each in field or ():
        key, equals, value = each.partition("=")
        if not equals:
            raise InvalidArguments(f"--field {each}: no value", advice="Write --field NAME=VALUE.")
        fields.setdefault(key, []).append(value)
    person = Person(contact=with_names(name, email), fields=fields, tags=frozenset(tag or ()))
    if contact:
        person = _person(block, contact)
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


def _account(block: str | None, *, read: bool) -> tuple[Known, list[Finding]]:
    """Return what an account has, and the findings in its own messages if they are to be read."""
    credentials = load_credentials(block)

    async def work() -> tuple[Known, list[Finding]]:
        side = AccountSide(credentials.get_async_client(), time.time)
        known = await side.known("")
        return known, await check_account_messages(side, known) if read else []

    return asyncio.run(work())


def _person(block: str | None, email: str) -> Person:
    credentials = load_credentials(block)

    async def work() -> Person:
        return await person_of(AccountSide(credentials.get_async_client(), time.time), email)

    return asyncio.run(work())


def _findings(file: str, known: Known | None, *, links: bool) -> Iterable[Finding]:
    checked = _checked(file, known)
    dead = asyncio.run(LinkCheck.from_settings().findings(checked.contents)) if links else ()
    for each in (*checked.findings, *dead):
        place = file if each.part in ("", Path(file).name) else f"{file}#{each.part}"
        yield replace(each, part=place)


def _checked(file: str, known: Known | None = None) -> Checked:
    if Path(file).suffix.lower() in _RELEASES:
        return check_release(read_release(file), known)
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
