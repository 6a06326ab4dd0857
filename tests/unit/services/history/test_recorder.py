"""How batches are kept: once each, with the position."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from libs.common.errors import UnavailableError, UnprocessableError
from libs.common.kafka_records import PartitionBatch, Record, StalePositionError
from services.history.readers import DECISIONS
from services.history.recorder import Recorder
from tests.unit.services.history.builders import message, opened
from tests.unit.services.history.fakes import FakeStore
from tests.unit.services.history.logs import log_of_decisions

LOG = log_of_decisions([[opened()], [message(1)], [message(2)]])


def batch(records: Sequence[Record]) -> PartitionBatch:
    """These records of partition 0."""
    return PartitionBatch(topic=records[0].topic, partition=0, records=tuple(records))


def recorder_of(store: FakeStore) -> Recorder:
    """A reader of the decision log."""
    return Recorder(store=store, reader=DECISIONS)


async def test_new_reader_begins_at_the_beginning() -> None:
    """No stored position means none."""
    assert await recorder_of(FakeStore()).next_offset(LOG[0].topic, 0) is None


async def test_reader_goes_on_behind_its_stored_position() -> None:
    """Whatever the group's own offset says."""
    store = FakeStore()
    await recorder_of(store).handle(batch(LOG[:2]))

    assert await recorder_of(store).next_offset(LOG[0].topic, 0) == 2


async def test_everything_delivered_twice_is_kept_once() -> None:
    """Repeats are passed over, whole batches and overlapping ones."""
    store = FakeStore()
    recorder = recorder_of(store)

    for records in (LOG[:2], LOG[:2], LOG, LOG):
        await recorder.handle(batch(records))

    assert len(store.entry_ids) == len(set(store.entry_ids)) == 3
    assert len(store.writes) == 2


async def test_reader_that_starts_anew_after_each_record_keeps_the_same() -> None:
    """Its memory lies in the store alone."""
    store = FakeStore()

    for record in LOG:
        await recorder_of(store).handle(batch([record]))

    whole = FakeStore()
    await recorder_of(whole).handle(batch(LOG))
    assert store.entry_ids == whole.entry_ids
    assert store.positions == whole.positions


async def test_position_is_asked_once_while_all_goes_well() -> None:
    """The store is not asked before every batch."""
    store = FakeStore()
    recorder = recorder_of(store)

    for record in LOG:
        await recorder.handle(batch([record]))

    assert store.asked == 1


@pytest.mark.parametrize("failure", [UnavailableError("away"), StalePositionError("moved")])
async def test_after_a_failed_write_the_store_is_asked_again(failure: Exception) -> None:
    """Only the store knows whether the write took effect."""
    store = FakeStore(failures=[failure])
    recorder = recorder_of(store)

    with pytest.raises(type(failure)):
        await recorder.handle(batch(LOG))
    await recorder.handle(batch(LOG))

    assert store.asked == 2
    assert len(store.entry_ids) == 3


async def test_two_owners_of_one_partition_keep_everything_once() -> None:
    """The one who was slower hears that its position is stale and changes nothing."""
    store = FakeStore()
    frozen, fresh = recorder_of(store), recorder_of(store)
    await frozen.handle(batch(LOG[:2]))
    await fresh.handle(batch(LOG))

    with pytest.raises(StalePositionError):
        await frozen.handle(batch(LOG[2:]))

    assert len(store.entry_ids) == 3


async def test_batch_with_an_unreadable_record_changes_nothing() -> None:
    """Others of the batch are tried without it, by the caller."""
    store = FakeStore()
    broken = [*LOG[:3], replace(LOG[3], value=b"{")]

    with pytest.raises(UnprocessableError):
        await recorder_of(store).handle(batch(broken))

    assert store.writes == []


async def test_skipped_record_moves_the_position_alone() -> None:
    """It does so once, however often it is skipped."""
    store = FakeStore()
    recorder = recorder_of(store)
    await recorder.handle(batch(LOG[:2]))

    await recorder.skip(LOG[2])
    await recorder.skip(LOG[2])
    await recorder.handle(batch(LOG[3:]))

    assert store.entry_ids == ["decision/evt-1.0", "message/msg-2"]
    assert await recorder.next_offset(LOG[0].topic, 0) == 4
