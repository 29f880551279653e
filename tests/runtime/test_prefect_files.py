"""Settings are found where Prefect finds them, without Prefect."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLACES = {
    "nowhere": {},
    "env file": {".env": 'PREFECT_API_URL="http://env.example/api"\nPREFECT_HOME=~/of-env\n'},
    "prefect.toml": {
        "prefect.toml": 'home = "of-toml"\n[api]\nurl = "http://toml.example/api"\n'
        '[integrations.getresponse]\napi_key = "of-toml"\nsettle_seconds = 5\n'
    },
    "pyproject.toml": {
        "pyproject.toml": '[tool.prefect]\nhome = "of-project"\n'
        '[tool.prefect.integrations.getresponse]\nplatform = "GetResponse MAX US"\n'
    },
    "profile": {
        "home/profiles.toml": 'active = "mine"\n[profiles.mine]\n'
        'PREFECT_API_URL = "http://profile.example/api"\n'
        'PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME = "of-profile"\n'
    },
    "a profile that is not there": {"home/profiles.toml": 'active = "other"\n[profiles.mine]\n'},
    "profiles elsewhere": {
        "prefect.toml": 'profiles_path = "elsewhere.toml"\n',
        "elsewhere.toml": 'active = "b"\n[profiles.b]\nPREFECT_API_URL = "http://b.example/api"\n',
    },
    "all": {
        ".env": "PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY=of-env\n",
        "prefect.toml": '[integrations.getresponse]\napi_key = "of-toml"\ndomain = "of-toml"\n',
        "home/profiles.toml": 'active = "mine"\n[profiles.mine]\n'
        'PREFECT_INTEGRATIONS_GETRESPONSE_DOMAIN = "of-profile"\n'
        'PREFECT_INTEGRATIONS_GETRESPONSE_TIME_ZONE = "Europe/Warsaw"\n',
    },
}
SCRIPT = """
import os, sys
from prefect_getresponse.runtime.prefect_files import api_url, prefect_home
from prefect_getresponse.settings import GetResponseSettings

def ours(folder):
    os.chdir(folder)
    os.environ["PREFECT_HOME"] = "home"
    url, settings = api_url(), GetResponseSettings().model_dump()
    del os.environ["PREFECT_HOME"]
    return url, prefect_home(), settings

found = {folder: ours(folder) for folder in sys.argv[1:]}
assert "prefect" not in sys.modules

from prefect.settings.base import PrefectBaseSettings, build_settings_config
from prefect.settings import Settings

from pydantic import create_model

class Base(PrefectBaseSettings):
    model_config = build_settings_config(("integrations", "getresponse"))

fields = {name: (f.annotation, f.default) for name, f in GetResponseSettings.model_fields.items()}
Theirs = create_model("Theirs", __base__=Base, **fields)

def theirs(folder):
    os.chdir(folder)
    os.environ["PREFECT_HOME"] = "home"
    url, settings = Settings().api.url or "", Theirs()
    settings = {name: getattr(settings, name) for name in GetResponseSettings.model_fields}
    del os.environ["PREFECT_HOME"]
    return url, Settings().home, settings

for folder, said in found.items():
    expected = theirs(folder)
    assert said == expected, (folder, said, expected)
"""


def test_they_are_those_that_prefect_finds(tmp_path: Path) -> None:
    for place, files in PLACES.items():
        for name, text in files.items():
            (tmp_path / place / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place / name).write_text(text)
        (tmp_path / place).mkdir(exist_ok=True)
    (tmp_path / "home").mkdir()
    environment = {"HOME": str(tmp_path / "home"), "PATH": ""}
    folders = [str(tmp_path / place) for place in PLACES]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *folders],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
