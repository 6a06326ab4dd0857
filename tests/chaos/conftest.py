"""What runs real processes here belongs to the end-to-end tests."""

from pathlib import Path

import pytest

WITH_PROCESSES = "test_replicas.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """It needs servers of its own, and more time than other tests."""
    for item in items:
        if item.path == Path(__file__).parent / WITH_PROCESSES:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(300))
