"""Saved states are restored when needed, kept while they are the newest, and bounded."""

import asyncio
import threading
from dataclasses import replace

import pytest

from libs.common.decision_log import LogPosition
from libs.common.errors import NotFoundError, UnavailableError
from services.router.core.engine import Engine
from services.router.core.entities import Desk
from services.router.inquiries import Inquiries, InquiryLimits, age_s
from services.router.settings import RouterSettings
from tests.unit.services.router.core.world import DESK, TENANT, World, a_desk
from tests.unit.services.router.inquiry_room import LIMITS, PARTITION, FakeSaves

KEY = (TENANT, DESK)


def version_of(engine: Engine, _position: LogPosition) -> int:
    """A question."""
    return engine.state.need(Desk, *KEY).version


async def test_a_state_is_restored_once_for_each_save() -> None:
    """Two questions of one save cost one restore; a newer save is looked at."""
    world = World(a_desk())
    saves = FakeSaves(world)
    inquiries = Inquiries(saves, LIMITS)

    first, _ = await inquiries.ask(PARTITION, KEY, version_of)
    await inquiries.ask(PARTITION, KEY, version_of)
    loads_of_one_save = saves.loads
    world.message("kim")
    saves.save(world)
    _, position = await inquiries.ask(PARTITION, KEY, version_of)

    assert (first, loads_of_one_save, saves.loads) == (1, 1, 2)
    assert position == saves.newest


async def test_a_spent_state_is_a_copy_of_its_own() -> None:
    """What a dry run did to its state nobody else sees."""
    inquiries = Inquiries(saves := FakeSaves(World(a_desk())), LIMITS)

    def spend(engine: Engine, _position: LogPosition) -> None:
        engine.state.changing(Desk, *KEY).version = 99

    await inquiries.ask(PARTITION, KEY, version_of)
    await inquiries.ask(PARTITION, KEY, spend, is_spending=True)
    version, _ = await inquiries.ask(PARTITION, KEY, version_of)

    assert version == 1
    assert saves.loads == 3


async def test_states_are_forgotten_to_make_room() -> None:
    """No more desks than allowed, and no more parts than allowed, the oldest first."""
    saves = FakeSaves(World(a_desk()))
    one_desk = Inquiries(saves, replace(LIMITS, desks_kept=1))
    saved = await saves.load_desk(PARTITION, KEY, entities_max=100)
    assert saved is not None
    parts = len(tuple(saved.documents))
    small = Inquiries(saves, replace(LIMITS, entities_max=2 * parts - 1))
    saves.loads = 0

    for inquiries in (one_desk, small):
        for desk_id in (DESK, "other", DESK):
            await inquiries.ask(PARTITION, (TENANT, desk_id), version_of)

    assert saves.loads == 6


async def test_nothing_is_kept_when_nothing_may_be() -> None:
    """Each question restores anew."""
    saves = FakeSaves(World(a_desk()))
    inquiries = Inquiries(saves, replace(LIMITS, desks_kept=0))

    for _ in range(2):
        await inquiries.ask(PARTITION, KEY, version_of)

    assert saves.loads == 2


async def test_a_partition_without_a_save_knows_no_desk() -> None:
    """Not found, not an error of ours."""
    saves = FakeSaves(World(a_desk()))
    saves.newest = None

    with pytest.raises(NotFoundError):
        await Inquiries(saves, LIMITS).ask(PARTITION, KEY, version_of)


async def test_too_many_and_too_late_are_told_to_come_again() -> None:
    """The loop goes on while one thread works; who is beyond the limit hears it at once."""
    inquiries = Inquiries(FakeSaves(World(a_desk())), replace(LIMITS, waiting_max=1, timeout_s=0.2))
    is_released = threading.Event()

    def slow(_engine: Engine, _position: LogPosition) -> None:
        is_released.wait(10)

    asking = asyncio.create_task(inquiries.ask(PARTITION, KEY, slow))
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError, match="too many"):
        await inquiries.ask(PARTITION, KEY, version_of)
    with pytest.raises(UnavailableError, match=r"no answer within 0\.2 s"):
        await asking
    is_released.set()

    version, _ = await inquiries.ask(PARTITION, KEY, version_of)
    inquiries.stop()

    assert version == 1


def test_limits_are_the_settings() -> None:
    """Each bound can be set."""
    settings = RouterSettings.model_construct(
        kafka_partitions=24, router_inquiry_entities_max=7, router_inquiry_timeout_s=3.0
    )

    limits = InquiryLimits.of(settings)

    assert limits == InquiryLimits(
        partitions=24, entities_max=7, desks_kept=8, waiting_max=16, timeout_s=3.0
    )


def test_a_state_from_the_future_is_of_no_age() -> None:
    """The broker's clock may be ahead of ours."""
    assert age_s(LogPosition(now_ms=10**15)) == 0
