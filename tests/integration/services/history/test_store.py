"""Kept exactly once, whatever repeats, crashes or competes."""

import asyncio
from dataclasses import replace

import pytest

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.decision_log import LogPosition
from libs.common.kafka_records import Record, StalePositionError
from libs.common.mongo import Database
from services.history.core.changes import Writes
from services.history.documents import TIMELINE
from services.history.indexes import create_indexes
from services.history.readers import DECISIONS, Reading
from services.history.store import HistoryStore, Move
from tests.integration.services.history.conftest import batch_of, everything, keep, recorder_of
from tests.unit.services.history.builders import (
    ANN_MAIL,
    address,
    assigned,
    closed,
    completed,
    delivery,
    hold_ended,
    hold_opened,
    joined,
    left,
    linked,
    message,
    opened,
    owner_changed,
    queued,
    relaxed,
    reply,
    reserved,
    unlinked,
)
from tests.unit.services.history.logs import (
    customer_record,
    decided,
    epoch,
    log_of,
    log_of_decisions,
    order_event,
)

STORY: list[list[AnyDecision]] = [
    [opened(), message(1), queued(), hold_opened()],
    [relaxed(), hold_ended(), reserved()],
    [assigned()],
    [joined(), joined("cem")],
    [left("cem")],
    [reply(2)],
    [],
    [delivery(DeliveryOutcome.SENT)],
    [linked()],
    [replace(message(3), reply_to=address(ANN_MAIL))],
    [delivery(DeliveryOutcome.DELIVERED)],
    [unlinked()],
    [owner_changed()],
    [closed(), completed()],
]
LOG = log_of_decisions(STORY)


async def deliveries_of(database: Database) -> list[str]:
    """The outcome that each reply has."""
    found = await database[TIMELINE].find({"kind": "reply"}).to_list(None)
    return [document["delivery"]["outcome"] for document in found]


async def test_reader_killed_and_resumed_at_each_offset_keeps_the_same(memory: Database) -> None:
    """Wherever it was cut, with and without the last batch repeated, the content is the same."""
    await keep(memory, LOG)
    expected = await everything(memory)

    for cut in range(1, len(LOG)):
        for name in await memory.list_collection_names():
            await memory[name].delete_many({})
        await keep(memory, LOG[:cut])
        await keep(memory, LOG[max(0, cut - 2) :])
        assert await everything(memory) == expected, f"cut at {cut}"


async def test_everything_delivered_twice_is_kept_once(memory: Database) -> None:
    """Record by record, and all at once again."""
    recorder = recorder_of(memory)

    for record in LOG:
        await recorder.handle(batch_of([record]))
        await recorder.handle(batch_of([record]))
    before = await everything(memory)
    await recorder_of(memory).handle(batch_of(LOG))

    assert await everything(memory) == before
    said = [entry["entry_id"] for entry in before[TIMELINE]]
    assert len(said) == len(set(said))


async def test_void_records_leave_no_trace(memory: Database) -> None:
    """A frozen owner's records and what stands behind a hole are as if never written."""
    honest = [decided(1, opened()), decided(2, message(1))]
    frozen = decided(3, message(2))
    after = replace(decided(1, message(3)), epoch=3, event_offset=2, now_ms=frozen.now_ms)

    await keep(memory, log_of(epoch("a"), *honest, epoch("b"), frozen, after))

    kept = await everything(memory)
    assert sorted(entry["entry_id"] for entry in kept[TIMELINE]) == [
        "decision/evt-1.0",
        "message/msg-1",
        "message/msg-3",
    ]


async def test_two_owners_at_once_keep_everything_once(memory: Database) -> None:
    """Whoever is slower hears that its position is stale; nothing is doubled or lost."""
    await keep(memory, LOG)
    expected = await everything(memory)
    for name in await memory.list_collection_names():
        await memory[name].delete_many({})

    async def owner() -> None:
        recorder = recorder_of(memory)
        for first in range(0, len(LOG), 2):
            while True:
                try:
                    await recorder.handle(batch_of(LOG[first : first + 2]))
                    break
                except StalePositionError:
                    continue

    await asyncio.gather(owner(), owner(), owner())

    assert await everything(memory) == expected


