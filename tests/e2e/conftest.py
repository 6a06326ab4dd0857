"""One running platform for all end-to-end tests: starting it takes longer than most of them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.folders import LOCAL_DIR_VARIABLE
from tests.e2e.running import Running

DEAD_LETTERING = frozenset({"test_bad_records.py"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the real processes, and more time than other tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(400))
    # To the checker a dead letter is a finding, so who makes some comes after its last verdict.
    items.sort(key=lambda item: item.path.name in DEAD_LETTERING)


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[Running]:
    """The platform with both companies at work.

    Servers of the user's own are left alone: these tests kill theirs.
    """
    own = {name: os.environ[name] for name in (LOCAL_DIR_VARIABLE,) if name in os.environ}
    world = Running(own)
    try:
        await world.start()
        yield world
    finally:
        await world.stop()
