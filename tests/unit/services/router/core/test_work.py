"""What an owner does with a conversation besides answering."""

from dataclasses import replace

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, QueueingReason, RefusalReason
from tests.unit.services.router.core.world import (
    World,
    a_desk,
    a_message,
    offered,
    refusal,
    types,
)


def _owned(world: World, *, agent_id: str = "ann", **labels: str) -> dict[str, str]:
    world.arrives(agent_id)
    offer = offered(world.message("zoe", **labels))
    world.accept(offer)
    return {"agent_id": agent_id, "conversation_id": offer.conversation_id}


def test_a_transfer_keeps_the_virtual_time_and_takes_the_new_queues_skills() -> None:
    """R5: waiting is not begun anew by a transfer."""
    world = World(a_desk())
    place = _owned(world)
    begun_ms = world.now_ms
    world.now_ms += 60_000

    decisions = world.hear(e.TransferRequested(**place, queue_id="billing", note="a refund"))

    [queued] = decisions
    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.reason, queued.note) == (QueueingReason.TRANSFERRED, "a refund")
    assert queued.requires == {"billing": 2}
    assert queued.virtual_time_ms == begun_ms


def test_a_transfer_to_an_unknown_queue_is_refused() -> None:
    """The conversation stays where it is."""
    world = World(a_desk())
    place = _owned(world)

    refused = refusal(world.hear(e.TransferRequested(**place, queue_id="nowhere")))

    assert refused.reason is RefusalReason.UNKNOWN_QUEUE


def test_a_parked_conversation_frees_its_owner_and_comes_back_to_it() -> None:
    """R17: while the customer thinks, the item costs the parked weight only."""
    world = World(a_desk())
    place = _owned(world)
    parked = world.hear(e.ParkRequested(**place))

    [filed, resumed] = world.message("zoe", "I am back")

    assert types(parked) == ["work_item_parked"]
    assert isinstance(filed, d.MessageFiled)
    assert isinstance(resumed, d.WorkItemResumed)
    assert resumed.virtual_time_ms == world.now_ms


def test_only_assigned_work_can_be_parked() -> None:
    """Parking twice is refused."""
    world = World(a_desk())
    place = _owned(world)
    world.hear(e.ParkRequested(**place))

    refused = refusal(world.hear(e.ParkRequested(**place)))

    assert refused.reason is RefusalReason.ILLEGAL_TRANSITION


def test_a_returning_customer_is_held_for_an_owner_without_room() -> None:
    """R17: un-parking may not exceed capacity; the owner goes on as soon as there is room."""
    world = World(a_desk())
    place = _owned(world, agent_id="cem")
    world.hear(e.ParkRequested(**place))
    other = offered(world.message("yan"))
    world.accept(other)

    held = world.message("zoe", "I am back")
    load = world.engine.state.held_units(("acme", "support", "cem"))
    closed = world.hear(e.CloseRequested(agent_id="cem", conversation_id=other.conversation_id))

    assert types(held) == ["message_filed", "work_item_held"]
    assert load == 2
    assert types(closed)[-1] == "work_item_resumed"


def test_a_hold_ends_and_anyone_may_have_the_item() -> None:
    """R17: then it is queued, with the wait that began when the customer came back."""
    world = World(a_desk())
    place = _owned(world, agent_id="cem")
    world.hear(e.ParkRequested(**place))
    world.accept(offered(world.message("yan")))
    world.message("zoe", "I am back")
    returned_ms = world.now_ms

    [queued] = world.tick(after_s=30)

    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.reason, queued.virtual_time_ms) == (QueueingReason.HOLD_ENDED, returned_ms)


def test_a_returning_customer_does_not_wait_for_an_absent_owner() -> None:
    """A hold starts only if the owner is present."""
    world = World(a_desk())
    place = _owned(world)
    world.hear(e.ParkRequested(**place))
    world.presence("ann", Presence.AWAY)

    decisions = world.message("zoe", "I am back")

    assert types(decisions) == ["message_filed", "work_item_held", "work_item_queued"]


def test_closing_without_wrap_up_completes_at_once() -> None:
    """The agent is free for what waits."""
    world = World(a_desk())
    place = _owned(world)

    decisions = world.hear(e.CloseRequested(**place))

    assert types(decisions) == ["conversation_closed", "work_item_completed"]


