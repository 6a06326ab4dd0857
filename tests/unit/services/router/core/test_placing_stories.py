"""What a free agent is given when something heavy was passed over (R6), and in what order (R4)."""

from dataclasses import replace

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence
from tests.unit.services.router.core.world import World, a_desk, a_message, offered, types

CHANNELS = {"phone": {"weight": 2, "exclusive": True}, "web_chat": {"weight": 1}}
URGENT = {
    "rule_id": "urgent",
    "when": {"topic": ["urgent"]},
    "then": {"queue": "general", "strict_class": 0},
}


def a_call(customer: str) -> e.MessageReceived:
    """The customer calls."""
    message = a_message(customer)
    return message.model_copy(update={"reply_to": replace(message.reply_to, channel="phone")})


@pytest.mark.parametrize(
    ("labels", "given"), [({}, "hold_opened"), ({"topic": "urgent"}, "reservation_opened")]
)
def test_what_fits_goes_before_what_was_passed_over_only_by_its_class(
    labels: dict[str, str], given: str
) -> None:
    """An agent who has room for a chat alone is kept for the call, unless the chat is urgent."""
    ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 3}
    world = World(a_desk(agents=[ann], rules=[URGENT], channels=CHANNELS))
    world.arrives("ann")
    world.accept(offered(world.message("ada")))
    world.presence("ann", Presence.AWAY)
    world.hear(a_call("zoe"))
    world.tick(after_s=60)
    world.message("yan", **labels)

    decisions = world.presence("ann", Presence.AVAILABLE)

    assert types(decisions)[1] == given


def test_what_was_passed_over_and_fits_waits_for_its_turn() -> None:
    """Where it fits it needs no agent kept, and a better class goes first."""
    ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}
    world = World(a_desk(agents=[ann], rules=[URGENT], channels=CHANNELS))
    world.hear(a_call("zoe"))
    world.tick(after_s=60)
    urgent = a_call("yan").model_copy(update={"labels": {"topic": "urgent"}})
    opened = world.hear(urgent)[0]

    given = world.arrives("ann")[-1]

    assert given.conversation_id == opened.conversation_id  # type: ignore[union-attr]
