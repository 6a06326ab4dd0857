"""How an item is offered: one reservation each, numbered, and what the decision says of it."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason, ReservationOutcome
from tests.unit.services.router.core.desks import (
    Part,
    a_desk_of,
    agent,
    at_work,
    busy,
    item_of,
    reservations,
)
from tests.unit.services.router.core.world import offered, refusal, types

BROADCAST = {"queue_id": "general", "offer": {"mode": "broadcast", "agents": 2, "timeout_s": 9}}
THREE: dict[str, dict[str, object]] = {"ann": {}, "bob": {}, "cem": {}}


def test_an_items_offers_are_numbered_from_one() -> None:
    """The number makes the reservation's id, the same on every replay."""
    world = at_work(a_desk_of(agents=THREE), "ann", "bob")

    first = offered(world.message("zoe"))
    second = offered(world.reject(first))

    assert first.reservation_id == f"{first.work_item_id}.1"
    assert second.reservation_id == f"{first.work_item_id}.2"
    assert first.expires_at_ms == world.now_ms + 20_000


def test_an_assignment_names_the_reservation_that_was_accepted() -> None:
    """Readers close the offer that they showed."""
    world = at_work(a_desk_of(agents=THREE), "ann", "bob")
    second = offered(world.reject(offered(world.message("zoe"))))
    world.now_ms += 4_000

    [assigned] = world.accept(second)

    assert isinstance(assigned, d.WorkItemAssigned)
    assert (assigned.reservation_id, assigned.agent_id) == (second.reservation_id, "bob")
    assert assigned.waited_ms == 4_000


def test_a_broadcast_asks_so_many_at_once_and_the_first_acceptance_cancels_the_others() -> None:
    """R15: in the same record, and the others have room again."""
    world = at_work(a_desk_of(BROADCAST, agents=THREE), "ann", "bob", "cem")

    first, second = reservations(world.message("zoe"))
    ended, assigned = world.accept(second)

    assert (first.agent_id, second.agent_id) == ("ann", "bob")
    assert [one.agent_id for one in first.why.runners_up] == ["cem"]
    assert isinstance(ended, d.ReservationEnded)
    assert (ended.reservation_id, ended.outcome) == (
        first.reservation_id,
        ReservationOutcome.CANCELED,
    )
    assert isinstance(assigned, d.WorkItemAssigned)
    assert assigned.reservation_id == second.reservation_id
    assert world.engine.state.held_units(("acme", "support", "ann")) == 0


def test_whoever_was_asked_in_vain_gets_what_waits_in_the_same_record() -> None:
    """R10: the losers of a broadcast do not sit beside waiting work."""
    one_each = {name: {"capacity_units": 1} for name in ("ann", "bob")}
    world = at_work(a_desk_of(BROADCAST, agents=one_each), "ann", "bob")
    first, _ = reservations(world.message("zoe"))
    world.message("yan")

    decisions = world.accept(first)

    assert types(decisions) == ["reservation_ended", "work_item_assigned", "reservation_opened"]
    assert offered(decisions).agent_id == "bob"


def test_a_broadcast_goes_on_until_all_have_refused() -> None:
    """R15: then the item stands in its line again."""
    world = at_work(a_desk_of(BROADCAST, agents=THREE), "ann", "bob")
    first, second = reservations(world.message("zoe"))

    one = world.reject(first)
    all_of_them = world.reject(second)

    assert types(one) == ["reservation_ended"]
    assert types(all_of_them)[:2] == ["reservation_ended", "work_item_queued"]


def test_time_out_ends_all_offers_of_a_broadcast() -> None:
    """R15, R16: each silence counts for its agent."""
    world = at_work(a_desk_of(BROADCAST, agents=THREE), "ann", "bob")
    world.message("zoe")

    decisions = world.tick(after_s=9)

    assert types(decisions)[:3] == ["reservation_ended", "reservation_ended", "work_item_queued"]
    assert [agent(world, name).unanswered for name in ("ann", "bob")] == [1, 1]


