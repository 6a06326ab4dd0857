"""Customers who say nothing: reminded once, let go once, and never on the line."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from services.router.core.engine import Engine
from services.router.core.inquiry_timers import NextFiring, timers_of
from tests.unit.services.router.core.world import World, a_desk, a_message, offered, types

Part = dict[str, object]
POLICY: Part = {
    "remind_after_s": 60,
    "reminders": [{"language": "en", "text": "There?"}, {"language": "de", "text": "Da?"}],
    "close_after_s": 120,
    "closings": [{"language": "en", "text": "Bye."}, {"language": "de", "text": "Ade."}],
}
REMINDER_ALONE: Part = {"remind_after_s": 60, "reminders": POLICY["reminders"]}
REMINDED = ["inactivity_reminded", "reply_filed"]
LET_GO = ["inactivity_closed", "reply_filed", "conversation_closed", "work_item_completed"]


def a_world(policy: Part | None = POLICY, **queue: object) -> World:
    """A desk whose general queue has this policy, and its agent."""
    world = World(with_policy(policy, **queue))
    world.arrives("ann")
    return world


def with_policy(policy: Part | None, **queue: object) -> DeskConfiguration:
    """The desk's document."""
    return a_desk(
        queues=[
            {"queue_id": "general", "inactivity": policy, **queue},
            {"queue_id": "billing", "requires": {"billing": 2}},
        ],
        channels={"voice": {"weight": 1, "exclusive": True}},
    )


def owned(world: World, channel: str = "web_chat") -> d.ReservationOpened:
    """What ann has taken."""
    offer = offered(world.message("zoe", channel=channel))
    world.accept(offer)
    return offer


def reply(world: World, offer: d.ReservationOpened) -> None:
    """Ann says something."""
    world.hear(e.ReplySent(agent_id="ann", conversation_id=offer.conversation_id, text="Good day."))


def park(world: World, offer: d.ReservationOpened) -> None:
    """Ann waits for the customer."""
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=offer.conversation_id))


def texts(decisions: tuple[d.AnyDecision, ...]) -> list[str]:
    """What the customer reads."""
    return [one.content.text or "" for one in decisions if isinstance(one, d.ReplyFiled)]


def test_a_silent_customer_is_reminded_once_and_then_let_go() -> None:
    """Each at its time, each once, and the fold knows the same."""
    world = a_world()
    reply(world, owned(world))

    assert types(world.tick(after_s=59.999)) == []
    reminded = world.tick(after_s=0.001)
    assert (types(reminded), texts(reminded)) == (REMINDED, ["There?"])
    assert types(world.tick(after_s=119.999)) == []
    over = world.tick(after_s=0.001)
    assert (types(over), texts(over)) == (LET_GO, ["Bye."])
    assert types(world.tick(after_s=3_600)) == []
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_they_read_their_own_language() -> None:
    """As the channel told it with their last message that did."""
    world = a_world()
    world.hear(a_message("zoe").model_copy(update={"language": "de"}))
    offer = next(
        one
        for record in world.records
        for one in record.decisions
        if isinstance(one, d.ReservationOpened)
    )
    world.accept(offer)
    reply(world, offer)

    assert texts(world.tick(after_s=60)) == ["Da?"]


def test_nobody_is_reminded_who_waits_for_an_answer() -> None:
    """It is the agent's turn."""
    world = a_world()
    owned(world)

    assert types(world.tick(after_s=3_600)) == []


def test_a_message_resets_it_before_and_after_the_reminder() -> None:
    """And the next words of the agent begin it anew."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    world.tick(after_s=60)
    world.message("zoe")
    assert types(world.tick(after_s=600)) == []

    reply(world, offer)

    assert types(world.tick(after_s=60)) == REMINDED


def test_more_words_of_the_agent_begin_it_anew() -> None:
    """The silence counts from the last of them."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    world.tick(after_s=30)
    reply(world, offer)

    assert types(world.tick(after_s=30)) == []
    assert types(world.tick(after_s=30)) == REMINDED


