"""Samples of every event and decision type decode, now and in every later release."""

from pathlib import Path

import pytest

from libs.common.contracts.decisions import DECISION_TYPES
from libs.common.contracts.events import EVENT_TYPES
from libs.common.contracts.records import (
    RECORD_TYPES,
    DecisionRecord,
    decode_record,
    encode_record,
    headers_of,
    read_headers,
)
from libs.common.contracts.wire import decode_event
from libs.common.errors import UnprocessableError

SAMPLES = Path(__file__).parent / "samples"
EVENTS = sorted([*SAMPLES.glob("event.*.json"), *SAMPLES.glob("customer.*.json")])
RECORDS = sorted([*SAMPLES.glob("decision.*.json"), *SAMPLES.glob("record.*.json")])


@pytest.mark.parametrize("sample", EVENTS, ids=lambda path: path.stem)
def test_every_published_event_decodes(sample: Path) -> None:
    """An event that was ever acknowledged can be read."""
    event = decode_event(sample.read_bytes())

    assert event.type == f"switchboard.{sample.stem}"
    assert isinstance(event.data, EVENT_TYPES[event.type])


@pytest.mark.parametrize("sample", RECORDS, ids=lambda path: path.stem)
def test_every_published_record_decodes_and_keeps_its_meaning(sample: Path) -> None:
    """A record reads back as what was written, and its headers say the same."""
    record = decode_record(sample.read_bytes())

    assert decode_record(encode_record(record)) == record
    header = read_headers(headers_of(record))
    assert header is not None
    if isinstance(record, DecisionRecord):
        assert (header.epoch, header.number) == (record.epoch, record.number)
        assert (header.event_offset, header.now_ms) == (record.event_offset, record.now_ms)


def test_every_type_has_its_sample() -> None:
    """A new type without a sample would not be held to its promise."""
    records = [decode_record(sample.read_bytes()) for sample in RECORDS]
    decisions = {
        decision.type
        for record in records
        if isinstance(record, DecisionRecord)
        for decision in record.decisions
    }

    assert {f"switchboard.{sample.stem}" for sample in EVENTS} == set(EVENT_TYPES)
    assert decisions == set(DECISION_TYPES)
    assert {type(record) for record in records} == set(RECORD_TYPES.values())


@pytest.mark.parametrize(
    "value",
    [None, b"", b"{", b"[]", b'"text"', b'{"type":"unknown"}', b'{"specversion":"1.0"}'],
)
def test_foreign_bytes_are_unprocessable_and_never_quoted(value: bytes | None) -> None:
    """Both readers answer with the one error that sends a record to the dead letters."""
    for decode in (decode_event, decode_record):
        with pytest.raises(UnprocessableError):
            decode(value)


def test_an_error_names_fields_and_never_values() -> None:
    """Customers' texts do not reach errors."""
    sample = (SAMPLES / "event.message-received.v1.json").read_bytes()
    broken = sample.replace(b'"web_chat"', b'"Secret Name!"')

    with pytest.raises(UnprocessableError) as caught:
        decode_event(broken)

    assert "Secret" not in str(caught.value)
    assert "reply_to.channel" in str(caught.value)


def test_a_reader_ignores_fields_that_it_does_not_know_yet() -> None:
    """Additive changes do not break an older release."""
    sample = (SAMPLES / "event.agent-presence-set.v1.json").read_bytes()
    newer = sample.replace(b'"agent_id"', b'"since":"today","agent_id"')

    assert decode_event(newer).data == decode_event(sample).data


@pytest.mark.parametrize(
    "headers",
    [[], [("kind", b"other")], [("kind", b"decisions"), ("epoch", b"x")], [("kind", b"\xff")]],
)
def test_headers_that_the_router_did_not_write_are_none(headers: list[tuple[str, bytes]]) -> None:
    """A foreign record on the topic is void for everyone."""
    assert read_headers(headers) is None