async def test_stale_write_changes_nothing(memory: Database) -> None:
    """Effects and position stand or fall together."""
    await keep(memory, LOG[:3])
    before = await everything(memory)
    reading = Reading(position=LogPosition())
    for record in LOG[:2]:
        DECISIONS.read(reading, record)

    for old in (None, LogPosition(offset=1, epoch=0, number=1)):
        move = Move(topic=LOG[0].topic, partition=0, old=old, new=reading.position)
        with pytest.raises(StalePositionError):
            await HistoryStore(memory).write(move, reading.writes)

    assert await everything(memory) == before


async def test_customer_event_repeated_later_is_kept_once(memory: Database) -> None:
    """A sender's repeat is another record with the same id; what came with it is kept."""

    def at(offset: int, event_id: str) -> Record:
        return customer_record(order_event(event_id), offset=offset)

    await keep(memory, [at(0, "order-1"), at(1, "order-2"), at(2, "order-1")])
    await keep(memory, [at(3, "order-2"), at(4, "order-3"), at(5, "order-1")])

    kept = await everything(memory)
    assert [entry["entry_id"] for entry in kept[TIMELINE]] == [
        "event/order-1",
        "event/order-2",
        "event/order-3",
    ]
    assert kept[TIMELINE][0]["position"][-19:-3] == f"{0:04x}{0:012x}"


async def test_same_event_id_in_two_tenants_is_two_entries(memory: Database) -> None:
    """No tenant can take an id away from another."""
    await keep(memory, [customer_record(order_event())])
    await keep(memory, [customer_record(order_event(tenant_id="globex"), offset=1)])

    assert len((await everything(memory))[TIMELINE]) == 2


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([(DeliveryOutcome.SENT, 1), (DeliveryOutcome.DELIVERED, 1)], "delivered"),
        ([(DeliveryOutcome.DELIVERED, 1), (DeliveryOutcome.SENT, 1)], "delivered"),
        ([(DeliveryOutcome.FAILED, 1), (DeliveryOutcome.SENT, 2)], "sent"),
        ([(DeliveryOutcome.SENT, 2), (DeliveryOutcome.FAILED, 1)], "sent"),
        ([(DeliveryOutcome.SENT, 1), (DeliveryOutcome.FAILED, 1)], "failed"),
    ],
)
async def test_delivery_status_never_goes_back_over_batches(
    memory: Database, outcomes: list[tuple[DeliveryOutcome, int]], expected: str
) -> None:
    """The same as inside one batch."""
    steps: list[list[AnyDecision]] = [[opened(), reply(1)]]
    steps += [[delivery(outcome, attempt=attempt)] for outcome, attempt in outcomes]

    for record in log_of_decisions(steps):
        await keep(memory, [record])

    assert await deliveries_of(memory) == [expected]


async def test_conversation_whose_beginning_expired_is_kept_as_far_as_known(
    memory: Database,
) -> None:
    """A reader that starts on a shortened log makes the conversation it hears of."""
    await keep(memory, log_of_decisions([[message(7)], [assigned()]]))

    (conversation,) = (await everything(memory))["history_conversations"]
    assert conversation["last_sequence"] == 7
    assert conversation["owner_id"] == "ada"


async def test_position_survives_without_effects(memory: Database) -> None:
    """Records that change nothing move the position all the same."""
    store = HistoryStore(memory)
    position = LogPosition(offset=5, epoch=1, number=4, event_offset=3, now_ms=9)

    await store.write(Move(topic="t", partition=2, old=None, new=position), Writes())

    assert await store.position("t", 2) == position
    assert await store.position("t", 1) is None


async def test_indexes_are_made_once_and_begin_with_the_tenant(memory: Database) -> None:
    """Making them again changes nothing."""
    await create_indexes(memory)

    for name in ("history_timeline", "history_links"):
        made = await memory[name].index_information()
        keys = [index["key"][0][0] for index_name, index in made.items() if index_name != "_id_"]
        assert keys
        assert set(keys) == {"tenant_id"}
