"""Threads that were over go on: within their window, once, with new work and new promises (R23)."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from services.router.core import reopening
from services.router.core.aftercare import ClosedConversation
from services.router.core.engine import Engine
from services.router.core.entities import ContactPoint, Conversation
from tests.unit.services.router.core.world import (
    DESK,
    TENANT,
    World,
    a_desk,
    contact_point,
    offered,
    types,
)

WINDOW_S = 600


def a_world(**queue: object) -> World:
    """A desk that lets conversations go on for ten minutes, and its agent."""
    document: dict[str, object] = {"policies": {"reopen_within_s": WINDOW_S}}
    if queue:
        document["queues"] = [
            {"queue_id": "general", **queue},
            {"queue_id": "billing", "requires": {"billing": 2}, "wrap_up_s": 30},
        ]
    world = World(a_desk(**document))
    world.arrives("ann")
    return world


def closed(world: World, customer: str = "zoe") -> str:
    """A conversation that its owner has closed."""
    offer = offered(world.message(customer))
    world.accept(offer)
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=offer.conversation_id))
    return offer.conversation_id


def the_point(world: World, customer: str = "zoe") -> ContactPoint | None:
    """What is known of a customer's address."""
    return world.engine.state.get(ContactPoint, TENANT, DESK, contact_point(customer))


def test_a_message_within_the_window_continues_the_same_conversation() -> None:
    """R23: same conversation, places counted on, a new work item."""
    world = a_world()
    conversation_id = closed(world)
    world.now_ms += 1_000 * WINDOW_S - 1

    decisions = world.message("zoe")

    assert types(decisions)[:3] == ["conversation_reopened", "message_filed", "work_item_queued"]
    filed = next(one for one in decisions if isinstance(one, d.MessageFiled))
    assert (filed.conversation_id, filed.sequence) == (conversation_id, 2)
    assert not world.engine.state.tables["closed_conversation"]
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_the_windows_end_is_exact_however_late_its_tick() -> None:
    """At its last millisecond the window is over, whether a tick has said so or not."""
    world = a_world()
    first = closed(world)
    world.now_ms += 1_000 * WINDOW_S

    opened = world.message("zoe")[0]
    ended = world.tick()

    assert isinstance(opened, d.ConversationOpened)
    assert types(ended) == ["reopening_ended"]
    point = the_point(world)
    assert point is not None
    assert point.conversation_id == opened.conversation_id != first
    assert point.closed_id is None


def test_a_late_end_of_an_older_window_leaves_the_newer_one() -> None:
    """A second thread may be over before the tick that ends the first one's window."""
    world = a_world()
    closed(world)
    world.now_ms += 1_000 * WINDOW_S
    second = closed(world)

    assert types(world.tick()) == ["reopening_ended"]

    reopened = world.message("zoe")[0]
    assert isinstance(reopened, d.ConversationReopened)
    assert reopened.conversation_id == second


def test_after_the_window_nothing_is_remembered() -> None:
    """A customer who never comes back leaves nothing behind."""
    world = a_world()
    closed(world)

    assert types(world.tick(after_s=WINDOW_S)) == ["reopening_ended"]

    assert the_point(world) is None
    assert not world.engine.state.tables["closed_conversation"]


def test_a_desk_that_says_nothing_never_reopens() -> None:
    """What was over stays over where nobody asked for anything else."""
    world = World(a_desk())
    world.arrives("ann")
    closed(world)

    assert types(world.message("zoe"))[0] == "conversation_opened"


@pytest.mark.parametrize(
    ("of_queue", "expected"), [(0, "conversation_opened"), (5, "conversation_reopened")]
)
def test_a_queues_own_window_goes_before_the_desks(of_queue: int, expected: str) -> None:
    """0 of a queue means never, whatever the desk says."""
    world = a_world(reopen_within_s=of_queue)
    closed(world)

    assert types(world.message("zoe"))[0] == expected


