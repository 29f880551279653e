from pathlib import Path

import pytest

from tests.contact_import.lab import DOUBLE, Lab


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """An empty list, single opt-in."""
    return Lab(tmp_path)


@pytest.fixture
def double_lab(tmp_path: Path) -> Lab:
    """An empty list whose people must confirm."""
    return Lab(tmp_path, DOUBLE)
