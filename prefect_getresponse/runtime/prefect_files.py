"""What Prefect's settings say, read where they stand: importing Prefect for it takes a second.

The order is Prefect's own: environment, `.env`, `prefect.toml`, `pyproject.toml`, active profile.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, cast

from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from prefect_getresponse.client.errors import InvalidConfiguration

DEFAULT_HOME = Path("~/.prefect")


class PrefectFiles(BaseSettings):
    """Settings that stand where Prefect's stand.

    A subclass names its place: `table` in the TOML files, and the prefix of the environment that
    belongs to it.
    """

    table: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say in which order the places are looked into."""
        files = (
            _table("prefect.toml", cls.table),
            _table("pyproject.toml", ("tool", "prefect", *cls.table)),
            cls._of_profile(),
        )
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            *(InitSettingsSource(settings_cls, values) for values in files),
        )

    @classmethod
    def _of_profile(cls) -> dict[str, Any]:
        prefix = str(cls.model_config.get("env_prefix", ""))
        return {
            name.removeprefix(prefix).lower(): value
            for name, value in _profile().items()
            if name.startswith(prefix)
        }


def files_below(*table: str) -> SettingsConfigDict:
    """How settings below a table of Prefect's files are configured.

    Args:
        table: Names of the tables, outermost first.
    """
    prefix = "_".join(("prefect", *table)).upper()
    return SettingsConfigDict(env_prefix=f"{prefix}_", env_file=".env", extra="ignore")


def api_url() -> str:
    """Address of the Prefect server that is to be used; empty if none is set."""
    if "prefect" in sys.modules:
        from prefect.settings import PREFECT_API_URL

        return PREFECT_API_URL.value() or ""
    return _Api().url or ""


def prefect_home() -> Path:
    """Prefect's folder."""
    if "prefect" in sys.modules:
        from prefect.settings import PREFECT_HOME

        return Path(PREFECT_HOME.value())
    return Path(_Root().home).expanduser()


class _Api(PrefectFiles):
    table = ("api",)
    model_config: ClassVar[SettingsConfigDict] = files_below(*table)

    url: str | None = None


class _Root(PrefectFiles):
    model_config: ClassVar[SettingsConfigDict] = files_below()

    home: str = str(DEFAULT_HOME)


class _Place(PrefectFiles):
    """Where the profiles are, which no profile can say."""

    model_config: ClassVar[SettingsConfigDict] = files_below()

    profiles_path: str = ""

    @classmethod
    def _of_profile(cls) -> dict[str, Any]:
        return {}


def _profile() -> Mapping[str, Any]:
    """Settings of the active profile; nothing if there is none."""
    home = Path(os.environ.get("PREFECT_HOME") or DEFAULT_HOME).expanduser()
    path = Path(_Place().profiles_path or home / "profiles.toml")
    found = _read(path)
    active = os.environ.get("PREFECT_PROFILE") or found.get("active")
    profiles = found.get("profiles", {})
    return cast("Mapping[str, Any]", profiles.get(active, {}))


def _table(path: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The table of a TOML file; nothing if it or the file does not exist."""
    found = _read(Path(path))
    for name in names:
        found = found.get(name, {})
    return {name: value for name, value in found.items() if not isinstance(value, dict)}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return _parsed(path.absolute(), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InvalidConfiguration(
            f"the settings in {path} cannot be read: {type(error).__name__}",
            advice="Correct the file; the settings of Prefect are in it too.",
        ) from None


@lru_cache(maxsize=16)
def _parsed(path: Path, _changed: int) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
