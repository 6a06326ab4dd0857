"""The records of `routing.decisions.v1`: one per event, the epoch's start, and an attempt's start.

Every record is a CloudEvent. What a reader needs to judge a record stands in Kafka headers as
well, so that judging costs no decoding.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, NamedTuple

import msgspec
import orjson
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from libs.common.contracts.decisions import TaggedDecision
from libs.common.contracts.envelope import describe
from libs.common.errors import UnprocessableError
from libs.common.values import value

SOURCE = "switchboard/router"
Headers = list[tuple[str, bytes]]


class RecordKind(StrEnum):
    """What a record on the decisions topic is."""

    EPOCH = "epoch"
    DECISIONS = "decisions"
    ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochStarted:
    """A takeover. Its offset is the epoch that its owner's records carry."""

    nonce: str
    owner: str
    engine_version: str
    prior_epoch: int


@value
class DecisionRecord:
    """All that one event caused, possibly nothing. `now_ms` is the engine's time after it."""

    epoch: int
    number: int
    event_offset: int
    event_id: str
    event_type: str
    now_ms: int
    decisions: Annotated[tuple[TaggedDecision, ...], Field(max_length=512)]
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted:
    """An event that broke two epochs is about to be tried once more."""

    epoch: int
    number: int
    event_offset: int
    now_ms: int


LogRecord = EpochStarted | DecisionRecord | AttemptStarted
RECORD_TYPES: dict[str, type[LogRecord]] = {
    "switchboard.decisions.epoch-started.v1": EpochStarted,
    "switchboard.decisions.decision-record.v1": DecisionRecord,
    "switchboard.decisions.attempt-started.v1": AttemptStarted,
}
_TYPE_OF = {record: name for name, record in RECORD_TYPES.items()}
_KIND_OF: dict[type[LogRecord], RecordKind] = {
    EpochStarted: RecordKind.EPOCH,
    DecisionRecord: RecordKind.DECISIONS,
    AttemptStarted: RecordKind.ATTEMPT,
}


_KIND_BYTES = {record: kind.value.encode() for record, kind in _KIND_OF.items()}
_KIND_READ = {kind.value.encode(): kind for kind in RecordKind}


@cache
def _adapter(record_type: str) -> TypeAdapter[LogRecord]:
    return TypeAdapter(RECORD_TYPES[record_type])


def _plain(value: object) -> object:
    """The pydantic parts (a desk's configuration) inside our dataclasses.

    Without what is None, as in events: ten thousand agents would not fit into a record with it.
    Other defaults are written out, since a later release may change them for new documents.
    """
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    raise TypeError(type(value).__name__)


# Three quarters of orjson's time for dataclasses, to the same bytes.
_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def encode_record(record: LogRecord) -> bytes:
    """The record's bytes, as a CloudEvent."""
    match record:
        case EpochStarted():
            identifier, time_ms = f"epoch.{record.nonce}", 0
        case DecisionRecord():
            identifier, time_ms = f"{record.event_id}.{record.epoch}", record.now_ms
        case AttemptStarted():
            identifier = f"attempt.{record.epoch}.{record.number}"
            time_ms = record.now_ms
    return _ENCODER.encode(
        {
            "specversion": "1.0",
            "id": identifier,
            "source": SOURCE,
            "type": _TYPE_OF[type(record)],
            "time": datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(),
            "datacontenttype": "application/json",
            "traceparent": getattr(record, "traceparent", None),
            "data": record,
        }
    )


def decode_record(value: bytes | None) -> LogRecord:
    """Read a record. Raises UnprocessableError, naming fields only, when it is none of ours."""
    try:
        document = orjson.loads(value or b"")
        record_type = document["type"]
        if record_type not in RECORD_TYPES:
            raise UnprocessableError("record type is not known to this release")
        return _adapter(record_type).validate_python(document["data"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise UnprocessableError("record is not a CloudEvent of the decision log") from error
    except ValidationError as error:
        raise UnprocessableError(f"record does not decode: {describe(error)}") from error


class RecordHeader(NamedTuple):
    """What judging needs. An epoch's start has no epoch yet: its own offset will be it."""

    kind: RecordKind
    epoch: int = -1
    number: int = 0
    event_offset: int = -1
    now_ms: int = 0
    nonce: str = ""


def headers_of(record: LogRecord) -> Headers:
    """The Kafka headers that repeat what judging needs."""
    kind = ("kind", _KIND_BYTES[type(record)])
    if isinstance(record, EpochStarted):
        return [kind, ("nonce", record.nonce.encode())]
    headers: Headers = [
        kind,
        ("epoch", b"%d" % record.epoch),
        ("number", b"%d" % record.number),
        ("event_offset", b"%d" % record.event_offset),
        ("now_ms", b"%d" % record.now_ms),
    ]
    if isinstance(record, DecisionRecord) and record.traceparent:
        headers.append(("traceparent", record.traceparent.encode()))
    return headers


def read_headers(headers: tuple[tuple[str, bytes], ...] | Headers) -> RecordHeader | None:
    """The judged part of a record, or None for a record that the router did not write."""
    found = dict(headers)
    try:
        kind = _KIND_READ[found["kind"]]
        if kind is RecordKind.EPOCH:
            return RecordHeader(kind=kind, nonce=found["nonce"].decode())
        return RecordHeader(
            kind=kind,
            epoch=int(found["epoch"]),
            number=int(found["number"]),
            event_offset=int(found["event_offset"]),
            now_ms=int(found["now_ms"]),
        )
    except (KeyError, ValueError, AttributeError):
        return None
