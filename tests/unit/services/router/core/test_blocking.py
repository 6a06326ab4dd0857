"""Spam is over without a word, and a blocked contact point opens no work and loses nothing."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.thread_events import SpamMarked, UnblockRequested
from services.router.core import blocking
from services.router.core.entities import ContactPoint, Conversation
from tests.unit.services.router.core.desks import Part, a_desk_of, at_work, busy
from tests.unit.services.router.core.promised_desks import a_promising_desk, tells_the_same
from tests.unit.services.router.core.world import (
    DESK,
    TENANT,
    World,
    contact_point,
    refusal,
    types,
)

FILED = ["blocked_message_filed"]


def a_world() -> World:
    """One agent, one queue that asks the last agent first and wraps up."""
    return at_work(a_desk_of({"queue_id": "general", "last_agent_hold_s": 30}), "ann")


def mark(
    world: World, customer: str, *, blocks: bool = False, for_s: int | None = None
) -> tuple[d.AnyDecision, ...]:
    """Ann has the customer, and marks the conversation as spam."""
    conversation_id = str(busy(world, customer)["conversation_id"])
    return world.hear(
        SpamMarked(
            agent_id="ann", conversation_id=conversation_id, blocks=blocks, block_for_s=for_s
        )
    )


def unblock(world: World, customer: str) -> tuple[d.AnyDecision, ...]:
    """A supervisor lets the customer open work again."""
    point = contact_point(customer)
    return world.hear(UnblockRequested(agent_id="sam", contact_point_id=point))


def test_spam_is_closed_with_its_outcome_and_the_agent_is_free() -> None:
    """Nothing is said, nobody wraps up, and who served it last is not remembered."""
    world = a_world()
    decisions = mark(world, "zoe")

    assert types(decisions) == ["conversation_closed", "work_item_completed"]
    closed, completed = decisions
    assert isinstance(closed, d.ConversationClosed)
    assert (closed.outcome, closed.agent_id, closed.reopen_until_ms) == ("spam", "ann", None)
    assert isinstance(completed, d.WorkItemCompleted)
    assert completed.code == "spam"
    assert not world.engine.state.tables["contact_point"]
    assert "conversation_opened" in types(world.message("zoe"))
    tells_the_same(world)


def test_spam_meets_no_promise() -> None:
    """Its clocks end, and count neither as kept nor as broken."""
    world = World(a_promising_desk())
    world.arrives("ann")
    decisions = mark(world, "zoe")

    assert [one.type for one in decisions if one.type.startswith("sla_")] == ["sla_ended"]
    tells_the_same(world)


def test_participants_leave_with_the_spam() -> None:
    """Whoever was beside is free."""
    agents: dict[str, Part] = {"ann": {}, "bob": {}}
    world = at_work(a_desk_of({"queue_id": "general"}, agents=agents), "ann", "bob")
    taken = busy(world, "zoe")
    world.hear(e.ParticipantInvited(**{**taken, "participant_id": "bob", "kind": "consultant"}))
    decisions = world.hear(SpamMarked(**taken))

    assert "participant_removed" in types(decisions)


def test_blocked_contact_point_opens_no_work_until_its_time_is_over() -> None:
    """What it writes is filed with its content; a tick that is late lets nobody wait."""
    world = a_world()
    assert "contact_point_blocked" in types(mark(world, "zoe", blocks=True, for_s=60))
    decisions = world.message("zoe", "Buy!")

    assert types(decisions) == FILED
    assert isinstance(decisions[0], d.BlockedMessageFiled)
    assert decisions[0].content.text == "Buy!"
    assert "conversation_opened" in types(world.message("yan"))
    tells_the_same(world)
    world.now_ms += 59_999
    assert types(world.message("zoe")) == FILED
    world.now_ms += 1
    assert "conversation_opened" in types(world.message("zoe"))
    ended = [one for one in world.tick() if isinstance(one, d.ContactPointUnblocked)]
    assert [(one.cause, one.agent_id) for one in ended] == [("expired", None)]
    tells_the_same(world)


def test_block_without_a_time_holds_until_somebody_ends_it() -> None:
    """And nothing of it is left then."""
    world = a_world()
    mark(world, "zoe", blocks=True)
    world.tick(after_s=86_400)
    assert types(world.message("zoe")) == FILED
    [unblocked] = unblock(world, "zoe")

    assert isinstance(unblocked, d.ContactPointUnblocked)
    assert (unblocked.cause, unblocked.agent_id) == ("unblocked", "sam")
    assert not world.engine.state.tables["contact_point"]
    assert "conversation_opened" in types(world.message("zoe"))
    tells_the_same(world)


def test_only_who_is_blocked_is_unblocked() -> None:
    """Neither a stranger nor a customer who is not."""
    world = a_world()
    world.message("zoe")

    for customer in ("zoe", "yan"):
        assert refusal(unblock(world, customer)).reason is RefusalReason.NOT_BLOCKED


def test_sender_is_blocked_not_whom_the_conversation_began_with() -> None:
    """Linked contact points may share a conversation: the one that wrote last is meant."""
    world = a_world()
    pair = (contact_point("zoe"), contact_point("yan"))
    world.hear(e.ContactPointsLinked(contact_point_ids=pair))
    taken = busy(world, "zoe")
    world.message("yan")
    world.hear(SpamMarked(**{**taken, "blocks": True}))

    assert types(world.message("yan")) == FILED
    assert "conversation_opened" in types(world.message("zoe"))


def test_conversation_without_an_address_blocks_its_own_contact_point() -> None:
    """There always is one to block."""
    world = a_world()
    taken = busy(world, "zoe")
    world.engine.state.need(Conversation, str(taken["conversation_id"])).reply_to = None
    world.hear(SpamMarked(**{**taken, "blocks": True}))

    assert world.engine.state.need(ContactPoint, TENANT, DESK, contact_point("zoe")).is_blocked


def test_so_many_contact_points_are_remembered_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next block is refused; marking as spam alone is not."""
    world = a_world()
    monkeypatch.setattr(blocking, "CONTACT_POINTS_MAX", 0)

    assert refusal(mark(world, "zoe", blocks=True)).reason is RefusalReason.LIMIT_REACHED
    assert types(mark(world, "yan"))[0] == "conversation_closed"
