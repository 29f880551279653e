"""Options are said once: command line, flow and `prefect.yaml` agree with their declaration."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from prefect.utilities.callables import parameter_schema

from prefect_getresponse.cli.contact_import import import_
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.options import ImportOptions, import_options
from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import
from tests.docs.blocks import ROOT

FIELDS = ImportOptions.model_fields
PLACES: dict[str, Callable[..., Any]] = {
    "command line": import_,
    "flow": nightly_contact_import.fn,
}
BY_OTHER_NAMES = {"mapping", "reopen", "is_scheduled", "is_attended"}
"""The command line says them in several words: `--map`, `--mapping`, `--encoding`, `--new-run`."""
BY_SETTINGS = {"state_dir", "ledger_copy", "retention_days", "settle_seconds", "import_seconds"}
"""What belongs to a machine and not to an import."""


def parameters(place: str) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(PLACES[place]).parameters)


@pytest.mark.parametrize("place", PLACES)
def test_defaults_are_those_of_the_declaration(place: str) -> None:
    known = {name: each for name, each in parameters(place).items() if name in FIELDS}
    assert len(known) > 15
    for name, parameter in known.items():
        expected = inspect.Parameter.empty if FIELDS[name].is_required() else FIELDS[name].default
        if name in ("tags", "mapping"):
            assert not parameter.default
        else:
            assert parameter.default == expected, name


def test_every_option_can_be_said() -> None:
    assert FIELDS.keys() - parameters("flow").keys() == BY_SETTINGS | {
        "reopen",
        "is_scheduled",
        "is_attended",
        "show_addresses",
    }
    missing = FIELDS.keys() - parameters("command line").keys()
    assert missing == BY_OTHER_NAMES | BY_SETTINGS - {"state_dir", "ledger_copy"}


def test_every_option_has_a_title_and_a_description() -> None:
    for name, field in FIELDS.items():
        assert field.title, name
        assert (field.description or "").endswith("."), name


@pytest.mark.parametrize("place", PLACES)
def test_the_docstring_explains_every_parameter_once(place: str) -> None:
    text = inspect.getdoc(PLACES[place]) or ""
    for name in parameters(place):
        assert len(re.findall(rf"^    {name}: ", text, re.MULTILINE)) == 1, name
        if name in FIELDS:
            assert f"    {name}: {FIELDS[name].description}" in text


def test_the_form_in_prefect_has_titles_descriptions_and_the_order_of_the_flow() -> None:
    properties = parameter_schema(nightly_contact_import).model_dump_for_openapi()["properties"]
    for place, (name, property_) in enumerate(properties.items()):
        assert property_["position"] == place
        assert property_["description"]
        if name in FIELDS:
            assert property_["title"] == FIELDS[name].title
    first = ["credentials", "source", "list_name", "mapping", "mode", "vouched", "dry_run"]
    assert list(properties)[: len(first)] == first


def test_the_form_in_prefect_has_one_field_for_each_option() -> None:
    properties = parameter_schema(nightly_contact_import).model_dump_for_openapi()["properties"]
    assert properties["mapping"]["type"] == "string"
    assert [name for name, each in properties.items() if "anyOf" in each] == []


def test_prefect_yaml_tells_every_other_parameter_of_the_flow() -> None:
    text = (ROOT / "deployments" / "prefect.yaml").read_text("utf-8")
    nightly = text[text.index("- name: nightly") : text.index("- name: many-lists")]
    told = re.findall(r"^ +# ([a-z_]+): (\S+) +(.+)$", nightly, re.MULTILINE)
    others = {
        name: each
        for name, each in parameters("flow").items()
        if name not in ("credentials", "source", "list_name")
    }
    assert [name for name, _, _ in told] == list(others)
    for name, default, words in told:
        value = yaml.safe_load(default)
        assert value == (others[name].default if others[name].default != () else []), name
        assert words.casefold() == (FIELDS[name].title or "").casefold()


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidArguments, match=r"mode: .*limit: "):
        import_options(source="a", list_name="b", mode="modus", limit=-1)


def test_a_limit_and_mirror_do_not_go_together() -> None:
    with pytest.raises(InvalidArguments, match="limit and mode mirror"):
        import_options(source="a", list_name="b", mode="mirror", limit=1)


def test_the_job_is_what_is_imported_and_not_how_far() -> None:
    def key(**others: Any) -> str:
        return import_options(source="a", list_name="b", **others).job_key("/a")

    assert key(limit=3, dry_run=True, vouched=True) == key()
    assert key(mapping="A=email\nB=name") == key(mapping={"B": "name", "A": "email"})
    different = [key(), key(mapping="A=email"), key(mode="mirror"), key(tags=("x",))]
    assert len(set(different)) == len(different)
