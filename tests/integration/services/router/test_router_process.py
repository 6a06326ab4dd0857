"""Router processes that are ended, killed and frozen while customers write."""

import asyncio
import signal
from collections.abc import Callable

import pytest

from libs.common import mongo
from libs.common.decision_log import Verdict
from services.router.core.ownership_effects import StoredSave
from services.router.saves import SaveStore
from tests.integration.eventually import eventually
from tests.integration.services.router.log_check import (
    PARTITION,
    check_saves,
    until_decided,
)
from tests.integration.services.router.router_process import RouterProcess
from tests.integration.services.router.traffic import Traffic

pytestmark = pytest.mark.timeout(180)
MakeRouter = Callable[[str], RouterProcess]


async def test_stopped_router_leaves_a_save_of_its_last_record(
    make_router: MakeRouter, topics: str, traffic: Traffic, database: mongo.Database
) -> None:
    """SIGTERM: read back, save, leave; the save is the state of the whole log."""
    router = make_router("router-0")
    await router.start()
    await traffic.open_desk()
    await traffic.write(300)
    await until_decided(topics, at_least=300)

    code = await router.stop()

    save = await SaveStore(database).load(PARTITION)
    assert code == 0
    assert save is not None
    folded = await check_saves(topics, [save])
    assert save.position.offset == max(folded.records)


async def test_killed_router_loses_and_doubles_nothing(
    make_router: MakeRouter, topics: str, traffic: Traffic, saves: list[StoredSave]
) -> None:
    """A kill -9 in the middle of the work, three times; the next one goes on from save and log."""
    await traffic.open_desk()
    for number in range(3):
        router = make_router("router-0")
        await router.start()
        writing = asyncio.create_task(traffic.write_on())
        await until_started(router, times=number + 1)
        await asyncio.sleep(0.7)
        router.send(signal.SIGKILL)
        await router.ended()
        traffic.stop()
        await writing
        traffic = traffic.resumed()
    router = make_router("router-0")
    await router.start()
    await until_started(router, times=4)

    await until_decided(topics, at_least=200)

    assert await router.stop() == 0
    folded = await check_saves(topics, saves)
    assert folded.verdicts[Verdict.EPOCH] >= 4
    assert len(saves) >= 2


async def test_frozen_router_that_wakes_changes_nothing(
    make_router: MakeRouter, topics: str, traffic: Traffic, saves: list[StoredSave]
) -> None:
    """SIGSTOP an owner with records under way, start a second, SIGCONT the first."""
    first, second = make_router("router-0"), make_router("router-1")
    await first.start()
    await traffic.open_desk()
    writing = asyncio.create_task(traffic.write_on())
    await until_started(first)
    await asyncio.sleep(1)

    first.send(signal.SIGSTOP)
    await second.start()
    await until_started(second)
    await asyncio.sleep(1)
    first.send(signal.SIGCONT)
    await asyncio.sleep(2)
    traffic.stop()
    await writing
    await until_decided(topics)

    assert await second.stop() == 0
    assert await first.stop() == 0
    folded = await check_saves(topics, saves)
    assert folded.verdicts[Verdict.EPOCH] >= 2
    assert folded.position.event_offset >= traffic.published - 1
    assert not first.said("partition.stopped")
    assert not second.said("partition.stopped")


async def until_started(router: RouterProcess, *, times: int = 1) -> None:
    """Wait until this process has begun that many epochs, counted over its whole log."""
    await eventually(lambda: router.said("epoch.started") >= times, within_s=60)