def test_a_broadcast_changes_the_balances_of_the_agent_who_chose_and_of_nobody_else() -> None:
    """R8: balances are each agent's own."""
    weights = {"general": 3, "billing": 1}
    agents = {name: {"weights": weights, "capacity_units": 1} for name in ("ann", "bob")}
    queues = (BROADCAST, {**BROADCAST, "queue_id": "billing"})
    world = at_work(a_desk_of(*queues, agents=agents), "ann")
    place = busy(world, "xin")
    world.message("zoe")
    world.message("yan", topic="billing")
    world.hear(e.CloseRequested(**place))
    before = agent(world, "bob").credits

    asked = reservations(world.arrives("bob"))

    assert [one.agent_id for one in asked] == ["bob"]
    assert before == {}
    assert agent(world, "ann").credits == {"general": -1, "billing": 1}


@pytest.mark.parametrize(
    ("agent_id", "number", "detail"),
    [
        ("ann", 1, "timed_out"),
        ("ann", 2, "offered to another agent"),
        ("bob", 3, "no such offer"),
    ],
)
def test_whoever_comes_too_late_is_told_what_became_of_the_offer(
    agent_id: str, number: int, detail: str
) -> None:
    """R14: a typed refusal that changes nothing."""
    world = at_work(a_desk_of(agents=THREE), "ann", "bob")
    first = offered(world.message("zoe"))
    assert offered(world.tick(after_s=20)).agent_id == "bob"

    reservation_id = f"{first.work_item_id}.{number}"
    said = e.ReservationAccepted(agent_id=agent_id, reservation_id=reservation_id)
    refused = refusal(world.hear(said))

    assert (refused.reason, refused.detail) == (RefusalReason.RESERVATION_ENDED, detail)
    assert item_of(world, first).offered == [("bob", f"{first.work_item_id}.2")]


def test_an_acceptance_of_an_item_that_was_queued_meanwhile_is_refused() -> None:
    """R14: in log order the time-out came first, and nobody else could be asked."""
    world = at_work(a_desk_of(policies={"ring_no_answer_max": 1}), "ann")
    first = offered(world.message("zoe"))
    world.tick(after_s=20)

    assert refusal(world.accept(first)).detail == "timed_out"


def test_the_same_acceptance_again_is_told_that_it_was_accepted() -> None:
    """R14: a repeat under a new id changes nothing."""
    world = at_work(a_desk_of(), "ann")
    first = offered(world.message("zoe"))
    world.accept(first)

    assert refusal(world.accept(first)).detail == "accepted already"


def test_an_agents_own_reservation_is_needed_not_just_an_offer_of_the_item() -> None:
    """R14: the agent's earlier, rejected number does not accept the present one."""
    world = at_work(a_desk_of(), "ann")
    first = offered(world.message("zoe"))
    second = offered(world.reject(first))

    assert second.agent_id == "ann"
    assert refusal(world.accept(first)).detail == "rejected"


def test_sixteen_refusals_are_remembered_and_the_oldest_is_forgotten() -> None:
    """R12: so that an item's memory is bounded."""
    names = [f"agent{number:02}" for number in range(18)]
    one_each: dict[str, Part] = {name: {"capacity_units": 1} for name in names}
    world = at_work(a_desk_of(agents=one_each), *names)
    busy(world, "yan")
    offer = offered(world.message("zoe"))
    for _ in range(16):
        offer = offered(world.reject(offer))

    decisions = world.reject(offer)

    refused = [agent_id for agent_id, _ in item_of(world, offer).refusals]
    assert refused == names[2:]
    assert offered(decisions).agent_id == names[1]


def test_an_acceptance_forgives_the_silences_before_it() -> None:
    """R16: only silences in a row set an agent away; rejections do not count."""
    world = at_work(a_desk_of(policies={"ring_no_answer_max": 2}), "ann")
    world.message("zoe")
    again = offered(world.tick(after_s=20))
    assert agent(world, "ann").unanswered == 1

    world.accept(again)
    assert agent(world, "ann").unanswered == 0
    world.reject(offered(world.message("yan")))
    assert agent(world, "ann").unanswered == 0
