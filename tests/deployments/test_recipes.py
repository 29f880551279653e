"""Recipes that cannot be run here are at least understood by the tools they are for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.client.orchestration import PrefectClient
from prefect.workers.process import ProcessWorker

from tests.deployments.definitions import DEPLOYMENTS

FOLDER = Path(__file__).parents[2] / "deployments"
POOLS = {deployment["work_pool"]["name"] for deployment in DEPLOYMENTS}


def read_text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def read(name: str) -> Any:
    return yaml.safe_load(read_text(name))


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_compose_file_is_understood() -> None:
    """By the newest one that packages bring, which does not know the name of a project yet."""
    content = {name: part for name, part in read("compose.yaml").items() if name != "name"}
    done = subprocess.run(
        ["docker-compose", "--file", "-", "--project-directory", FOLDER, "config"],
        input=json.dumps(content),  # which is YAML, too
        env=os.environ | {"POSTGRES_PASSWORD": "secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert services.keys() == {"database", "server", "worker"}
    assert all(service["healthcheck"]["test"] for service in services.values())


def test_compose_volumes_are_declared_and_outlive_containers() -> None:
    found = read("compose.yaml")
    mounts = [
        mount.partition(":")
        for service in found["services"].values()
        for mount in service.get("volumes", [])
    ]
    named = {source for source, _, _ in mounts if re.fullmatch(r"[a-z]+", source)}
    assert named == set(found["volumes"]) == {"database", "server", "ledgers"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_service_is_understood_by_systemd(tmp_path: Path) -> None:
    text = read_text("getresponse-worker.service")
    unit = tmp_path / "getresponse-worker.service"
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if unit.name in line]
    assert complaints == []


def commands() -> list[list[str]]:
    """What the recipes start: the image, the worker of the compose file, and the service."""
    [image] = re.findall(r"^CMD (\[.*\])$", read_text("Dockerfile"), re.MULTILINE)
    service = read_text("getresponse-worker.service")
    [line] = re.findall(r"^ExecStart=\S*/(prefect .*)$", service, re.MULTILINE)
    compose: list[str] = read("compose.yaml")["services"]["worker"]["command"]
    return [json.loads(image), compose, line.split()]


@pytest.mark.parametrize("words", commands(), ids=["image", "compose", "service"])
def test_workers_look_at_the_pool_of_the_deployments(words: list[str]) -> None:
    assert words[:3] == ["prefect", "worker", "start"]
    assert {words[words.index("--pool") + 1]} == POOLS
    assert words[words.index("--type") + 1] == ProcessWorker.type


def job_template() -> dict[str, Any]:
    """The base job template of the recipe for Kubernetes."""
    found: dict[str, Any] = json.loads(
        read("kubernetes.yaml")["worker"]["config"]["baseJobTemplate"]["configuration"]
    )
    return found


async def test_kubernetes_jobs_are_accepted_and_take_all_of_prefects_variables() -> None:
    # Takes seconds, in each process that collects this file: only here.
    from prefect_kubernetes.worker import (  # pyright: ignore[reportMissingTypeStubs] - no types
        KubernetesWorker,
        KubernetesWorkerJobConfiguration,
    )

    values = {"cpu_request": "500m", "service_account_name": "loader", "finished_job_ttl": 60}
    nowhere = PrefectClient("http://127.0.0.1:9/api")  # is asked for references to blocks
    made: Any = await KubernetesWorkerJobConfiguration.from_template_and_values(
        job_template(), values, client=nowhere
    )
    spec = made.job_manifest["spec"]
    [container] = spec["template"]["spec"]["containers"]
    assert spec["ttlSecondsAfterFinished"] == 60
    assert spec["template"]["spec"]["serviceAccountName"] == "loader"
    assert container["resources"]["requests"]["cpu"] == "500m"
    prefects = KubernetesWorker.get_default_base_job_template()["variables"]["properties"]
    assert job_template()["variables"]["properties"].keys() >= prefects.keys()


def test_the_image_lets_its_user_write_what_a_server_writes() -> None:
    settings = dict(re.findall(r"(PREFECT_\w+)=(\S+)", read_text("Dockerfile")))
    [volume] = re.findall(r"^VOLUME (\S+)$", read_text("Dockerfile"), re.MULTILINE)
    assert settings.keys() == {"PREFECT_HOME", "PREFECT_SERVER_UI_STATIC_DIRECTORY"}
    assert all(Path(folder).is_relative_to(volume) for folder in settings.values())


def test_kubernetes_jobs_keep_the_ledgers_on_a_volume() -> None:
    config = read("kubernetes.yaml")["worker"]["config"]
    template = job_template()
    pod = template["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]
    [user] = re.findall(r"^USER (\d+)$", read_text("Dockerfile"), re.MULTILINE)
    assert pod["securityContext"]["fsGroup"] == int(user)  # or it could not write to the volume
    [container] = pod["containers"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    assert {config["workPool"]} == POOLS
    used = set(re.findall(r"{{ (\w+) }}", json.dumps(template["job_configuration"])))
    assert used == template["variables"]["properties"].keys()
