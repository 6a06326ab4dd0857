"""What was promised for later: due once, for whoever promised it, open or not by then."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.contracts.timed_events import DUE_WITHIN_S_MAX
from services.router.core import follow_ups
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.inquiry_timers import NextFiring, timers_of
from tests.unit.services.router.core.test_inactivity import POLICY, reply, with_policy
from tests.unit.services.router.core.world import (
    World,
    a_desk,
    contact_point,
    offered,
    refusal,
    types,
)

CREDIT_MS = 3_600_000


def a_world(**changes: object) -> World:
    """A desk and its first agent."""
    world = World(a_desk(**changes))
    world.arrives("ann")
    return world


def owned(world: World, customer: str = "zoe") -> d.ReservationOpened:
    """What an agent has taken."""
    offer = offered(world.message(customer))
    world.accept(offer)
    return offer


def promise(
    world: World, offer: d.ReservationOpened, *, in_s: float = 60, agent_id: str = "ann"
) -> tuple[d.AnyDecision, ...]:
    """The owner promises to be back."""
    return world.hear(
        e.FollowUpRequested(
            agent_id=agent_id,
            conversation_id=offer.conversation_id,
            due_ms=world.now_ms + round(1_000 * in_s),
            zone="Europe/Berlin",
            note="the bill",
        )
    )


def take_back(
    world: World, offer: d.ReservationOpened, agent_id: str = "ann"
) -> tuple[d.AnyDecision, ...]:
    """The promise is not needed any more."""
    return world.hear(
        e.FollowUpCancelRequested(agent_id=agent_id, conversation_id=offer.conversation_id)
    )


def park(world: World, offer: d.ReservationOpened) -> None:
    """The owner waits."""
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=offer.conversation_id))


def close(world: World, offer: d.ReservationOpened) -> None:
    """The owner ends the conversation."""
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=offer.conversation_id))


def the_item(world: World, offer: d.ReservationOpened) -> WorkItem:
    """The item as it is now."""
    return world.engine.state.need(WorkItem, offer.work_item_id)


def test_it_is_due_once_and_brings_parked_work_back_to_its_owner() -> None:
    """With all the head start that the desk gives."""
    world = a_world()
    offer = owned(world)
    assert types(promise(world, offer)) == ["follow_up_scheduled"]
    park(world, offer)

    assert types(world.tick(after_s=59.999)) == []
    assert types(world.tick(after_s=0.001)) == ["follow_up_due", "work_item_resumed"]
    assert the_item(world, offer).virtual_time_ms == world.now_ms - CREDIT_MS
    assert types(world.tick(after_s=3_600)) == []
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_an_owner_who_is_away_is_not_waited_for() -> None:
    """The line has it at once, before what waits there for less than an hour."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    park(world, offer)
    world.presence("ann", Presence.AWAY)
    world.message("yan")

    due = types(world.tick(after_s=60))
    assert due[-3:] == ["follow_up_due", "work_item_held", "work_item_queued"]
    first = next(one for one in world.arrives("cem") if isinstance(one, d.ReservationOpened))
    assert first.work_item_id == offer.work_item_id


def test_whoever_has_it_at_hand_is_told() -> None:
    """Nothing else changes for work that is being done."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)

    due = world.tick(after_s=60)

    assert types(due) == ["follow_up_due"]
    told = due[0]
    assert isinstance(told, d.FollowUpDue)
    assert (told.agent_id, told.note, told.zone) == ("ann", "the bill", "Europe/Berlin")
    assert the_item(world, offer).state is S.ASSIGNED


def test_work_that_waits_for_an_agent_goes_before_what_waits_shorter() -> None:
    """Its head start is the desk's greatest."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    world.hear(
        e.TransferRequested(
            agent_id="ann", conversation_id=offer.conversation_id, queue_id="billing"
        )
    )
    began_ms = the_item(world, offer).waiting_since_ms

    assert "work_item_relaxed" in types(world.tick(after_s=60))
    assert the_item(world, offer).virtual_time_ms == began_ms - CREDIT_MS


