"""Finds in the decision log what was decided about a work item: only records that count."""

from collections.abc import Collection
from contextlib import aclosing
from dataclasses import dataclass

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.records import DecisionRecord, decode_record, read_headers
from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.decision_log import LogPosition, Verdict, judge
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import Record
from libs.common.kafka_tail import records_between

ID_FIELDS = ("work_item_id", "conversation_id", "reservation_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One decision, when it was made and where it stands."""

    decision: AnyDecision
    at_ms: int
    place: str


async def decisions_about(
    bootstrap_servers: str, wanted_id: str, *, partitions: int
) -> list[Found]:
    """All counted decisions about the work items that this id names, oldest first.

    The id is a work item's, a conversation's or a reservation's. Reads the whole log, twice unless
    the id is a work item's. Raises UnavailableError when Kafka does not answer.
    """
    consumer = LogConsumer(bootstrap_servers, ROUTING_DECISIONS, client_id="switchboard-why")
    await consumer.start()
    try:
        found = await _matching(consumer, partitions, {wanted_id})
        items = {
            item_id
            for one in found
            if isinstance(item_id := getattr(one.decision, "work_item_id", None), str)
        }
        if items and items != {wanted_id}:
            found = await _matching(consumer, partitions, items)
    finally:
        await consumer.stop()
    return sorted(found, key=lambda one: one.at_ms)


async def _matching(consumer: LogConsumer, partitions: int, wanted: Collection[str]) -> list[Found]:
    found: list[Found] = []
    words = [name.encode() for name in wanted]
    positions: dict[int, LogPosition] = {}
    begins = await consumer.beginning_offsets(range(partitions))
    ends = await consumer.end_offsets(range(partitions))
    async with aclosing(records_between(consumer, begins, ends)) as records:
        async for record in records:
            before = positions.get(record.partition, LogPosition())
            header = read_headers(record.headers)
            positions[record.partition], verdict = judge(before, record.offset, header)
            value = record.value or b""
            if verdict is Verdict.COUNTS and any(word in value for word in words):
                found += _of_record(record, wanted)
    return found


def _of_record(record: Record, wanted: Collection[str]) -> list[Found]:
    decoded = decode_record(record.value)
    if not isinstance(decoded, DecisionRecord):
        return []
    return [
        Found(decision=decision, at_ms=decoded.now_ms, place=record.place)
        for decision in decoded.decisions
        if any(getattr(decision, field, None) in wanted for field in ID_FIELDS)
    ]
