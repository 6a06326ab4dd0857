"""The engine's door: refusals change nothing, the log tells everything, time never goes back."""

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.wire import Event
from services.router.core import engine as engine_module
from services.router.core import memory
from services.router.core.engine import Engine
from tests.unit.services.router.core.world import START_MS, World, a_desk, refusal


def test_an_undecodable_event_is_refused() -> None:
    """A poison record leaves its one record, and the partition goes on."""
    world = World(a_desk())

    refused = refusal(world.hear_event(None, event_id="undecodable.0.7"))

    assert refused.reason is RefusalReason.UNDECODABLE
    assert refused.event_type == ""


def test_a_timeline_event_on_the_routing_topic_is_refused() -> None:
    """What is not for the router is not silently dropped."""
    world = World(a_desk())

    said = e.CustomerEventRecorded(
        kind="order",
        family="external",
        address="42",
        contact_point_id="ctp_" + "0" * 20,
        summary="ordered",
    )

    assert refusal(world.hear(said)).reason is RefusalReason.UNPROCESSABLE


def test_an_event_older_than_the_memory_is_refused_visibly() -> None:
    """It could be a repeat that is no longer recognised."""
    world = World(a_desk())

    old = world.now_ms - memory.WINDOW_MS - 1
    refused = refusal(world.hear(e.AgentPresenceSet(agent_id="ann", presence="away"), time_ms=old))

    assert refused.reason is RefusalReason.TOO_OLD


def test_an_event_from_the_future_is_refused_visibly() -> None:
    """It would outlive the memory of its id; a clock a little ahead does no harm."""
    world = World(a_desk())
    said = e.AgentPresenceSet(agent_id="ann", presence="away")

    ahead = world.hear(said, time_ms=world.now_ms + memory.AHEAD_MS)
    refused = refusal(world.hear(said, time_ms=world.now_ms + memory.AHEAD_MS + 1))

    assert [one.type for one in ahead] == ["agent_presence_changed"]
    assert refused.reason is RefusalReason.FROM_THE_FUTURE


def test_engine_time_never_goes_back() -> None:
    """R1: the later of the last time and the append time."""
    world = World(a_desk())
    world.now_ms -= 5_000

    world.message("zoe")

    assert world.engine.now_ms == START_MS


@pytest.mark.parametrize(
    ("data", "follows"),
    [
        (e.AgentPresenceSet(agent_id="ann", presence="away"), 0),
        (e.ClockTicked(owner="owner"), 3),
    ],
)
def test_an_event_that_broke_earlier_attempts_is_refused_unseen(
    data: e.EventData, follows: int
) -> None:
    """The attempts end visibly, and the id is remembered, except a tick's."""
    world = World(a_desk())
    event = Event(
        id="poison",
        type=data.type,
        tenant_id="acme",
        desk_id="support",
        time_ms=world.now_ms,
        traceparent=None,
        data=data,
    )

    decisions = world.engine.refuse(
        event,
        event_id="poison",
        event_offset=world.offset,
        appended_at_ms=world.now_ms,
        reason=RefusalReason.UNPROCESSABLE,
    )

    assert refusal(decisions).reason is RefusalReason.UNPROCESSABLE
    assert len(world.message("zoe", event_id="poison")) == follows


def test_an_event_with_too_many_effects_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is asserted, not hoped for (R2)."""
    monkeypatch.setattr(engine_module, "DECISIONS_MAX", 1)
    world = World(a_desk())

    with pytest.raises(OverflowError, match="decisions"):
        world.message("zoe")


def test_a_new_engine_waits_for_nothing() -> None:
    """Without state there is no deadline."""
    assert Engine().next_deadline_ms() is None


def test_the_next_deadline_is_the_earliest() -> None:
    """What the ticker waits for."""
    world = World(a_desk())
    world.message("zoe")
    world.tick()

    # The queue was measured at once and is not stale; then somebody else joins it.
    assert world.engine.next_deadline_ms() == START_MS + 60_000
    world.message("yan")
    assert world.engine.next_deadline_ms() == START_MS + 10_000


def test_a_desk_of_a_foreign_tenant_is_not_configured_here() -> None:
    """I10: a desk's name alone says nothing."""
    world = World(a_desk())
    event = Event(
        id="x",
        type=e.AgentPresenceSet.type,
        tenant_id="other",
        desk_id="support",
        time_ms=world.now_ms,
        traceparent=None,
        data=e.AgentPresenceSet(agent_id="ann", presence="available"),
    )

    refused = refusal(world.hear_event(event, event_id="x"))

    assert refused.reason is RefusalReason.DESK_NOT_CONFIGURED


def test_the_configuration_contract_refuses_unknown_names() -> None:
    """A document that names a queue which is not there never becomes an event."""
    with pytest.raises(ValueError, match="not configured: nowhere"):
        DeskConfiguration.model_validate(
            {"queues": [{"queue_id": "general"}], "default": {"queue": "nowhere"}}
        )
