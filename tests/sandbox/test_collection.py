"""Collections of records, shown by shops, their taxes and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.sandbox.contract.errors import ApiError, forbidden_state
from prefect_getresponse.sandbox.contract.operations import operations
from prefect_getresponse.sandbox.resources import BEHAVIOURS
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Echo, Request
from prefect_getresponse.sandbox.resources.shops import SHOPS
from prefect_getresponse.sandbox.resources.taxes import TAXES
from prefect_getresponse.sandbox.world.records import Record, Records
from prefect_getresponse.sandbox.world.world import World
from tests.sandbox.conftest import START, Api

SHOP = {"name": "Monster market", "locale": "PL", "currency": "PLN"}


@pytest.fixture
def shop(api: Api) -> str:
    return str(api.ok("POST", "/shops", SHOP)["shopId"])


def test_life_of_a_record(api: Api) -> None:
    created = api.ok("POST", "/addresses", {"name": "Office", "countryCode": "POL"})
    path = f"/addresses/{created['addressId']}"
    assert created["href"] == f"https://api.getresponse.com/v3{path}"
    assert created["createdOn"] == created["updatedOn"]
    api.advance(60)
    changed = api.ok("POST", path, {"city": "Gdynia"})
    assert changed == {**created, "city": "Gdynia", "updatedOn": changed["updatedOn"]}
    assert changed["updatedOn"] > created["updatedOn"]
    assert api.ok("GET", path) == changed
    assert api.ok("GET", "/addresses") == [changed]
    assert api.call("DELETE", path).status_code == 204
    assert api.call("GET", path).status_code == 404
    assert api.ok("GET", "/addresses") == []


def test_records_lie_under_their_parent(api: Api, shop: str) -> None:
    other = api.ok("POST", "/shops", {**SHOP, "name": "Other market"})["shopId"]
    tax = api.ok("POST", f"/shops/{shop}/taxes", {"name": "VAT", "rate": 23})
    assert tax["href"].endswith(f"/shops/{shop}/taxes/{tax['taxId']}")
    assert api.ok("GET", f"/shops/{shop}/taxes") == [tax]
    assert api.ok("GET", f"/shops/{other}/taxes") == []
    assert api.call("GET", f"/shops/{other}/taxes/{tax['taxId']}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/taxes", None),
        ("POST", "/taxes", {"name": "VAT", "rate": 23}),
        ("GET", "/taxes/none", None),
        ("DELETE", "/taxes/none", None),
    ],
)
def test_a_missing_parent_is_named(api: Api, method: str, path: str, body: Any) -> None:
    answer = api.call(method, f"/shops/none{path}", body)
    assert answer.status_code == 404
    assert answer.json()["context"] == {"shopId": "none"}


def test_what_lies_under_a_record_goes_with_it() -> None:
    world = World(now=START)
    gone, kept = (SHOPS.add(world, SHOP, START) for _ in range(2))
    for each in (gone, kept):
        TAXES.add(world, {"name": "VAT", "rate": 23}, START, {"shopId": each.record_id})
    world.records.drop("shops", gone)
    assert [tax.above for tax in world.records.of("taxes").values()] == [{"shopId": kept.record_id}]


def test_records_are_found_below_anything_above_them() -> None:
    records = Records()
    for shop, product in (("s1", "p1"), ("s1", "p2"), ("s2", "p3")):
        above = {"shopId": shop, "productId": product}
        records.put("variants", Record(f"of {product}", above, {}))

    def below(**scope: str) -> list[str]:
        return [each.record_id for each in records.within("variants", scope)]

    assert below() == ["of p1", "of p2", "of p3"]
    assert below(shopId="s1") == ["of p1", "of p2"]
    assert below(shopId="s1", productId="p2") == ["of p2"]
    assert below(shopId="s2", productId="p2") == []
    assert below(shopId="none") == []
    assert list(records.within("none", {})) == []


def test_defaults_filters_and_sorts(api: Api) -> None:
    for name, city in (("Office", "Gdansk"), ("Warehouse", "Gdynia"), ("Home", "Sopot")):
        api.ok("POST", "/addresses", {"name": name, "countryCode": "POL", "city": city})
        api.advance(86_400)
    by_city = api.ok("GET", "/addresses", **{"query[city]": "gd"})
    assert [each["name"] for each in by_city] == ["Office", "Warehouse"]
    assert by_city[0]["company"] == ""
    newest = api.ok("GET", "/addresses", **{"sort[createdOn]": "DESC"})
    assert [each["name"] for each in newest] == ["Home", "Warehouse", "Office"]
    window = {"query[createdOn][from]": by_city[1]["createdOn"]}
    assert [each["name"] for each in api.ok("GET", "/addresses", **window)] == ["Warehouse", "Home"]
    [sparse] = api.ok("GET", "/addresses", fields="name", perPage=1)
    assert sparse.keys() == {"addressId", "name"}


def _refuse_old(_world: World, _request: Request, record: Record) -> None:
    if record.members["stage"] == "old":
        raise forbidden_state("It is old")


def _stage(_world: World, record: Record, stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "isOld": record.members["stage"] == "old"}


THINGS = Collection(
    "things",
    "/things/{thingId}",
    unique=("name",),
    defaults={"stage": "new", "links": []},
    details_only=frozenset({"links"}),
    attributes={"ownerId": member("owner.ownerId")},
    on_update=_refuse_old,
    render=_stage,
)


class _Things:
    """Calls the declared collection itself: the API has no resource with all of its traits."""

    def __init__(self) -> None:
        self.world = World(now=START)

    def request(self, record: Record | None = None, **body: Any) -> Request:
        [operation] = [each for each in operations() if each.operation_id == "createShop"]
        path = {"thingId": record.record_id} if record else {}
        return Request(operation, path, {}, body, START)

    def make(self, **members: Any) -> Record:
        return THINGS.add(self.world, members, START)


@pytest.fixture
def things() -> _Things:
    return _Things()


def test_a_taken_value_is_refused(things: _Things) -> None:
    things.make(name="a")
    other = things.make(name="b")
    with pytest.raises(ApiError) as taken:
        THINGS.create(things.world, things.request(name="a"))
    assert (taken.value.status, taken.value.code) == (409, 1008)
    with pytest.raises(ApiError):
        THINGS.update(things.world, things.request(other, name="a"))
    THINGS.update(things.world, things.request(other, name="b"))


def test_a_hook_can_refuse_before_anything_changes(things: _Things) -> None:
    thing = things.make(name="a", stage="old")
    with pytest.raises(ApiError) as refused:
        THINGS.update(things.world, things.request(thing, name="b"))
    assert refused.value.code == 1002
    assert thing.members["name"] == "a"


def test_listings_leave_out_what_only_details_have(things: _Things) -> None:
    thing = things.make(name="a")
    assert THINGS.details(things.world, thing)["links"] == []
    assert "links" not in THINGS.row(things.world, thing)
    assert THINGS.row(things.world, thing)["isOld"] is False


def test_records_share_no_defaults(things: _Things) -> None:
    things.make(name="a").members["links"].append(1)
    assert things.make(name="b").members["links"] == []


def test_only_what_has_no_hook_is_an_echo() -> None:
    made = THINGS.behaviours(create="create", update="update", listing="list")
    marked = {name for name, behaviour in made.items() if isinstance(behaviour, Echo)}
    assert marked == {"create"}


def test_every_behaviour_is_of_an_operation() -> None:
    assert BEHAVIOURS.keys() <= {operation.operation_id for operation in operations()}


def test_members_are_brought_up_to_the_present() -> None:
    def grow(world: World, record: Record) -> None:
        record.members["age"] = int(world.now - START)

    plants = Collection("plants", "/plants/{plantId}", created="", updated="", settle=grow)
    listing = next(each for each in operations() if each.operation_id == "getAddressList")
    world = World(now=START)
    plant = plants.add(world, {"name": "oak"}, START)
    world.settle(START + 60)
    request = Request(listing, {"plantId": plant.record_id}, {}, {}, world.now)

    assert plants.get(world, request).body == plants.list_all(world, request).body[1:-1]
    assert plant.members["age"] == 60


def test_records_may_have_no_link() -> None:
    plain = Collection("plants", "/plants/{plantId}", created="", updated="", linked=False)
    plant = plain.add(World(now=START), {"name": "oak"}, START)

    assert plant.members == {"plantId": plant.record_id, "name": "oak"}
