"""What comes while its queue is closed."""

from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from tests.unit.services.router.core.test_hours import ALWAYS, OPENS_SOON
from tests.unit.services.router.core.world import World, a_desk, a_message, types

NOTICES = [
    {"language": "en", "text": "Open at {next_opening}."},
    {"language": "de", "text": "Ab {next_opening}."},
]


def a_world(*queues: dict[str, Any]) -> World:
    """The queues, the first of which takes what comes; nobody is there."""
    return World(
        a_desk(
            skills=[],
            queues=[{"calendar": "soon", **queue} for queue in queues],
            agents=[],
            rules=[],
            default={"queue": queues[0]["queue_id"]},
            calendars=[OPENS_SOON, ALWAYS],
        )
    )


def queue_of(decisions: tuple[d.AnyDecision, ...]) -> str:
    """Where the conversation went."""
    (queued,) = (one for one in decisions if isinstance(one, d.WorkItemQueued))
    return queued.queue_id


def test_it_waits_where_nothing_else_is_said() -> None:
    """The customer stands in the line of the closed queue, and is told nothing."""
    decisions = a_world({"queue_id": "general"}).message("zoe")

    assert types(decisions) == ["conversation_opened", "message_filed", "work_item_queued"]


def test_move_goes_on_until_a_queue_keeps_it() -> None:
    """A queue that is closed and moves its work too sends it on."""
    world = a_world(
        {"queue_id": "general", "out_of_hours": {"do": "move", "queue": "evening"}},
        {"queue_id": "evening", "out_of_hours": {"do": "move", "queue": "night"}},
        {"queue_id": "night"},
    )

    assert queue_of(world.message("zoe")) == "night"


def test_sun_is_followed_to_the_first_open_queue() -> None:
    """Closed queues on the way are passed."""
    world = a_world(
        {"queue_id": "general", "out_of_hours": {"do": "follow_the_sun", "queue": "east"}},
        {"queue_id": "east", "out_of_hours": {"do": "follow_the_sun", "queue": "west"}},
        {"queue_id": "west", "calendar": "always"},
    )

    assert queue_of(world.message("zoe")) == "west"


def test_it_waits_at_home_where_no_queue_under_the_sun_is_open() -> None:
    """A circle of closed queues ends where it began."""
    world = a_world(
        {"queue_id": "general", "out_of_hours": {"do": "follow_the_sun", "queue": "east"}},
        {"queue_id": "east", "out_of_hours": {"do": "follow_the_sun", "queue": "general"}},
    )

    assert queue_of(world.message("zoe")) == "general"


def test_notice_names_the_next_opening_in_the_customers_language() -> None:
    """The first notice is for all languages that have none; it is delivered like a reply."""
    world = a_world({"queue_id": "general", "out_of_hours": {"notices": NOTICES}})
    told = []
    for customer, language in (("zoe", "de"), ("yan", "fr")):
        message = a_message(customer).model_copy(update={"language": language})
        told += [one for one in world.hear(message) if isinstance(one, d.ReplyFiled)]

    assert [one.content.text for one in told] == [
        "Ab 2023-11-14 22:14.",
        "Open at 2023-11-14 22:14.",
    ]
    assert [(one.agent_id, one.sequence) for one in told] == [("", 2), ("", 2)]


def test_message_only_is_answered_by_the_notice_and_opens_no_work() -> None:
    """What was written is filed, and the next message after the opening is worked on."""
    way = {"do": "message_only", "notices": NOTICES}
    world = a_world({"queue_id": "general", "out_of_hours": way})
    decisions = world.message("zoe")

    assert types(decisions) == [
        "conversation_opened",
        "message_filed",
        "reply_filed",
        "conversation_closed",
    ]
    assert world.engine.state.work_items() == []
    world.tick(after_s=60)
    assert "work_item_queued" in types(world.message("zoe"))


def test_last_agent_is_not_asked_while_the_queue_is_closed() -> None:
    """A customer's last agent is kept for nobody whom nobody is asked for (R11, R25)."""
    agents = [{"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 4}]
    queue = {"queue_id": "general", "calendar": "soon", "last_agent_hold_s": 30}
    world = World(
        a_desk(
            skills=[],
            queues=[queue],
            agents=agents,
            rules=[],
            calendars=[OPENS_SOON],
            capacity_weights={},
        )
    )
    world.arrives("ann")
    world.tick(after_s=40)
    (offer,) = (one for one in world.message("zoe") if isinstance(one, d.ReservationOpened))
    world.accept(offer)
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=offer.conversation_id))
    world.tick(after_s=130)

    decisions = world.message("zoe")

    assert types(decisions) == ["conversation_opened", "message_filed", "work_item_queued"]


def test_notice_is_said_once_and_not_while_the_queue_is_open() -> None:
    """A second message of the conversation repeats nothing, nor does one to an open queue."""
    world = a_world(
        {"queue_id": "general", "out_of_hours": {"notices": NOTICES}},
    )
    world.message("zoe")
    again = world.hear(a_message("zoe", "Hello?").model_copy(update={"provider_message_id": "2"}))
    world.tick(after_s=40)

    assert types(again) == ["message_filed"]
    assert "reply_filed" not in types(world.message("yan"))
