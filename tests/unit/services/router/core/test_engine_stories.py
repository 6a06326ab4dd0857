"""Limits across many items of one agent, and waits that follow each other."""

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.terms import DeliveryOutcome, RefusalReason
from libs.common.contracts.wire import Event
from services.router.core import participants, turn, work
from tests.unit.services.router.core.desks import (
    a_desk_of,
    agent,
    at_work,
    busy,
    configure,
    only_item,
)
from tests.unit.services.router.core.world import (
    DESK,
    TENANT,
    World,
    offered,
    refusal,
    types,
)

ONE: dict[str, dict[str, object]] = {"ann": {"capacity_units": 1}}
HEAVY = {"capacity_weights": {"web_chat": 3, "telegram": 1}}


def parked(world: World, *customers: str) -> None:
    """Ann serves each of them and waits for their answer."""
    for customer in customers:
        world.hear(e.ParkRequested(**busy(world, customer)))


def test_what_a_removed_agent_owned_is_given_back_over_several_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R2: parked work costs nothing, so an agent may own any number."""
    world = at_work(a_desk_of(agents=ONE), "ann")
    parked(world, "zoe", "yan", "xin", "wes")
    configure(world, a_desk_of(agents={"bob": {}}))
    monkeypatch.setattr(turn, "DECISIONS_BEFORE_PAUSE", 2)

    records = [types(world.tick()).count("work_item_queued") for _ in range(8)]

    assert sum(records) == 4
    assert max(records) <= 2


def test_an_agent_who_owns_very_much_parks_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are finite and named."""
    monkeypatch.setattr(work, "ITEMS_OF_AGENT_MAX", 2)
    world = at_work(a_desk_of(agents=ONE), "ann")
    parked(world, "zoe")
    place = busy(world, "yan")

    assert refusal(world.hear(e.ParkRequested(**place))).reason is RefusalReason.LIMIT_REACHED


def test_a_connection_is_a_sign_of_its_replicas_life() -> None:
    """R20: a replica without agents is not listened to; with the first one it counts anew."""
    world = at_work(a_desk_of(agents=ONE), "ann")
    connection = agent(world, "ann").connection_id or ""
    world.hear(e.AgentDisconnected(agent_id="ann", connection_id=connection))
    world.now_ms += 14_000
    world.arrives("ann")

    world.tick(after_s=2, is_alive=False)

    assert agent(world, "ann").is_present


def test_held_time_is_no_credit_in_the_next_wait() -> None:
    """R4, R5: the wait began when the customer came back, and counts once."""
    world = at_work(a_desk_of(agents=ONE, policies={"owner_hold_s": 3_600}), "ann")
    zoe = busy(world, "zoe")
    for number in range(3):
        world.hear(e.ParkRequested(**zoe))
        other = busy(world, f"other-{number}")
        world.message("zoe")
        world.tick(after_s=1_000)
        world.hear(e.CloseRequested(**other))

    item = only_item(world)
    assert item.waiting_since_ms == item.virtual_time_ms


def test_a_promotion_ends_with_its_wait() -> None:
    """R5, R7: long waits do not add up to a class of their own."""
    world = World(a_desk_of(agents=ONE, policies={"promote_after_s": 10}))
    world.message("zoe")
    world.tick(after_s=10)
    assert only_item(world).strict_class == 4
    offer = offered(world.arrives("ann"))
    world.accept(offer)
    place = {"agent_id": "ann", "conversation_id": offer.conversation_id}

    world.hear(e.ParkRequested(**place))
    world.message("zoe")

    assert only_item(world).strict_class == 5


def test_a_class_that_a_step_gave_stays() -> None:
    """R5: only promotion is earned by waiting."""
    steps = [{"after_s": 20, "strict_class": 2}]
    queue = {"queue_id": "general", "steps": steps}
    world = World(a_desk_of(queue, agents=ONE, policies={"promote_after_s": 10}))
    world.message("zoe")
    world.tick(after_s=10)
    world.tick(after_s=9.999)
    world.tick(after_s=1)
    offer = offered(world.arrives("ann"))
    world.accept(offer)
    before = only_item(world).strict_class

    world.hear(e.ParkRequested(agent_id="ann", conversation_id=offer.conversation_id))
    world.message("zoe")

    assert before <= 2
    assert only_item(world).strict_class in {2, before}


