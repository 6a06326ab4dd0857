"""From one event to its record."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.wire import Event
from services.router.core import ownership_effects as e
from services.router.core.ownership_deciding import dead_letter_reason
from tests.unit.services.router.core.takeover_dialogue import Dialogue, alive

SAMPLED = f"00-{'a' * 32}-{'b' * 16}-01"
NOT_SAMPLED = f"00-{'a' * 32}-{'b' * 16}-00"
HANDED_ON = f"00-{'a' * 32}-{'c' * 16}-01"


@contextmanager
def trace(event: Event) -> Iterator[str]:
    """A span that hands on a context of its own."""
    assert event.traceparent == SAMPLED
    yield HANDED_ON


def record_of(talk: Dialogue, value: bytes) -> DecisionRecord:
    """The record that this event leaves."""
    talk.recover()
    talk.hear(0, value)
    record = talk.of(e.PublishRecord)[-1].record
    assert isinstance(record, DecisionRecord)
    return record


def test_record_names_its_event() -> None:
    """Id, type, place, and engine time after it."""
    record = record_of(Dialogue(), alive(event_id="the-event"))

    assert record.event_id == "the-event"
    assert record.event_type == "switchboard.event.notifier-alive.v1"
    assert record.event_offset == 0


def test_undecodable_event_is_refused_at_first_sight() -> None:
    """Under an id that derives from its place."""
    record = record_of(Dialogue(), b"{")

    assert record.event_id == "undecodable.3.0"
    assert dead_letter_reason(record.decisions) is RefusalReason.UNDECODABLE


@pytest.mark.parametrize(
    ("heard", "handed_on"), [(SAMPLED, HANDED_ON), (NOT_SAMPLED, NOT_SAMPLED), (None, None)]
)
def test_only_sampled_events_get_a_span(heard: str | None, handed_on: str | None) -> None:
    """The record carries the span's context, or what the event carried."""
    record = record_of(Dialogue(trace=trace), alive(traceparent=heard))

    assert record.traceparent == handed_on


def test_without_tracing_the_context_is_handed_on() -> None:
    """A replica without an exporter breaks no trace."""
    assert record_of(Dialogue(), alive(traceparent=SAMPLED)).traceparent == SAMPLED


def test_answers_to_a_late_sender_are_no_dead_letters() -> None:
    """Nothing is lost by them."""
    refused = EventRefused(
        tenant_id="", desk_id="", reason=RefusalReason.NOT_THE_OWNER, event_type=""
    )

    assert dead_letter_reason((refused,)) is None
