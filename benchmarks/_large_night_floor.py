"""A program that spends a night with a large file as cheaply as can be, and prints what it cost.

A dictionary of hashes says which rows are as they were on the night before, and the list is read:
the least that any program must do. It gives no verdict and proves nothing.
"""

from __future__ import annotations

import asyncio
import csv
import json
import pickle
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import orjson
from _spent import measured

try:
    import aiohttp
except ImportError:
    aiohttp = None  # type: ignore[assignment]

Get = Callable[[str], Awaitable[bytes]]
SIDE_BY_SIDE = 10


def floor(url: str, source: str, folder: str) -> dict[str, Any]:
    """Compare the rows with last night's hashes, and read the list."""
    memory = Path(folder, "hashes.pickle")
    before: dict[str, bytes] = {}
    if memory.exists():
        before = pickle.loads(memory.read_bytes())  # noqa: S301 - its own file
    now: dict[str, bytes] = {}
    with Path(source).open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            now[row[0]] = blake2b("\0".join(row).encode(), digest_size=8).digest()
    listed = asyncio.run(_read_list(url))
    unchanged = sum(before.get(email) == digest for email, digest in now.items())
    memory.write_bytes(pickle.dumps(now))
    return {"verdicts": {"unchanged": unchanged, "listed": len(listed & now.keys())}}


async def _read_list(url: str) -> set[str]:
    asked = f"{url}/contacts?fields=contactId,email,name&perPage=1000&page="

    async def pages(get: Get) -> set[str]:
        found: set[str] = set()
        for first in range(1, sys.maxsize, SIDE_BY_SIDE):
            some = range(first, first + SIDE_BY_SIDE)
            answers = await asyncio.gather(*(get(f"{asked}{page}") for page in some))
            people = list(chain.from_iterable(map(orjson.loads, answers)))
            found.update(person["email"] for person in people)
            if len(people) < 1000 * SIDE_BY_SIDE:
                break
        return found

    if aiohttp is None:
        async with httpx.AsyncClient(trust_env=False) as http:

            async def get_by_httpx(address: str) -> bytes:
                return (await http.get(address)).content

            return await pages(get_by_httpx)
    async with aiohttp.ClientSession() as session:

        async def get_by_aiohttp(address: str) -> bytes:
            async with session.get(address) as answer:
                return await answer.read()

        return await pages(get_by_aiohttp)


def main(words: list[str]) -> None:
    """Spend the night that the words ask for: URL of the account, source, and folder of memory."""
    print(json.dumps(measured(partial(floor, *words))))


if __name__ == "__main__":
    main(sys.argv[1:])
