"""Keys under which Prefect keeps the history of an artifact."""

from __future__ import annotations

import hashlib

from slugify import slugify


def artifact_key(what: str, about: str) -> str:
    """Return the key of an artifact: letters, digits and dashes, one for each thing it is about.

    Args:
        what: What it shows.
        about: What it is about; told apart by a hash where letters are lost.
    """
    digits = hashlib.blake2b(about.encode(), digest_size=3).hexdigest()
    name = slugify(about, max_length=40, word_boundary=True)
    return "-".join(filter(None, ["getresponse", what, name, digits]))
