"""A MariaDB of its own for tests, where its programs are installed (Debian's `mariadb-server`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.postgresql import PASSWORD

PROGRAMS = [shutil.which(name) for name in ("mariadbd", "mariadb-install-db", "mariadb")]
IS_INSTALLED = all(PROGRAMS)


@contextmanager
def mariadb() -> Generator[str]:
    """Run a server with a user and an empty database; its URL."""
    server, install, client = map(str, PROGRAMS)
    user = ["--user=mysql"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o777)
        place = [f"--datadir={folder}/data", *user]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        words = ["--no-defaults", *place, "--auth-root-authentication-method=normal"]
        subprocess.run([install, *words], check=True, **quiet)  # type: ignore[call-overload]
        settings = [f"--socket={folder}/s", f"--port={port}", "--bind-address=127.0.0.1"]
        process = subprocess.Popen([server, "--no-defaults", *place, *settings], **quiet)  # type: ignore[call-overload]
        try:
            _make(client, folder, process)
            yield f"mysql+pymysql://crm:{PASSWORD}@127.0.0.1:{port}/warehouse"
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(folder / "data", ignore_errors=True)


def _make(client: str, folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Make user and database as soon as the server answers."""
    statements = (
        "CREATE DATABASE warehouse CHARACTER SET utf8mb4;"
        f"CREATE USER crm@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
        "GRANT ALL ON warehouse.* TO crm@'127.0.0.1'"
    )
    words = [client, "--no-defaults", "-uroot", f"--socket={folder}/s", "-e", statements]
    for _ in range(300):
        if subprocess.run(words, check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return
        assert process.poll() is None, "MariaDB does not start"
        time.sleep(0.1)
    raise AssertionError("MariaDB does not answer")
