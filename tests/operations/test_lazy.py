"""Tasks that were declared before Prefect was loaded are tasks of Prefect's all the same."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import pickle, sys
from prefect_getresponse.tasks.tags import create_tag, list_tags
from prefect_getresponse.paging import fetch_all

assert create_tag.operation.request({"name": "vip"}).endpoint == "POST /tags"
assert "prefect" not in sys.modules

import cloudpickle
from prefect import Task, flow
from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.operation import OperationTask
from prefect_getresponse.sandbox import Sandbox

assert isinstance(create_tag, Task) and isinstance(create_tag, OperationTask)
assert repr(create_tag) == "<task create_tag: POST /tags>"
assert create_tag.__doc__.startswith("Create a tag.")
for packer in (pickle, cloudpickle):
    assert packer.loads(packer.dumps(create_tag)).operation.name == "create_tag"
assert create_tag.with_options(retries=3).retries == 3

class Holder:
    task = create_tag

assert Holder.task.name == "create_tag"

with Sandbox(api_key="key").serve() as server:
    credentials = GetResponseCredentials(
        api_key="key", base_url=server.url, allow_custom_host=True, account_name="lazy"
    )
    assert create_tag.fn(credentials, name="vip")["name"] == "vip"
    assert [tag["name"] for tag in fetch_all(list_tags, credentials)] == ["vip"]
"""


def test_they_are_made_when_they_are_used() -> None:
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")
