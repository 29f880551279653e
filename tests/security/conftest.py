from tests.client.conftest import sender
from tests.client.test_law import stage

__all__ = ["sender", "stage"]
