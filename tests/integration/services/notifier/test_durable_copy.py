"""The durable copy on the real MongoDB: one writer at a time, and reading in order."""

import pytest

from libs.common import mongo
from libs.common.contracts.terms import DeskId, TenantId
from libs.common.decision_log import LogPosition
from libs.common.kafka_records import StalePositionError
from services.notifier.copy_documents import PAGE_SIZE, Scope
from services.notifier.core.audiences import agent
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import notifications_of
from services.notifier.durable_copy import CopyPlace, DurableCopy, Effects
from tests.unit.services.notifier import builders as b

SCOPE = Scope(
    tenant_id=TenantId(b.TENANT),
    desk_id=DeskId(b.DESK),
    partition=0,
    audiences=("agents", agent(b.AGENT), "supervisors"),
)


async def copy_with(database: mongo.Database, records: int, *, each: int) -> DurableCopy:
    """A copy of so many records that tell the agent so much each, between others' records."""
    copy = DurableCopy(database, retention_ms=1_000_000)
    await copy.prepare()
    told = [
        notification
        for offset in range(records)
        for notification in notifications_of(
            b.record(
                *(b.reservation_opened() for _ in range(each)),
                b.reservation_opened(tenant_id="other"),
                b.message_filed("bob"),
            ),
            offset,
        )
    ]
    await copy.store(
        0,
        before=CopyPlace(position=LogPosition()),
        position=LogPosition(offset=records - 1),
        effects=Effects(notifications=told),
    )
    return copy


async def read(copy: DurableCopy, after: Cursor, until: Cursor) -> list[Cursor]:
    """The cursors in between."""
    found = copy.told_between(SCOPE, after=after, until=until)
    return [notification.cursor async for notification in found]


async def test_scope_is_read_in_order_over_many_pages(database: mongo.Database) -> None:
    """Everything of the scope, nothing of others, each once."""
    records = PAGE_SIZE
    copy = await copy_with(database, records, each=2)

    found = await read(copy, Cursor(0, 0), Cursor.behind(records - 1))

    assert found == [Cursor(offset, told) for offset in range(records) for told in (1, 2)]


async def test_bounds_fall_between_the_notifications_of_one_record(
    database: mongo.Database,
) -> None:
    """A client that has half of a record gets the other half."""
    copy = await copy_with(database, 3, each=3)

    found = await read(copy, Cursor(0, 2), Cursor(2, 1))

    assert found == [Cursor(0, 3), Cursor(1, 1), Cursor(1, 2), Cursor(1, 3), Cursor(2, 1)]


async def test_second_writer_from_the_same_position_writes_nothing(
    database: mongo.Database,
) -> None:
    """The position and all effects move together, by one writer only."""
    copy = await copy_with(database, 1, each=1)
    place = await copy.place(0)
    effects = Effects(notifications=notifications_of(b.record(b.reservation_opened()), 1))

    await copy.store(0, before=place, position=LogPosition(offset=1), effects=effects)
    with pytest.raises(StalePositionError):
        await copy.store(0, before=place, position=LogPosition(offset=2), effects=effects)

    assert (await copy.place(0)).position.offset == 1
    assert len(await read(copy, Cursor(0, 0), Cursor.behind(9))) == 2


async def test_two_first_writers_are_one(database: mongo.Database) -> None:
    """Of two that find no position only one begins."""
    copy = await copy_with(database, 1, each=1)

    with pytest.raises(StalePositionError):
        await copy.store(
            0,
            before=CopyPlace(position=LogPosition()),
            position=LogPosition(offset=4),
            effects=Effects(),
        )


async def test_place_comes_back_as_it_was_stored(database: mongo.Database) -> None:
    """A reader resumes with its whole memory, and the copy says from where it is complete."""
    copy = DurableCopy(database, retention_ms=1_000_000)
    position = LogPosition(offset=9, epoch=3, number=4, event_offset=2, now_ms=77, epochs_since=1)

    assert not (await copy.place(0)).is_stored
    await copy.store(
        0, before=CopyPlace(position=LogPosition()), position=position, effects=Effects()
    )
    place = await copy.place(0)

    assert place.position == position
    assert copy.kept_from(place) == 0
