"""Kinds of work that the desk's document does not name: they are routed like any other."""

from dataclasses import replace

from libs.common.contracts import events as e
from services.router.core.engine import Engine
from tests.unit.services.router.core.world import (
    World,
    a_desk,
    a_message,
    contact_point,
    offered,
)


def test_a_channel_that_no_document_names_is_routed() -> None:
    """Its first item finds the agents who have sat there since before anybody knew of it."""
    world = World(a_desk(capacity_weights={}))
    world.arrives("ann")

    assert offered(world.message("zoe")).agent_id == "ann"


def test_what_is_heavy_is_known_from_the_document_alone() -> None:
    """A restored state has not seen the lighter work that came by, and decides the same."""
    world = World(a_desk(capacity_weights={"web_chat": 2}))
    mail = a_message("yan")
    to_mail = replace(mail.reply_to, channel="email")
    world.hear(mail.model_copy(update={"reply_to": to_mail}))
    world.hear(e.ContactEnded(contact_point_id=contact_point("yan")))

    world.twin = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)
    world.message("zoe")

    # The twin must say the same when zoe's patience is over, or was never counted.
    world.tick(after_s=60)
    assert world.twin.canonical_hash() == world.engine.canonical_hash()