def test_parking_goes_on_with_a_silence_that_there_is() -> None:
    """Parked after the answer: the customer's silence is as long as before."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    world.tick(after_s=30)
    park(world, offer)

    assert types(world.tick(after_s=30)) == REMINDED


def test_parking_without_a_word_begins_one() -> None:
    """The agent waits for something that was agreed elsewhere."""
    world = a_world()
    park(world, owned(world))

    assert types(world.tick(after_s=60)) == REMINDED


def test_words_while_parked_begin_it_anew() -> None:
    """An owner may write about what is parked."""
    world = a_world()
    offer = owned(world)
    park(world, offer)
    world.tick(after_s=30)
    reply(world, offer)

    assert types(world.tick(after_s=30)) == []
    assert types(world.tick(after_s=30)) == REMINDED


def test_what_is_put_aside_is_left_alone_even_with_words() -> None:
    """The owner waits for a time and not for the customer."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    until_ms = world.now_ms + 600_000
    world.hear(
        e.SnoozeRequested(agent_id="ann", conversation_id=offer.conversation_id, until_ms=until_ms)
    )
    reply(world, offer)

    assert types(world.tick(after_s=599)) == []


def test_a_reminder_without_an_end_is_said_once() -> None:
    """Not even parking afterwards says it again."""
    world = a_world(REMINDER_ALONE)
    offer = owned(world)
    reply(world, offer)

    assert types(world.tick(after_s=60)) == REMINDED
    park(world, offer)
    assert types(world.tick(after_s=86_400)) == []


def test_a_transfer_ends_it() -> None:
    """Somebody else will have the word."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    world.hear(
        e.TransferRequested(
            agent_id="ann", conversation_id=offer.conversation_id, queue_id="billing"
        )
    )

    assert timers_of(world.engine.state, offer.conversation_id) == ()


def test_a_call_is_never_reminded() -> None:
    """R18."""
    world = a_world()
    reply(world, owned(world, channel="voice"))

    assert types(world.tick(after_s=3_600)) == []


def test_the_wrap_up_follows_as_after_any_end() -> None:
    """And nothing is due of the silence beside it."""
    world = a_world(wrap_up_s=600)
    reply(world, owned(world))
    world.tick(after_s=60)

    over = world.tick(after_s=120)

    assert types(over)[-1] == "work_item_wrapping_up"
    assert types(world.tick(after_s=300)) == []


def test_a_policy_that_is_gone_says_nothing_and_ends_nothing() -> None:
    """What is due is decided once, and nothing follows."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    world.hear(e.DeskConfigured(configuration=with_policy(None)))
    world.tick()

    decisions = world.tick(after_s=60)

    assert types(decisions) == ["inactivity_reminded"]
    assert types(world.tick(after_s=3_600)) == []


def test_what_was_announced_happens_after_its_policy_is_gone() -> None:
    """R24: the end that is due comes, without words."""
    world = a_world()
    reply(world, owned(world))
    world.tick(after_s=60)
    world.hear(e.DeskConfigured(configuration=with_policy(None)))
    world.tick()

    assert types(world.tick(after_s=120)) == [one for one in LET_GO if one != "reply_filed"]


def test_a_queue_that_is_gone_has_no_patience() -> None:
    """Words in a queue that the document no longer names begin no silence."""
    world = a_world()
    offer = owned(world)
    without = a_desk(
        queues=[{"queue_id": "other"}],
        agents=[{"agent_id": "ann", "queues": {"other": 1}}],
        rules=[],
        default={"queue": "other"},
        migrate_to={"general": "other", "billing": "other"},
    )
    reply(world, offer)
    world.hear(e.DeskConfigured(configuration=without))
    reminded = world.tick(after_s=60)
    reply(world, offer)

    assert types(reminded)[-1] == "inactivity_reminded"
    assert timers_of(world.engine.state, offer.conversation_id) == ()


def test_a_restored_state_reminds_as_the_live_one_does() -> None:
    """The times are the item's own fields."""
    world = a_world()
    reply(world, owned(world))
    restored = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    assert restored.state.deadlines.all() == world.engine.state.deadlines.all()


def test_the_conversations_clocks_tell_the_reminder_and_the_end() -> None:
    """What fires next, and when."""
    world = a_world()
    offer = owned(world)
    reply(world, offer)
    first = timers_of(world.engine.state, offer.conversation_id)
    due_ms = world.now_ms + 60_000
    world.tick(after_s=60)

    assert first == (NextFiring(what="reminder", at_ms=due_ms),)
    assert timers_of(world.engine.state, offer.conversation_id) == (
        NextFiring(what="closing", at_ms=due_ms + 120_000),
    )
