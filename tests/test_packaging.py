"""The package arrives whole, whichever way it is installed, and the locks hold what it declares.

Builds and installs work on a copy of the sources, without network: what a build needs comes from
the environment that runs the tests. One build and one installation of each kind serve all tests,
hence the xdist group.
"""

import os
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.xdist_group("packaging")

ROOT = Path(__file__).parent.parent
PACKAGE = "prefect_getresponse"
ADDRESS = "https://git.example/team/prefect-getresponse"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {"runtime": ["build"], "dev": ["build", "dev"]}
LINKS = ("flows", "examples", "deployments")
ADDITIONS = ["browser", "docs", "image", "release"]
WHERE = f"import {PACKAGE}, {PACKAGE}.flows as f; print({PACKAGE}.__file__, f.__file__, sep='\\n')"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, deaf to `PYTHONPATH`, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PROJECT_URL"] = ADDRESS
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def pip(python: Path, *arguments: str | Path, cwd: Path) -> None:
    """Install into the environment of `python` from local files alone."""
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--quiet")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, so that nothing is written beside the sources."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / PACKAGE, copy / PACKAGE, ignore=ignored)
    for name in LINKS:
        (copy / name).symlink_to((ROOT / name).readlink())
    (copy / "tests").mkdir()
    (copy / "tests" / "__init__.py").touch()
    return copy


@pytest.fixture(scope="module")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, the wheel built from the sources (`wheel`) and that from the sdist (`again`)."""
    out = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir")
    run(*build, out / "direct", "--wheel", checkout, cwd=out)
    run(*build, out / "via-sdist", checkout, cwd=out)
    return {
        "wheel": next(out.glob("direct/*.whl")),
        "sdist": next(out.glob("via-sdist/*.tar.gz")),
        "again": next(out.glob("via-sdist/*.whl")),
    }


def empty_environment(path: Path) -> Path:
    """Make an environment that has our dependencies but not the project, and return its Python.

    A path named in a `.pth` file is searched, but the `.pth` files in it (such as that of an
    editable installation of the project) are not read.
    """
    venv.create(path, symlinks=True)
    python = path / "bin" / "python"
    site_packages = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=path
        ).strip()
    )
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


@pytest.fixture(scope="module")
def with_wheel(distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment where the wheel is installed."""
    python = empty_environment(tmp_path_factory.mktemp("with-wheel"))
    pip(python, distributions["wheel"], cwd=python.parent)
    return python