def test_a_closed_conversation_goes_on_with_whoever_promised() -> None:
    """New work in the same thread, offered to that agent first."""
    world = a_world()
    world.arrives("cem")
    offer = owned(world)
    promise(world, offer)
    close(world, offer)

    due = world.tick(after_s=60)

    assert types(due) == [
        "follow_up_due",
        "conversation_reopened",
        "work_item_queued",
        "reservation_opened",
    ]
    assert offered(due).agent_id == "ann"
    queued = next(one for one in due if isinstance(one, d.WorkItemQueued))
    assert (queued.rule_id, queued.note) == ("follow_up", "the bill")
    world.accept(offered(due))
    replied = world.hear(
        e.ReplySent(agent_id="ann", conversation_id=offer.conversation_id, text="Back again.")
    )
    assert types(replied) == ["reply_filed"]
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_a_closed_conversation_goes_to_its_line_where_its_agent_is_away() -> None:
    """Anybody who serves the queue keeps the promise."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    close(world, offer)
    world.presence("ann", Presence.AWAY)
    world.arrives("cem")

    assert offered(world.tick(after_s=60)).agent_id == "cem"


def test_a_customer_who_writes_before_finds_the_thread() -> None:
    """The promise stays, and is due in the thread that is open again."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    close(world, offer)
    world.now_ms += 30_000

    assert types(world.message("zoe"))[0] == "conversation_reopened"
    due = world.tick(after_s=30)
    assert "conversation_reopened" not in types(due)
    assert "follow_up_due" in types(due)


def test_a_customer_who_is_being_served_gets_no_second_thread() -> None:
    """R22: the promise is told, and the open thread is the customer's."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    close(world, offer)
    world.now_ms += 61_000
    world.message("zoe")

    assert types(world.tick()) == ["follow_up_due", "reopening_ended"]


def test_beyond_the_memory_of_threads_it_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost in silence."""
    monkeypatch.setattr("services.router.core.reopening.CLOSED_CONVERSATIONS_MAX", 0)
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    close(world, offer)

    assert types(world.tick(after_s=60)) == ["follow_up_due"]


def test_it_is_put_off_and_taken_back() -> None:
    """The last time counts, until there is none."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    put_off = promise(world, offer, in_s=90)[0]

    assert isinstance(put_off, d.FollowUpScheduled)
    assert put_off.is_put_off
    assert types(world.tick(after_s=60)) == []
    assert types(take_back(world, offer)) == ["follow_up_canceled"]
    assert types(world.tick(after_s=3_600)) == []


@pytest.mark.parametrize(
    ("in_s", "reason"),
    [
        (0, RefusalReason.DUE_IN_THE_PAST),
        (DUE_WITHIN_S_MAX + 1, RefusalReason.DUE_TOO_FAR),
    ],
)
def test_times_that_cant_be_meant_are_refused(in_s: float, reason: RefusalReason) -> None:
    """And what was promised before stands."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)

    assert refusal(promise(world, offer, in_s=in_s)).reason is reason
    assert types(world.tick(after_s=60)) == ["follow_up_due"]


def test_only_the_owner_promises_and_takes_back() -> None:
    """Others are refused, and what is not promised can't be taken back."""
    world = a_world()
    offer = owned(world)

    assert refusal(promise(world, offer, agent_id="cem")).reason is RefusalReason.NOT_THE_OWNER
    assert refusal(take_back(world, offer)).reason is RefusalReason.UNKNOWN_FOLLOW_UP
    promise(world, offer)
    assert refusal(take_back(world, offer, "cem")).reason is RefusalReason.NOT_THE_OWNER


def test_follow_ups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is put off is no further one."""
    monkeypatch.setattr(follow_ups, "FOLLOW_UPS_MAX", 1)
    world = a_world()
    first = owned(world)
    second = owned(world, "yan")
    promise(world, first)

    assert types(promise(world, first)) == ["follow_up_scheduled"]
    assert refusal(promise(world, second)).reason is RefusalReason.LIMIT_REACHED


def test_who_was_promised_something_is_not_reminded() -> None:
    """It is our turn, not theirs."""
    world = World(with_policy(POLICY))
    world.arrives("ann")
    offer = owned(world)
    reply(world, offer)
    promise(world, offer, in_s=3_600)
    reply(world, offer)
    park(world, offer)

    assert types(world.tick(after_s=3_599)) == []


def test_the_conversations_clocks_and_a_save_know_it() -> None:
    """What fires next, and when; restored as it was."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    close(world, offer)
    restored = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    assert timers_of(world.engine.state, offer.conversation_id) == (
        NextFiring(what="follow_up", at_ms=world.now_ms + 60_000),
    )
    assert restored.state.deadlines.all() == world.engine.state.deadlines.all()
    assert restored.canonical_hash() == world.engine.canonical_hash()


def test_a_hang_up_does_not_take_the_promise_along() -> None:
    """The customer leaves, and is called back."""
    world = a_world()
    offer = owned(world)
    promise(world, offer)
    world.hear(e.ContactEnded(contact_point_id=contact_point("zoe")))

    assert "conversation_reopened" in types(world.tick(after_s=60))
