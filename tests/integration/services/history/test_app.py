"""A whole replica: from its topics to its API."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.common import telemetry
from libs.common.identifiers import customer_id_of
from tests.integration.services.history.replica import World, ask
from tests.unit.services.history.builders import (
    ANN,
    CONVERSATION,
    TRACEPARENT,
    assigned,
    linked,
    message,
    opened,
    unlinked,
)
from tests.unit.services.history.logs import decided, epoch, order_event

TIMELINE = f"/v1/customers/{customer_id_of(ANN)}/timeline"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What was exported."""
    exporter = InMemorySpanExporter()
    telemetry.configure_tracing("history", exporter, is_batched=False)
    yield exporter
    telemetry.configure_tracing("history", None)


async def test_what_happened_is_told_over_http(world: World) -> None:
    """One timeline over both topics, one transcript, and the customer by address."""
    async with world.replica() as service:
        await world.decide(epoch(), decided(1, opened(), message(1)), decided(2, assigned()))
        await world.tell(order_event())
        await world.until_kept(
            "decision/evt-1.0", "message/msg-1", "decision/evt-2.0", "event/order-1"
        )

        timeline = (await ask(service, TIMELINE)).json()
        transcript = (await ask(service, f"/v1/conversations/{CONVERSATION}/transcript")).json()
        found = (await ask(service, "/v1/customers", family="telegram", address="1001")).json()

    assert {entry["kind"] for entry in timeline["entries"]} == {
        "conversation_opened",
        "message",
        "order",
    }
    assert [entry["kind"] for entry in transcript["entries"]][-1] == "assigned"
    assert transcript["conversation"]["owner_id"] == "ada"
    assert found["customer_id"] == customer_id_of(ANN)


async def test_links_come_and_go_without_a_trace(world: World) -> None:
    """Un-linking restores what was there before."""
    async with world.replica() as service:
        await world.decide(epoch(), decided(1, opened()))
        await world.until_kept("decision/evt-1.0")
        before = (await ask(service, TIMELINE)).json()

        async def points(count: int) -> bool:
            return len((await ask(service, TIMELINE)).json()["contact_point_ids"]) == count

        await world.decide(decided(2, linked()))
        await world.until(lambda: points(2))
        await world.decide(decided(3, unlinked()))
        await world.until(lambda: points(1))

        assert (await ask(service, TIMELINE)).json() == before


async def test_replica_is_ready_while_it_reads_and_not_when_it_leaves(world: World) -> None:
    """Kafka, MongoDB and not leaving."""
    async with world.replica() as service:

        async def ready() -> bool:
            return (await ask(service, "/readyz")).status_code == 200

        await world.until(ready)
        service.health.draining()

        assert (await ask(service, "/readyz")).status_code == 503


async def test_sampled_message_has_its_write_in_the_trace(
    world: World, spans: InMemorySpanExporter
) -> None:
    """The write is a child of the span that the record names."""
    async with world.replica():
        await world.decide(epoch(), replace(decided(1, opened()), traceparent=TRACEPARENT))
        await world.until_kept("decision/evt-1.0")

    (span,) = spans.get_finished_spans()
    assert span.name == "history.write"
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "b" * 16


async def test_replica_that_leaves_has_committed_what_it_kept(world: World) -> None:
    """Its successor is given nothing again."""
    async with world.replica():
        await world.decide(epoch(), *(decided(n, message(n)) for n in range(1, 200)))
        await world.until(lambda: _holds(world, 1))

    kept = await world.entry_ids()
    position = await world.database["history_positions"].find_one({})

    assert position is not None
    assert len(kept) == position["number"]


async def _holds(world: World, count: int) -> bool:
    return len(await world.entry_ids()) >= count
