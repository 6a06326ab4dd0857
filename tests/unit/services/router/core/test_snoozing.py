"""What is put aside until a time: it wakes once, in time, and goes where the rules say (R17)."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.contracts.timed_events import DUE_WITHIN_S_MAX
from services.router.core import work
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.inquiry_promises import SNOOZED, promised
from tests.unit.services.router.core.promised_desks import GOLD, a_promising_desk
from tests.unit.services.router.core.world import World, a_desk, offered, refusal, types


def a_world(**changes: object) -> World:
    """A desk and its first agent."""
    world = World(a_desk(**changes))
    world.arrives("ann")
    return world


def owned(world: World, customer: str = "zoe", channel: str = "web_chat") -> d.ReservationOpened:
    """What an agent has taken."""
    offer = offered(world.message(customer, channel=channel))
    world.accept(offer)
    return offer


def snooze(
    world: World, offer: d.ReservationOpened, *, for_s: float = 60
) -> tuple[d.AnyDecision, ...]:
    """The owner puts it aside."""
    return world.hear(
        e.SnoozeRequested(
            agent_id=offer.agent_id,
            conversation_id=offer.conversation_id,
            until_ms=world.now_ms + round(1_000 * for_s),
        )
    )


def the_item(world: World, offer: d.ReservationOpened) -> WorkItem:
    """The item as it is now."""
    return world.engine.state.need(WorkItem, offer.work_item_id)


def test_it_costs_what_parking_costs_and_wakes_for_its_owner() -> None:
    """Its time is a deadline, its firing a decision; then its owner goes on."""
    world = a_world()
    offer = owned(world)

    assert types(snooze(world, offer)) == ["work_item_snoozed"]
    item = the_item(world, offer)
    assert (item.state, item.held_units) == (S.PARKED, 0)
    assert types(world.tick(after_s=59.999)) == []
    assert types(world.tick(after_s=0.001)) == ["work_item_woken", "work_item_resumed"]
    assert types(world.tick(after_s=600)) == []
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_waking_begins_a_new_wait_with_the_old_credit() -> None:
    """R5: as after a customer's reply."""
    world = World(a_desk())
    world.arrives("bob")
    offer = offered(world.message("zoe", topic="billing"))
    world.accept(offer)
    world.hear(
        e.SnoozeRequested(
            agent_id="bob", conversation_id=offer.conversation_id, until_ms=world.now_ms + 60_000
        )
    )

    resumed = world.tick(after_s=60)[-1]

    assert isinstance(resumed, d.WorkItemResumed)
    assert resumed.virtual_time_ms == world.now_ms - 90_000


def test_what_another_has_fills_the_room() -> None:
    """R10: the owner's room is for what waits, at once."""
    world = a_world()
    offer = owned(world)
    owned(world, "yan")
    world.message("xan")

    assert types(snooze(world, offer)) == ["work_item_snoozed", "reservation_opened"]


def test_it_may_be_put_aside_anew_whether_parked_or_not() -> None:
    """Only the last time counts."""
    world = a_world()
    offer = owned(world)
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=offer.conversation_id))
    snooze(world, offer, for_s=30)
    snooze(world, offer, for_s=90)

    assert types(world.tick(after_s=30)) == []
    assert types(world.tick(after_s=60)) == ["work_item_woken", "work_item_resumed"]


def test_a_customers_message_ends_it() -> None:
    """And nothing wakes at the time that was set."""
    world = a_world()
    offer = owned(world)
    snooze(world, offer)

    assert types(world.message("zoe")) == ["message_filed", "work_item_resumed"]
    assert types(world.tick(after_s=60)) == []


@pytest.mark.parametrize(
    ("for_s", "reason"),
    [
        (0, RefusalReason.DUE_IN_THE_PAST),
        (-60, RefusalReason.DUE_IN_THE_PAST),
        (DUE_WITHIN_S_MAX + 0.001, RefusalReason.DUE_TOO_FAR),
    ],
)
def test_times_that_cant_be_meant_are_refused(for_s: float, reason: RefusalReason) -> None:
    """Nothing is changed by them."""
    world = a_world()
    offer = owned(world)

    assert refusal(snooze(world, offer, for_s=for_s)).reason is reason
    assert the_item(world, offer).state is S.ASSIGNED


def test_the_last_moment_of_a_year_is_accepted() -> None:
    """The limit itself is no mistake."""
    world = a_world()

    assert types(snooze(world, owned(world), for_s=DUE_WITHIN_S_MAX)) == ["work_item_snoozed"]


def test_a_call_is_never_put_aside() -> None:
    """R18."""
    channels = {"voice": {"weight": 1, "exclusive": True}}
    world = a_world(channels=channels)
    call = owned(world, channel="voice")

    assert refusal(snooze(world, call)).reason is RefusalReason.ILLEGAL_TRANSITION


def test_what_its_owner_is_kept_for_cant_be_put_aside() -> None:
    """The customer is back and waits."""
    world = a_world()
    offer = owned(world)
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=offer.conversation_id))
    owned(world, "yan")
    owned(world, "xan")
    world.message("zoe")
    assert the_item(world, offer).state is S.HELD

    assert refusal(snooze(world, offer)).reason is RefusalReason.ILLEGAL_TRANSITION


def test_an_agent_puts_aside_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is parked costs nothing, and is bounded all the same."""
    monkeypatch.setattr(work, "ITEMS_OF_AGENT_MAX", 1)
    world = a_world()

    assert refusal(snooze(world, owned(world))).reason is RefusalReason.LIMIT_REACHED


def test_a_restored_state_wakes_as_the_live_one_does() -> None:
    """The time is the item's own field."""
    world = a_world()
    snooze(world, owned(world))
    restored = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    assert restored.state.deadlines.all() == world.engine.state.deadlines.all()


def test_its_clocks_say_when_it_wakes_and_why_they_stand_still() -> None:
    """What fires next is its waking."""
    world = World(a_promising_desk(GOLD))
    world.arrives("ann")
    offer = owned(world)
    snooze(world, offer)

    answer = promised(world.engine.state, offer.conversation_id)

    assert {(one.state, one.why) for one in answer.clocks} == {("paused", SNOOZED)}
    assert answer.next_firing is not None
    assert (answer.next_firing.what, answer.next_firing.at_ms) == ("woken", world.now_ms + 60_000)
    assert answer.timers == (answer.next_firing,)


def test_of_a_promise_and_a_waking_the_earlier_is_next() -> None:
    """Clocks that go on while parked may fire before."""
    world = World(a_promising_desk({**GOLD, "pauses_while_parked": False}))
    world.arrives("ann")
    offer = owned(world)
    snooze(world, offer, for_s=3_600)

    answer = promised(world.engine.state, offer.conversation_id)

    assert answer.next_firing is not None
    assert answer.next_firing.what == "at_risk"
    assert [one.what for one in answer.timers] == ["woken"]
