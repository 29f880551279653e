"""What `pyproject.toml` cannot say: the page of the package index, and the project's addresses.

Both depend on where the project lives, which `PROJECT_URL` says when a release is built. There,
links and pictures of the README lead into the repository, at the tag of the version. A wheel that
is built without it keeps the words of its links and leaves out its pictures: nothing is dead.
"""

import os
import re
import tomllib
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent
RELATIVE = re.compile(r"(?P<picture>!?)\[(?P<words>[^]]+)\]\((?P<path>(?!\w+:|#)[^)]+)\)")


def index_page(readme: str, address: str, tag: str) -> str:
    """The README as the package index shows it.

    Args:
        readme: Its text.
        address: Where the repository is; empty if that is not known.
        tag: Tag of the version.
    """

    def absolute(link: re.Match[str]) -> str:
        if not address:
            return "" if link["picture"] else link["words"]
        kind = "raw" if link["picture"] else "blob"
        return f"{link['picture']}[{link['words']}]({address}/{kind}/{tag}/{link['path']})"

    return RELATIVE.sub(absolute, readme)


def project_urls(address: str, tag: str) -> dict[str, str]:
    """Addresses that the index shows beside the page."""
    if not address:
        return {}
    return {
        "Homepage": address,
        "Documentation": f"{address}/blob/{tag}/docs/index.md",
        "Changelog": f"{address}/blob/{tag}/CHANGELOG.md",
        "Issues": f"{address}/issues",
    }


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    where = os.environ.get("PROJECT_URL", "").rstrip("/")
    version_tag = f"v{project['version']}"
    setup(
        long_description=index_page(
            (ROOT / "README.md").read_text(encoding="utf-8"), where, version_tag
        ),
        long_description_content_type="text/markdown",
        project_urls=project_urls(where, version_tag),
    )