def test_a_close_that_overlooks_what_came_meanwhile_is_refused() -> None:
    """Its customer is answered first; whoever has seen all of it closes."""
    world = World(a_desk())
    place = _owned(world)
    seen = world.message("zoe", "and another thing")[0]
    assert isinstance(seen, d.MessageFiled)

    overlooking = world.hear(e.CloseRequested(**place, after_sequence=seen.sequence - 1))
    closing = world.hear(e.CloseRequested(**place, after_sequence=seen.sequence))

    assert refusal(overlooking).reason is RefusalReason.CONVERSATION_WENT_ON
    assert refusal(overlooking).detail == f"its last place is {seen.sequence}"
    assert types(closing) == ["conversation_closed", "work_item_completed"]


def test_wrap_up_holds_full_weight_until_the_code_is_given() -> None:
    """R17: a message after closing opens a new conversation."""
    world = World(a_desk())
    place = _owned(world, agent_id="bob", topic="billing")
    closed = world.hear(e.CloseRequested(**place))
    wrapping = closed[-1]
    assert isinstance(wrapping, d.WorkItemWrappingUp)

    item_id = wrapping.work_item_id
    done = world.hear(e.WrapUpFinished(agent_id="bob", work_item_id=item_id, code="refunded"))

    assert types(closed) == ["conversation_closed", "work_item_wrapping_up"]
    assert isinstance(done[0], d.WorkItemCompleted)
    assert done[0].code == "refunded"
    assert types(world.message("zoe"))[0] == "conversation_opened"


def test_closing_parked_work_without_room_completes_at_once() -> None:
    """Wrap-up costs the full weight, and there is no room for it."""
    world = World(a_desk(capacity_weights={"web_chat": 4}))
    place = _owned(world, agent_id="bob", topic="billing")
    world.hear(e.ParkRequested(**place))
    world.accept(offered(world.message("yan")))

    decisions = world.hear(e.CloseRequested(**place))

    assert types(decisions) == ["conversation_closed", "work_item_completed"]


@pytest.mark.parametrize(
    ("agent_id", "work_item_id", "reason"),
    [
        ("bob", "itm_none", RefusalReason.UNKNOWN_WORK_ITEM),
        ("ann", None, RefusalReason.NOT_THE_OWNER),
        ("bob", None, RefusalReason.ILLEGAL_TRANSITION),
    ],
)
def test_wrap_up_of_anything_else_is_refused(
    agent_id: str, work_item_id: str | None, reason: RefusalReason
) -> None:
    """Unknown items, others' items, and items that are not being wrapped up."""
    world = World(a_desk())
    world.arrives("bob")
    offer = offered(world.message("zoe"))
    world.accept(offer)

    said = e.WrapUpFinished(agent_id=agent_id, work_item_id=work_item_id or offer.work_item_id)

    assert refusal(world.hear(said)).reason is reason


def test_an_owner_who_had_no_room_in_time_has_room_for_what_waits() -> None:
    """The parked item's units are free once it is given up, and nobody waits beside them (R10)."""
    cem = {"agent_id": "cem", "queues": {"general": 1}, "capacity_units": 3}
    policies = {"parked_weight": 1, "owner_hold_s": 30}
    world = World(a_desk(policies=policies, agents=[cem]))
    place = _owned(world, agent_id="cem")
    world.hear(e.ParkRequested(**place))
    world.accept(offered(world.message("yan")))
    world.message("zoe", "I am back")
    mail = a_message("xia")
    light = mail.model_copy(update={"reply_to": replace(mail.reply_to, channel="email")})
    world.hear(light)

    decisions = world.tick(after_s=30)

    assert types(decisions) == ["work_item_queued", "reservation_opened"]
    assert offered(decisions).channel == "email"


def test_an_item_that_comes_back_to_a_queue_does_not_escalate_there_again() -> None:
    """I6: once in a wait, however often the item is handed on."""
    world = World(a_desk())
    world.message("zoe")
    assert types(world.tick(after_s=60)) == ["escalation_fired"]
    world.arrives("bob")
    [offer] = [item.offered[0] for item in world.engine.state.work_items()]
    world.hear(e.ReservationAccepted(agent_id=offer[0], reservation_id=offer[1]))
    [item] = world.engine.state.work_items()
    for queue_id in ("billing", "general"):
        owner = {"agent_id": "bob", "conversation_id": item.conversation_id}
        world.hear(e.TransferRequested(**owner, queue_id=queue_id))
        [offer] = item.offered
        world.hear(e.ReservationAccepted(agent_id=offer[0], reservation_id=offer[1]))

    assert item.queue_id == "general"
    assert item.escalation_due_ms is None
