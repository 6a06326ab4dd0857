"""A record that could not be processed, put aside with the reason and where it came from."""

from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from libs.common.contracts.envelope import Envelope
from libs.common.contracts.topics import dead_letter_topic
from libs.common.errors import ServiceError
from libs.common.kafka import Publisher
from libs.common.kafka_records import Record, RecordPlace

REASON_LENGTH_MAX = 300
ORIGIN = "x-origin"
ERROR = "x-error"
ATTEMPTS = "x-attempts"
CONSUMER = "x-consumer"
REPLAYED = "x-replayed"
OWN_HEADERS = frozenset({ORIGIN, ERROR, ATTEMPTS, CONSUMER, REPLAYED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One dead letter. `origin` is "topic/partition/offset" of the record as first read.

    `event_id` is empty when the bytes are no CloudEvent.
    """

    record: Record
    origin: str
    reason: str
    attempts: int
    event_id: str

    @property
    def origin_topic(self) -> str:
        """Where the record came from and a replay goes."""
        return self.origin.rsplit("/", 2)[0]


def reason_of(error: Exception) -> str:
    """What may be said of an error: our own sentences, of others only their kind, since their
    messages may quote the record.
    """
    said = str(error) if isinstance(error, ServiceError) else ""
    return f"{type(error).__name__}: {said}".removesuffix(": ")[:REASON_LENGTH_MAX]


async def send(
    publisher: Publisher, record: Record, *, reason: str, attempts: int, consumer: str
) -> RecordPlace:
    """Put a record aside: same key, bytes and headers, with where it came from and why.

    `consumer` names who gave up. Raises UnavailableError when it could not be put aside.
    """
    headers = [
        *((name, value) for name, value in record.headers if name not in OWN_HEADERS),
        (ORIGIN, record.place.encode()),
        (ERROR, reason[:REASON_LENGTH_MAX].encode()),
        (ATTEMPTS, b"%d" % attempts),
        (CONSUMER, consumer.encode()),
    ]
    return await publisher.publish(
        dead_letter_topic(record.topic),
        key=record.key,
        value=record.value or b"",
        headers=headers,
    )


async def mark_replayed(
    publisher: Publisher, letter: DeadLetter, *, place: RecordPlace
) -> RecordPlace:
    """Note behind a letter that it was published again, and where: it is done with.

    Raises UnavailableError when that could not be noted.
    """
    again = f"{letter.origin_topic}/{place.partition}/{place.offset}"
    headers = [(ORIGIN, letter.origin.encode()), (REPLAYED, again.encode())]
    return await publisher.publish(
        dead_letter_topic(letter.origin_topic), key=letter.record.key, value=b"", headers=headers
    )


def replayed_origin(record: Record) -> str | None:
    """The origin of the letter that this record marks as replayed; None for a letter."""
    found = dict(record.headers)
    return found.get(ORIGIN, b"").decode(errors="replace") if REPLAYED in found else None


def read(record: Record) -> DeadLetter:
    """A record of a dead-letter topic as what it says about itself."""
    found = {name: value.decode(errors="replace") for name, value in record.headers}
    fallback = f"{record.topic.removesuffix('.dlq')}/{record.partition}/{record.offset}"
    attempts = found.get(ATTEMPTS, "")
    return DeadLetter(
        record=record,
        origin=found.get(ORIGIN, fallback),
        reason=found.get(ERROR, ""),
        attempts=int(attempts) if attempts.isdigit() else 0,
        event_id=_event_id_of(record.value),
    )


def event_of(value: bytes | None) -> dict[str, object] | None:
    """The bytes as a CloudEvent's JSON object, or None."""
    try:
        document = orjson.loads(value or b"")
        Envelope.model_validate(document)
    except (orjson.JSONDecodeError, ValidationError):
        return None
    return dict(document)


def _event_id_of(value: bytes | None) -> str:
    document = event_of(value)
    return str(document["id"]) if document else ""