@pytest.fixture(scope="module")
def with_editable(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment where the copy of the sources is installed editable."""
    python = empty_environment(tmp_path_factory.mktemp("with-editable"))
    pip(python, "--editable", checkout, cwd=python.parent)
    return python


def package_files() -> Iterator[str]:
    """The files that an installation must have, the ready-made flows among them."""
    for folder, _, names in os.walk(ROOT / PACKAGE):
        for name in names:
            if name in {"py.typed", "prefect.yaml", "automations.yaml"} or Path(name).suffix in {
                ".py",
                ".json",
                ".csv",
                ".toml",
                ".xlsx",
            }:
                yield (Path(folder) / name).relative_to(ROOT).as_posix()


def test_wheel_holds_the_package_and_nothing_else(distributions: dict[str, Path]) -> None:
    names = zipfile.ZipFile(distributions["wheel"]).namelist()
    installed = {name for name in names if ".dist-info/" not in name}
    assert installed == set(package_files())
    assert {f"{PACKAGE}/py.typed", f"{PACKAGE}/flows/__init__.py"} <= installed
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_index_page_has_no_dead_link(distributions: dict[str, Path]) -> None:
    with zipfile.ZipFile(distributions["wheel"]) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        told = message_from_string(wheel.read(name).decode())
    page = str(told.get_payload())
    assert page.startswith("\n# prefect-getresponse") or page.startswith("# prefect-getresponse")
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert len(links) > 10
    assert [link for link in links if not link.startswith("https://")] == []
    here = [link.removeprefix(f"{ADDRESS}/") for link in links if link.startswith(ADDRESS)]
    version = PYPROJECT["project"]["version"]
    files = [re.fullmatch(rf"(?:blob|raw)/v{version}/([^#]+)(?:#.+)?", link) for link in here]
    assert len(files) > 10
    assert [file for file in files if not file or not (ROOT / file[1]).exists()] == []
    assert f"![The report of a nightly import in Prefect's UI]({ADDRESS}/raw/v{version}/" in page
    urls = dict(url.split(", ") for url in told.get_all("Project-URL", []))
    assert urls["Homepage"] == ADDRESS
    assert urls["Documentation"].startswith(ADDRESS)


def test_the_block_leads_to_the_page_about_it(with_wheel: Path, tmp_path: Path) -> None:
    ask = f"from {PACKAGE} import GetResponseCredentials as G; print(G._documentation_url)"
    page = run(with_wheel, "-c", ask, cwd=tmp_path).strip()
    assert page.startswith(f"{ADDRESS}/blob/v")
    assert page.endswith("/docs/authentication.md")


def test_a_page_of_no_known_project_keeps_the_words_of_its_links() -> None:
    index_page = runpy.run_path(str(ROOT / "setup.py"))["index_page"]
    readme = "![A run](docs/run.png)\n[the limits](docs/limits.md#all), [Prefect](https://x.y)."
    assert index_page(readme, "", "v1") == "\nthe limits, [Prefect](https://x.y)."


def test_sdist_is_enough_to_build_the_same_wheel(distributions: dict[str, Path]) -> None:
    direct, again = (zipfile.ZipFile(distributions[name]) for name in ("wheel", "again"))
    assert {f.filename: f.CRC for f in direct.infolist() if not f.filename.endswith("/RECORD")} == {
        f.filename: f.CRC for f in again.infolist() if not f.filename.endswith("/RECORD")
    }
    with tarfile.open(distributions["sdist"]) as sdist:
        assert not [member.name for member in sdist if member.issym() or member.islnk()]


def imported_from(python: Path, cwd: Path) -> list[Path]:
    """The folders that the package and its flows are imported from."""
    files = run(python, "-c", WHERE, cwd=cwd).splitlines()
    return [Path(file).parent for file in files]


def test_wheel_works_away_from_the_sources(with_wheel: Path, tmp_path: Path) -> None:
    package, flows = imported_from(with_wheel, tmp_path)
    assert package.is_relative_to(with_wheel.parent.parent)
    assert flows == package / "flows"
    help_text = run(with_wheel.parent / "prefect-getresponse", "--help", cwd=tmp_path)
    assert "import" in help_text


def test_a_checkout_as_working_directory_is_used_whole(with_wheel: Path, checkout: Path) -> None:
    package, flows = imported_from(with_wheel, checkout)
    assert (package, flows) == (checkout / PACKAGE, checkout / PACKAGE / "flows")


@pytest.mark.parametrize("inside", [True, False], ids=["in the checkout", "elsewhere"])
def test_editable_installation_reads_the_sources(
    with_editable: Path, checkout: Path, tmp_path: Path, inside: bool
) -> None:
    package, flows = imported_from(with_editable, checkout if inside else tmp_path)
    assert package == checkout / PACKAGE
    assert flows == checkout / PACKAGE / "flows"
    assert (checkout / "flows").resolve() == flows


def test_prefect_finds_the_package_as_a_collection(with_wheel: Path, tmp_path: Path) -> None:
    ask = "from importlib.metadata import entry_points as e; print(e(group='prefect.collections'))"
    assert PACKAGE in run(with_wheel, "-c", ask, cwd=tmp_path)


@pytest.mark.types
def test_type_checkers_see_each_flow_once(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in (PACKAGE, f"{PACKAGE}/flows", "scripts", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "flows").symlink_to(f"{PACKAGE}/flows")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "flows" / "wrong.py").write_text("def half(n: int) -> str:\n    return n\n")
    use = f"from {PACKAGE}.flows.wrong import half\n\ntext: str = half(2)\n"
    (tmp_path / "tests" / "test_half.py").write_text(use)
    for checker in ("mypy", "pyright"):
        done = subprocess.run(
            [sys.executable, "-m", checker],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        complaints = re.findall(r"wrong\.py:\S+ (?:- )?error", done.stdout)
        assert len(complaints) == 1, f"{checker}:\n{done.stdout}{done.stderr}"


def test_the_folders_at_the_top_are_links_into_the_package() -> None:
    for name in LINKS:
        assert (ROOT / name).readlink() == Path(PACKAGE) / name
        assert (ROOT / PACKAGE / name).is_dir()
        assert not (ROOT / PACKAGE / name).is_symlink()


def test_flows_are_imported_by_one_name() -> None:
    other_name = re.compile(r"^\s*(?:from|import) flows\b", re.MULTILINE)
    sources = [p for top in (PACKAGE, "tests", "benchmarks") for p in (ROOT / top).rglob("*.py")]
    assert [path for path in sources if other_name.search(path.read_text(encoding="utf-8"))] == []


def declared(groups: list[str]) -> Iterator[Requirement]:
    """The requirements of the project and of some dependency groups."""
    yield from map(Requirement, PYPROJECT["project"]["dependencies"])
    for group in groups:
        for entry in PYPROJECT["dependency-groups"][group]:
            if isinstance(entry, str):
                yield Requirement(entry)


def locked(lock: str) -> dict[str, str]:
    """The version that a lock pins for each package."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_what_is_declared(lock: str) -> None:
    pinned = locked(lock)
    for requirement in declared(LOCKS[lock]):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"`make lock` is due: {requirement} is not in {lock}.txt"
        assert requirement.specifier.contains(version), f"`make lock` is due: {requirement}"


def test_both_locks_agree() -> None:
    assert locked("runtime").items() <= locked("dev").items()


@pytest.mark.parametrize("name", ADDITIONS)
def test_other_locks_add_to_that_of_development(name: str) -> None:
    pinned, dev = locked(name), locked("dev")
    wanted = map(Requirement, PYPROJECT["dependency-groups"][name])
    assert all(canonicalize_name(requirement.name) in pinned for requirement in wanted)
    assert {name: dev.get(name, version) for name, version in pinned.items()} == pinned


@pytest.mark.parametrize("lock", [*LOCKS, *ADDITIONS])
def test_lock_pins_everything_by_hash(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^[^\s#].*(?:\n +--hash=sha256:[0-9a-f]{64}.*)*", text, re.MULTILINE)
    assert {pin.split("==")[0].split("[")[0] for pin in pins} == locked(lock).keys() != set()
    assert [pin for pin in pins if "--hash=" not in pin] == []


def test_no_build_file_names_a_download_address() -> None:
    files = [
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        *(ROOT / ".ci").iterdir(),
        *(ROOT / "requirements").iterdir(),
    ]
    assert [file.name for file in files if "://" in file.read_text(encoding="utf-8")] == []


def test_bootstrap_says_which_python_it_needs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    done = subprocess.run(
        [tmp_path / "requirements" / "install.sh", "runtime"],
        env={**os.environ, "PYTHON": str(tmp_path / "python2")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert re.fullmatch(r"\.venv: no Python 3\.11 or newer .* make PYTHON=\S+\n", done.stderr)
    assert not (tmp_path / ".venv").exists()
