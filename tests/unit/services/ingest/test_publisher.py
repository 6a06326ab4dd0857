"""Events are acknowledged before anyone hears so; all of a request or none."""

import asyncio
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.common import telemetry
from libs.common.contracts.events import AgentPresenceSet, ContactPointsLinked, EventData
from libs.common.contracts.terms import Presence
from libs.common.contracts.topics import ROUTING_EVENTS, ROUTING_SPILLED
from libs.common.errors import InvalidInputError, UnavailableError, UnprocessableError
from libs.common.kafka_records import RecordPlace, SendHeaders
from libs.common.metrics import INGEST_ACCEPTED
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.publisher import EventPublisher
from tests.unit.services.ingest.front_door import FakeKafka, FakeProgress, gate

AWAY = AgentPresenceSet(agent_id="anna", presence=Presence.AWAY)
LINKED = ContactPointsLinked(contact_point_ids=("ctp_" + "a" * 20, "ctp_" + "b" * 20))


def event(name: str, *, source: str = "test", data: EventData = AWAY) -> OutgoingEvent:
    """An event of the desk acme/support; an agent's unless told otherwise."""
    return OutgoingEvent(
        event_id=name,
        tenant_id="acme",
        desk_id="support",
        source=source,
        time=datetime(2026, 1, 2, tzinfo=UTC),
        data=data,
    )


class SlowKafka(FakeKafka):
    """Acknowledges when told."""

    def __init__(self) -> None:
        super().__init__()
        self.acknowledge = asyncio.Event()

    async def publish(
        self, topic: str, *, key: bytes | None, value: bytes, headers: SendHeaders = ()
    ) -> RecordPlace:
        """Wait, then acknowledge."""
        await self.acknowledge.wait()
        return await super().publish(topic, key=key, value=value, headers=headers)


async def test_nothing_returns_before_the_acknowledgement() -> None:
    """A sender waits as long as Kafka does."""
    kafka = SlowKafka()
    publisher = EventPublisher(kafka, gate=gate(), in_flight_max=10)

    accepting = asyncio.create_task(publisher.accept([event("1"), event("2")], door="test"))
    await asyncio.sleep(0)
    was_done = accepting.done()
    kafka.acknowledge.set()
    await accepting

    assert not was_done
    assert [record.event["id"] for record in kafka.published] == ["1", "2"]


async def test_too_many_waiting_events_are_refused_at_once() -> None:
    """While Kafka is slow the number of waiting events is bounded, and it falls again."""
    kafka = SlowKafka()
    publisher = EventPublisher(kafka, gate=gate(), in_flight_max=2)
    accepting = asyncio.create_task(publisher.accept([event("1"), event("2")], door="test"))
    await asyncio.sleep(0)

    with pytest.raises(UnavailableError, match="too many"):
        await publisher.accept([event("3")], door="test")
    kafka.acknowledge.set()
    await accepting
    await publisher.accept([event("4")], door="test")

    assert [record.event["id"] for record in kafka.published] == ["1", "2", "4"]


@pytest.mark.parametrize("failure", [UnavailableError("gone"), UnprocessableError("too large")])
async def test_one_failure_fails_the_request(
    failure: UnavailableError | UnprocessableError,
) -> None:
    """What was acknowledged before is not counted as accepted: the sender hears no 2xx."""
    kafka = FakeKafka(failure=failure, fails_at=1)
    publisher = EventPublisher(kafka, gate=gate(), in_flight_max=10)

    with pytest.raises(type(failure)):
        await publisher.accept([event("1"), event("2"), event("3")], door="failing")

    assert INGEST_ACCEPTED.labels("failing")._value.get() == 0


async def test_invalid_event_stops_the_request_before_anything_is_sent() -> None:
    """A mistake found while encoding leaves no half of a batch behind."""
    kafka = FakeKafka()
    publisher = EventPublisher(kafka, gate=gate(), in_flight_max=10)

    with pytest.raises(InvalidInputError):
        await publisher.accept([event("1"), event("2", source="x" * 300)], door="test")

    assert kafka.published == []


async def test_request_without_events_passes() -> None:
    """Nothing to publish is nothing to wait for."""
    kafka = FakeKafka(failure=UnavailableError("gone"))

    await EventPublisher(kafka, gate=gate(), in_flight_max=10).accept([], door="test")

    assert kafka.published == []


async def test_trace_begins_here_and_travels_in_the_event() -> None:
    """One span per request; its context stands in every event, envelope and header alike."""
    exporter = InMemorySpanExporter()
    telemetry.configure_tracing("test", exporter, is_batched=False)
    kafka = FakeKafka()

    await EventPublisher(kafka, gate=gate(), in_flight_max=10).accept(
        [event("1"), event("2")], door="test"
    )
    telemetry.configure_tracing("test", None)

    (span,) = exporter.get_finished_spans()
    context = span.get_span_context()
    assert context is not None
    traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
    assert {record.event["traceparent"] for record in kafka.published} == {traceparent}
    assert {record.headers["traceparent"] for record in kafka.published} == {traceparent.encode()}
    assert span.attributes is not None
    assert span.attributes["switchboard.tenant_id"] == "acme"


async def test_flood_is_acknowledged_by_the_spill() -> None:
    """What is above the desk's rate is as safe as the rest, and its bytes are the same: it only
    says why it waits.
    """
    kafka = FakeKafka()
    publisher = EventPublisher(kafka, gate=gate(burst=2), in_flight_max=10)

    for name in ("1", "2", "3"):
        await publisher.accept([event(name, data=LINKED)], door="test")

    straight, spilled = kafka.published[:2], kafka.published[2]
    assert [record.topic for record in straight] == [ROUTING_EVENTS] * 2
    assert spilled.topic == ROUTING_SPILLED
    assert spilled.key == straight[0].key
    assert spilled.event == straight[0].event | {"id": "3"}
    assert spilled.headers == straight[0].headers | {"spill-reason": b"rate"}


async def test_agents_are_never_held_back() -> None:
    """In the middle of a flood an agent's action goes straight, and asks nobody."""
    kafka, progress = FakeKafka(), FakeProgress()
    publisher = EventPublisher(kafka, gate=gate(progress, burst=1), in_flight_max=10)
    for name in ("1", "2"):
        await publisher.accept([event(name, data=LINKED)], door="test")
    asked = progress.asked

    await publisher.accept([event("3")], door="test")

    assert [record.topic for record in kafka.published] == [
        ROUTING_EVENTS,
        ROUTING_SPILLED,
        ROUTING_EVENTS,
    ]
    assert progress.asked == asked
