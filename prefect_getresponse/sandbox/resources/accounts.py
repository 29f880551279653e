"""The account and its blocklist (tag Accounts)."""

from __future__ import annotations

from prefect_getresponse.sandbox.listing import sparse
from prefect_getresponse.sandbox.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.blocklists import change_masks, read_masks
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Request
from prefect_getresponse.sandbox.world import World


def get_account(world: World, request: Request) -> Answer:
    """`GET /accounts`."""
    account = {**world.account, "href": f"{HREF}/accounts"}
    return json_answer(200, sparse(account, request.query, "accountId"))


def update_account(world: World, request: Request) -> Answer:
    """`POST /accounts`: changes the members sent."""
    world.account.update(request.body)
    return get_account(world, request)


def get_blocklist(world: World, request: Request) -> Answer:
    """`GET /accounts/blocklists`."""
    return read_masks(world.account_masks, request)


def update_blocklist(world: World, request: Request) -> Answer:
    """`POST /accounts/blocklists`."""
    return change_masks(world.account_masks, request)


BEHAVIOURS: Behaviours = {
    "getAccount": get_account,
    "updateAccount": update_account,
    "getAccountBlocklist": get_blocklist,
    "updateAccountBlocklist": update_blocklist,
}
