"""What the tests of deployments share."""

import os
import subprocess
import sys

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse

from tests.deployments.definitions import DEPLOYMENTS, FILE, flow_of


@pytest.fixture(scope="session")
def registered(
    prefect_server: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, DeploymentResponse]:
    """What the server knows after `prefect deploy`, called as the README says, by name."""
    elsewhere = tmp_path_factory.mktemp("deployer")
    command = (sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all")
    with get_client(sync_client=True) as client:
        for pool in {deployment["work_pool"]["name"] for deployment in DEPLOYMENTS}:
            client.create_work_pool(WorkPoolCreate(name=pool, type="process"), overwrite=True)
        done = subprocess.run(
            (*command, "--prefect-file", FILE),
            cwd=elsewhere,
            env=os.environ | {"PREFECT_API_URL": prefect_server, "PREFECT_HOME": str(elsewhere)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return {
            deployment["name"]: client.read_deployment_by_name(
                f"{flow_of(deployment).name}/{deployment['name']}"
            )
            for deployment in DEPLOYMENTS
        }
