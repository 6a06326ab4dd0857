"""One desk of a save, found by what is in it, without the rest of its partition."""

import asyncio
import threading
from collections.abc import Iterator

import orjson
import pytest

from libs.common import mongo
from libs.common.decision_log import LogPosition
from libs.common.errors import UnavailableError
from services.router.core.engine import Engine
from services.router.core.ownership_effects import Save
from services.router.core.state import Change
from services.router.restoring import Restored, restore
from services.router.saves import SaveStore
from tests.unit.services.router.core.world import DESK, TENANT, World, a_desk

PARTITION, PARTITIONS = 3, 6
KEY = (TENANT, DESK)
POSITION = LogPosition(offset=9, epoch=2, number=4, event_offset=7, now_ms=1_700_000_000_000)


def documents_of_two_desks() -> list[Change]:
    """A desk with one item, and the same desk under another name."""
    world = World(a_desk())
    world.arrives("ann")
    world.message("kim")
    own = list(world.engine.state.documents())
    return own + [_renamed(change) for change in own if change.kind in ("desk", "work_item")]


def _renamed(change: Change) -> Change:
    assert change.document is not None
    document = {**orjson.loads(change.document), "desk_id": "sales"}
    name = f"{TENANT}/sales" if change.kind == "desk" else f"{change.id}-sales"
    if change.kind == "work_item":
        document["work_item_id"] = name
    desk = f"{TENANT}/sales"
    return change._replace(id=name, document=orjson.dumps(document), desk=desk)


@pytest.fixture
async def store(database: mongo.Database) -> SaveStore:
    """A store with one save of two desks."""
    store = SaveStore(database)
    changes = tuple(documents_of_two_desks())
    await store.write(PARTITION, Save(position=POSITION, base=-1, changes=changes))
    return store


async def test_an_entity_is_found_in_whichever_partition_has_it(store: SaveStore) -> None:
    """By kind and id alone; what nobody saved is not found."""
    item_id = next(one.id for one in documents_of_two_desks() if one.kind == "work_item")

    found = await store.find("work_item", item_id, partitions=PARTITIONS)
    too_few = await store.find("work_item", item_id, partitions=PARTITION)

    assert found is not None
    assert (found.partition, found.document["desk_id"]) == (PARTITION, DESK)
    assert too_few is None


async def test_a_saves_position_has_plain_numbers(store: SaveStore) -> None:
    """They become an engine's time and a record's place, which no encoder takes otherwise."""
    saved = await store.load(PARTITION)

    assert saved is not None
    numbers = (saved.position.now_ms, saved.position.offset, saved.position.event_offset)
    assert {type(number) for number in numbers} == {int}


async def test_the_loop_goes_on_while_a_save_is_read_and_restored(store: SaveStore) -> None:
    """What the loop does in between is what lets the reading end."""
    whole = World(a_desk()).engine.state.documents()
    await store.write(0, Save(position=POSITION, base=-1, changes=whole))
    went_on = threading.Event()

    def reading(documents: Iterator[Change], now_ms: int) -> Restored:
        assert went_on.wait(timeout=10)
        return Restored(documents, now_ms)

    asyncio.get_running_loop().call_soon(went_on.set)
    saved = await store.load(0, reading)

    assert saved is not None
    engine = restore(saved.documents, saved.position.now_ms)
    assert (engine.now_ms, engine.state.documents()) == (POSITION.now_ms, whole)


async def test_a_desk_is_loaded_alone(store: SaveStore) -> None:
    """With its replicas, and with nothing of the other desk or of what no question needs."""
    saved = await store.load_desk(PARTITION, KEY, entities_max=100)

    assert saved is not None
    kinds = {change.kind for change in saved.documents}
    engine = Engine.restore(saved.documents, now_ms=saved.position.now_ms)
    assert kinds == {"agent", "desk", "queue_pace", "replica", "work_item"}
    assert [item.desk_id for item in engine.state.work_items()] == [DESK]
    assert saved.position == await store.position(PARTITION) == POSITION


async def test_a_desk_beyond_the_limit_is_not_loaded(store: SaveStore) -> None:
    """It says how many parts are too many."""
    with pytest.raises(UnavailableError, match="more than 4 saved parts"):
        await store.load_desk(PARTITION, KEY, entities_max=4)


async def test_a_partition_without_a_save_has_nothing(store: SaveStore) -> None:
    """Neither a position nor a desk."""
    assert await store.position(0) is None
    assert await store.load_desk(0, KEY, entities_max=100) is None