def test_a_step_into_another_queue_takes_its_alarm() -> None:
    """I6: the people of the queue in which the item waits are told."""
    first = {"queue_id": "general", "steps": [{"after_s": 10, "move_to": "billing"}]}
    second = {"queue_id": "billing", "escalation": {"after_s": 60}}
    world = World(a_desk_of(first, second, agents=ONE))
    world.message("zoe")
    world.tick(after_s=10)

    assert types(world.tick(after_s=50)) == ["escalation_fired"]


def test_nobody_takes_part_in_more_than_their_leaving_may_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R2: a monitor costs nothing, so their number needs a limit of its own."""
    monkeypatch.setattr(participants, "PARTICIPATIONS_MAX", 1)
    both: dict[str, dict[str, object]] = {"ann": {"capacity_units": 2}, "eve": {"queues": {}}}
    world = at_work(a_desk_of(agents=both), "ann")

    said = [
        e.ParticipantInvited(
            agent_id="eve",
            conversation_id=busy(world, customer)["conversation_id"],
            participant_id="eve",
            kind="monitor",
        )
        for customer in ("zoe", "yan")
    ]

    assert types(world.hear(said[0])) == ["participant_joined"]
    assert refusal(world.hear(said[1])).reason is RefusalReason.LIMIT_REACHED


def test_who_is_kept_for_a_heavy_item_is_invited_nowhere() -> None:
    """R6: nothing else until it fits."""
    both: dict[str, dict[str, object]] = {
        "ann": {"capacity_units": 3},
        "bob": {"queues": {"other": 1}, "capacity_units": 6},
    }
    queues = ({"queue_id": "general"}, {"queue_id": "other"})
    world = at_work(a_desk_of(*queues, **HEAVY, agents=both), "ann", "bob")
    busy(world, "yan", channel="telegram", topic="general")
    world.message("zoe", topic="general")
    world.tick(after_s=60)
    assert agent(world, "ann").kept_for is not None
    place = busy(world, "xin", topic="other")
    invited = e.ParticipantInvited(**place, participant_id="ann", kind="consultant")

    assert refusal(world.hear(invited)).reason is RefusalReason.NO_CAPACITY


def test_a_call_beside_channels_that_nobody_named_is_not_starved() -> None:
    """R6: an exclusive channel is heavy whatever else may come."""
    desk = a_desk_of(agents={"ann": {"capacity_units": 1}}, channels={"voice": {"exclusive": True}})
    world = at_work(desk, "ann")
    busy(world, "zoe")
    world.message("yan", channel="voice")

    assert types(world.tick(after_s=60)) == ["work_item_passed_over", "hold_opened"]


def test_another_desks_delivery_is_refused() -> None:
    """I10: a report names a conversation of its own desk, or one that is long closed."""
    world = at_work(a_desk_of(agents=ONE), "ann")
    conversation_id = str(busy(world, "zoe")["conversation_id"])
    report = e.DeliveryReported(
        conversation_id=conversation_id, reply_id="r", outcome=DeliveryOutcome.SENT, attempt=1
    )
    assert types(world.hear(report)) == ["delivery_filed"]
    [conversation] = world.engine.state.tables["conversation"].values()
    conversation.desk_id = "other"  # type: ignore[union-attr]  # it is a Conversation

    event = Event(
        id="again",
        type=report.type,
        tenant_id=TENANT,
        desk_id=DESK,
        time_ms=world.now_ms,
        traceparent=None,
        data=report,
    )
    decisions = world.engine.decide(
        event, event_id="again", event_offset=world.offset, appended_at_ms=world.now_ms
    )

    assert refusal(decisions).reason is RefusalReason.UNKNOWN_CONVERSATION
