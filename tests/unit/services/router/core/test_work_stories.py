"""Calls among other work: nothing is put beside them, and they don't wait for anybody."""

from dataclasses import replace

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
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
