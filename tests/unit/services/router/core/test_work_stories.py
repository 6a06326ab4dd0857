"""Calls among other work: nothing is put beside them, and they don't wait for anybody."""

from dataclasses import replace

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import ParticipantKind, RefusalReason
from tests.unit.services.router.core.world import World, a_desk, a_message, offered, refusal, types

CHANNELS = {"phone": {"weight": 1, "exclusive": True}}


def a_call(customer: str) -> e.MessageReceived:
    """The customer calls."""
    message = a_message(customer)
    return message.model_copy(update={"reply_to": replace(message.reply_to, channel="phone")})


def owned(world: World, decisions: tuple[d.AnyDecision, ...]) -> dict[str, str]:
    """What was offered is accepted; returns how its owner names it."""
    offer = offered(decisions)
    world.accept(offer)
    return {"agent_id": offer.agent_id, "conversation_id": offer.conversation_id}


def test_a_parked_conversation_does_not_come_back_beside_a_call() -> None:
    """Un-parking asks for all that an offer asks for, not for units alone (R17, R18)."""
    world = World(a_desk(channels=CHANNELS))
    world.arrives("ann")
    world.hear(e.ParkRequested(**owned(world, world.message("zoe"))))
    call = owned(world, world.hear(a_call("yan")))

    back = world.message("zoe", "I am back")
    over = world.hear(e.CloseRequested(**call))

    assert types(back)[-1] == "work_item_held"
    assert types(over)[-1] == "work_item_resumed"


def test_a_call_is_not_parked() -> None:
    """Somebody is on the line: there is nothing to wait for (R18)."""
    world = World(a_desk(channels=CHANNELS))
    world.arrives("ann")
    call = owned(world, world.hear(a_call("yan")))

    refused = refusal(world.hear(e.ParkRequested(**call)))

    assert refused.reason is RefusalReason.ILLEGAL_TRANSITION


def test_an_owner_who_left_is_not_the_one_who_is_asked() -> None:
    """Giving a conversation up counts as a refusal: others are asked first (R19, R12)."""
    world = World(a_desk())
    world.arrives("ann")
    place = owned(world, world.message("zoe"))
    world.tick(after_s=1)
    world.arrives("cem")

    assert offered(world.hear(e.OwnerLeft(**place))).agent_id == "cem"


def test_a_successor_has_as_long_to_answer_as_anybody_who_accepts() -> None:
    """The time that the owner before them let pass is not theirs (R19)."""
    world = World(a_desk(policies={"unanswered_take_back_after_s": 60}))
    world.arrives("ann")
    place = owned(world, world.message("zoe"))
    world.arrives("cem")
    world.tick(after_s=50)
    beside = {"participant_id": "cem", "kind": ParticipantKind.CONFEREE}
    world.hear(e.ParticipantInvited(**place, **beside))
    world.hear(e.OwnerLeft(**place, successor_id="cem"))

    assert "work_item_queued" not in types(world.tick(after_s=59))
    assert "work_item_queued" in types(world.tick(after_s=1))


def test_a_customer_who_comes_back_begins_a_new_wait() -> None:
    """Steps and alarm count from the answer, not from an hour before (R5, R13)."""
    general = {
        "queue_id": "general",
        "escalation": {"after_s": 60},
        "steps": [{"after_s": 40, "credit_s": 1}],
    }
    ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}
    world = World(a_desk(queues=[general], agents=[ann], rules=[]))
    world.arrives("ann")
    place = owned(world, world.message("zoe"))
    world.hear(e.ParkRequested(**place))
    world.tick(after_s=3_600)
    world.accept(offered(world.message("yan")))
    world.message("zoe", "I am back")

    assert types(world.tick(after_s=39)) == ["work_item_queued"]
    assert types(world.tick(after_s=1)) == ["work_item_relaxed"]
    assert types(world.tick(after_s=20)) == ["escalation_fired"]
