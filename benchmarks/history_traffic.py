"""A desk's decision log for the history benchmark, made up and encoded as the router does it."""

from collections.abc import Iterator

from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.decisions import (
    AnyDecision,
    ConversationClosed,
    ConversationOpened,
    DeliveryFiled,
    MessageFiled,
    ReplyFiled,
    ReservationOpened,
    Why,
    WorkItemAssigned,
    WorkItemCompleted,
    WorkItemQueued,
)
from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from libs.common.contracts.terms import AddressFamily, DeliveryOutcome, QueueingReason
from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.identifiers import customer_id_of
from libs.common.kafka_records import Record

AT_ONCE = 100
TURNS = 4
START_MS = 1_700_000_000_000
TEXT = "My parcel was to arrive on Tuesday and the tracking page says nothing. Can you look? " * 2
TENANT, DESK = "acme", "support"


def records(conversations: int, *, partition: int = 0) -> list[Record]:
    """A partition's log: an epoch's start, then one record per event, AT_ONCE conversations
    interleaved. Partitions share no conversation.
    """
    epoch = EpochStarted(nonce="n", owner="r", engine_version="1", prior_epoch=-1)
    log = [_record(partition, 0, epoch)]
    first = partition * conversations
    for number, decisions in enumerate(_interleaved(first, first + conversations), start=1):
        decided = DecisionRecord(
            epoch=0,
            number=number,
            event_offset=number - 1,
            event_id=f"5b1c9a52-5c1c-4b53-{partition:04d}-{number:012d}",
            event_type="switchboard.event.message-received.v1",
            now_ms=START_MS + number,
            decisions=decisions,
        )
        log.append(_record(partition, number, decided))
    return log


def _record(partition: int, offset: int, record: LogRecord) -> Record:
    return Record(
        topic=ROUTING_DECISIONS,
        partition=partition,
        offset=offset,
        key=f"{TENANT}/{DESK}".encode(),
        value=encode_record(record),
        headers=tuple(headers_of(record)),
        timestamp_ms=START_MS + offset,
    )


def _interleaved(first: int, end: int) -> Iterator[tuple[AnyDecision, ...]]:
    for begin in range(first, end, AT_ONCE):
        running = [_conversation(n) for n in range(begin, min(begin + AT_ONCE, end))]
        for steps in zip(*running, strict=True):
            yield from steps


def _conversation(number: int) -> Iterator[tuple[AnyDecision, ...]]:
    name = f"cnv_{number:020x}"
    yield (*_opened(number, name), _message(number, name, 1), *_offered(name))
    yield (_assigned(name),)
    for turn in range(TURNS):
        reply_id = f"reply-{number}-{turn}"
        yield (_reply(number, name, 2 * turn + 2, reply_id),)
        yield (_delivered(name, reply_id),)
        yield (_message(number, name, 2 * turn + 3),)
    yield _ended(number, name)


def _contact_point(number: int) -> str:
    return f"ctp_{number:020x}"


def _address(number: int) -> ReplyAddress:
    return ReplyAddress(
        channel="telegram",
        endpoint_id="acme-telegram",
        contact_point_id=_contact_point(number),
        family=AddressFamily.TELEGRAM,
        address=str(100_000 + number),
        thread={"chat_id": str(100_000 + number)},
    )


def _opened(number: int, name: str) -> tuple[AnyDecision, ...]:
    point = _contact_point(number)
    return (
        ConversationOpened(
            tenant_id=TENANT,
            desk_id=DESK,
            conversation_id=name,
            customer_id=customer_id_of(point),  # type: ignore[arg-type]  # a made one
            contact_point_id=point,
            channel="telegram",
        ),
    )


def _message(number: int, name: str, sequence: int) -> AnyDecision:
    return MessageFiled(
        tenant_id=TENANT,
        desk_id=DESK,
        conversation_id=name,
        sequence=sequence,
        message_id=f"message-{number}-{sequence}",
        customer_id=f"cus_{number:020x}",
        reply_to=_address(number),
        content=Content(text=TEXT),
        sender_name="A Customer",
    )


def _reply(number: int, name: str, sequence: int, reply_id: str) -> AnyDecision:
    return ReplyFiled(
        tenant_id=TENANT,
        desk_id=DESK,
        conversation_id=name,
        sequence=sequence,
        reply_id=reply_id,
        agent_id="ada",
        customer_id=f"cus_{number:020x}",
        reply_to=_address(number),
        content=Content(text=TEXT),
    )


def _delivered(name: str, reply_id: str) -> AnyDecision:
    return DeliveryFiled(
        tenant_id=TENANT,
        desk_id=DESK,
        conversation_id=name,
        reply_id=reply_id,
        outcome=DeliveryOutcome.SENT,
        attempt=1,
    )


def _offered(name: str) -> tuple[AnyDecision, ...]:
    queued = WorkItemQueued(
        tenant_id=TENANT,
        desk_id=DESK,
        work_item_id=f"itm_{name}",
        conversation_id=name,
        queue_id="general",
        requires={"english": 3},
        channel="telegram",
        weight=2,
        strict_class=5,
        virtual_time_ms=START_MS,
        sequence=1,
        reason=QueueingReason.ARRIVED,
        rule_id="default",
        configuration_version=1,
    )
    why = Why(
        policy="longest_idle",
        configuration_version=1,
        idle_since_ms=START_MS,
        waited_ms=0,
        passed_over={"busy": 2},
    )
    reserved = ReservationOpened(
        tenant_id=TENANT,
        desk_id=DESK,
        reservation_id=f"rsv_{name}",
        work_item_id=f"itm_{name}",
        conversation_id=name,
        queue_id="general",
        agent_id="ada",
        channel="telegram",
        weight=2,
        expires_at_ms=START_MS + 20_000,
        why=why,
    )
    return queued, reserved


def _assigned(name: str) -> AnyDecision:
    return WorkItemAssigned(
        tenant_id=TENANT,
        desk_id=DESK,
        reservation_id=f"rsv_{name}",
        work_item_id=f"itm_{name}",
        conversation_id=name,
        queue_id="general",
        agent_id="ada",
        waited_ms=900,
    )


def _ended(number: int, name: str) -> tuple[AnyDecision, ...]:
    return (
        ConversationClosed(
            tenant_id=TENANT,
            desk_id=DESK,
            conversation_id=name,
            customer_id=f"cus_{number:020x}",
            agent_id="ada",
        ),
        WorkItemCompleted(
            tenant_id=TENANT,
            desk_id=DESK,
            work_item_id=f"itm_{name}",
            conversation_id=name,
            agent_id="ada",
            code="solved",
        ),
    )