def test_a_running_window_keeps_the_version_that_it_began_under() -> None:
    """R24: a desk that stops reopening does so for what ends from then on."""
    world = a_world()
    closed(world)
    world.hear(e.DeskConfigured(configuration=a_desk()))
    world.tick()

    assert types(world.message("zoe"))[0] == "conversation_reopened"


def test_the_last_agent_is_asked_first() -> None:
    """R11 holds for what is reopened as for what is new."""
    world = a_world(last_agent_hold_s=30)
    closed(world)
    world.arrives("cem")
    world.now_ms += 1_000

    assert offered(world.message("zoe")).agent_id == "ann"


def test_what_a_linked_address_closed_last_goes_on() -> None:
    """R22 among closed threads: the own one first, else the one that was closed last."""
    world = a_world()
    closed(world, "zoe-mail")
    world.now_ms += 1_000
    later = closed(world, "zoe-phone")
    for other in ("zoe-mail", "zoe-phone"):
        points = (contact_point("zoe"), contact_point(other))
        world.hear(e.ContactPointsLinked(contact_point_ids=points))

    reopened = world.message("zoe")[0]

    assert isinstance(reopened, d.ConversationReopened)
    assert (reopened.conversation_id, reopened.contact_point_id) == (
        later,
        contact_point("zoe-phone"),
    )


def test_a_caller_who_gave_up_goes_on_where_they_waited() -> None:
    """Who leaves before anybody had them comes back to the same thread."""
    world = World(a_desk(policies={"reopen_within_s": WINDOW_S}))
    opened = world.message("zoe")[0]
    world.hear(e.ContactEnded(contact_point_id=contact_point("zoe")))

    reopened = world.message("zoe")[0]

    assert isinstance(opened, d.ConversationOpened)
    assert isinstance(reopened, d.ConversationReopened)
    assert reopened.conversation_id == opened.conversation_id


def test_a_wrap_up_goes_on_beside_the_reopened_conversation() -> None:
    """The work after the first part ends as that part's, and touches nothing of the second."""
    world = a_world(wrap_up_s=60)
    conversation_id = closed(world)
    world.message("zoe")

    done = next(one for one in world.tick(after_s=60) if isinstance(one, d.WorkItemCompleted))

    assert done.is_reopened
    conversation = world.engine.state.need(Conversation, conversation_id)
    assert conversation.work_item_id not in (None, done.work_item_id)


def test_a_restored_state_ends_windows_as_the_live_one_does() -> None:
    """The window is a deadline of the saved thread."""
    world = a_world()
    closed(world)
    restored = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    assert restored.state.deadlines.all() == world.engine.state.deadlines.all()
    assert restored.canonical_hash() == world.engine.canonical_hash()


def test_beyond_the_limit_threads_end_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: what can't be remembered is over."""
    monkeypatch.setattr(reopening, "CLOSED_CONVERSATIONS_MAX", 1)
    world = a_world()
    closed(world)
    closed(world, "yan")

    assert [
        one.conversation_id
        for one in world.engine.state.tables["closed_conversation"].values()
        if isinstance(one, ClosedConversation)
    ] != []
    assert types(world.message("yan"))[0] == "conversation_opened"


def test_the_window_of_a_queue_that_is_gone_is_the_desks() -> None:
    """A queue may leave the document while its last conversation is at hand."""
    world = a_world()
    offer = offered(world.message("zoe"))
    world.accept(offer)
    queues = [{"queue_id": "other"}]
    agents = [{"agent_id": "ann", "queues": {"other": 1}}]
    without = a_desk(
        queues=queues,
        agents=agents,
        rules=[],
        default={"queue": "other"},
        migrate_to={"general": "other", "billing": "other"},
        policies={"reopen_within_s": WINDOW_S},
    )
    world.hear(e.DeskConfigured(configuration=without))

    decisions = world.hear(e.CloseRequested(agent_id="ann", conversation_id=offer.conversation_id))

    over = next(one for one in decisions if isinstance(one, d.ConversationClosed))
    assert over.reopen_until_ms == world.now_ms + 1_000 * WINDOW_S
