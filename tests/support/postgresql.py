"""A PostgreSQL of its own for tests, where its programs are installed (Debian's `postgresql`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port

PASSWORD = "canary-password"
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def run(program: str, *words: str) -> None:
    """Run a program of PostgreSQL; it refuses to run as root, so as `postgres` then."""
    subprocess.run(
        [str(PROGRAMS[-1] / program), *words],
        user="postgres" if os.getuid() == 0 else None,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )


@contextmanager
def postgresql() -> Generator[str]:
    """Run a server with a password; the URL of its database."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        (folder / "password").write_text(PASSWORD)
        folder.chmod(0o777)
        data = f"{folder}/data"
        words = ["-A", "scram-sha-256", "-U", "crm", f"--pwfile={folder}/password", "--no-sync"]
        run("initdb", "-D", data, "-E", "UTF8", *words)
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", settings, "start")
        try:
            yield f"postgresql://crm:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
            shutil.rmtree(data, ignore_errors=True)
