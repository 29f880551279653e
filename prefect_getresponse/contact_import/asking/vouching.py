"""Vouching: somebody states that everybody in a source has agreed, where no column says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from prefect_getresponse.contact_import.asking.said import NOBODY, Vouch
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.sources.errors import MappingError, listed


def scope_of(location: str, columns: Sequence[str], mapping: SourceMapping) -> str:
    """What a vouch holds for; a change of any of it asks again.

    Args:
        location: Canonical location of the source.
        columns: Names of its columns.
        mapping: What is said about them.
    """
    return fingerprint([location, sorted(columns), mapping.meaning()])


def fingerprint(value: Any) -> str:
    """A hash of JSON-like data (32 hexadecimal digits)."""
    return hashlib.blake2b(json.dumps(value).encode(), digest_size=16).hexdigest()


def vouched_anew(by: str, scope: str, now: float) -> Vouch:
    """Somebody vouches now.

    Args:
        by: Who does; empty if that is not known.
        scope: What it holds for.
        now: Seconds since the epoch.
    """
    at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return Vouch(by or NOBODY, at, scope)


def refuse_override(deciding: Sequence[str]) -> None:
    """Refuse a vouch where a column says who has agreed: it decides.

    Args:
        deciding: Those columns.

    Raises:
        MappingError: There are some.
    """
    if deciding:
        raise MappingError(
            f"{listed(deciding)} says who has agreed, and a vouch overrides no column",
            "Leave --vouch (vouched) out, or map the column to what it is",
        )
