"""Python 3.11.0 to 3.11.4 misread possessive and atomic groups (CPython gh-106052)."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

import prefect_getresponse
from prefect_getresponse.contact_import.rows import addresses
from prefect_getresponse.sources import trimming

MISREAD = {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}
DEBIANS = Path("/usr/bin/python3")
PROGRAM = """
import importlib.util, json, sys, types

def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

for parent in ("prefect_getresponse", "prefect_getresponse.sources"):
    sys.modules[parent] = types.ModuleType(parent)  # the real ones need what is not installed here
load("prefect_getresponse.sources.trimming", sys.argv[1])
module = load("addresses", sys.argv[2])
print(json.dumps([module.addresses(json.loads(sys.argv[3])), sys.version_info[:3]]))
"""


def ingredients(parsed: Any) -> set[str]:
    """The names of everything in a parsed pattern."""
    parts: Any = getattr(parsed, "data", parsed)
    if isinstance(parts, (list, tuple)):
        return set[str]().union(*(ingredients(part) for part in cast("Sequence[Any]", parts)))
    return {str(parsed)}


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of the package, by where it stands."""
    found: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.walk_packages(prefect_getresponse.__path__, "prefect_getresponse."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                found[f"{module.name}.{name}"] = value
    return found


def test_no_pattern_has_groups_that_old_pythons_misread() -> None:
    parse = vars(re)["_parser"].parse
    found = patterns()
    assert len(found) > 20
    wrong = {
        name
        for name, pattern in found.items()
        if ingredients(parse(pattern.pattern, pattern.flags)) & MISREAD
    }
    assert wrong == set()
    assert ingredients(parse("(?>a)b++", 0)) >= MISREAD


@pytest.mark.skipif(not DEBIANS.exists(), reason="there is no Python of the system's own")
def test_addresses_are_the_same_on_the_systems_python() -> None:
    cells = ["ann@example.com", "bob.o'neill+x@mail.example.co.uk", "no", "a@b", ".a@example.com"]
    cells += [*cells, "a@-b.com", "x" * 65 + "@example.com", "a@example.c0m", "a@b..com"]
    done = subprocess.run(
        [DEBIANS, "-c", PROGRAM, trimming.__file__, addresses.__file__, json.dumps(cells)],
        capture_output=True,
        text=True,
        check=True,
    )
    found, _ = json.loads(done.stdout)
    assert found == addresses.addresses(cells)
    assert found[:3] == [*cells[:2], None]
