"""Offers as leases: decided in log order, and late answers change nothing."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, RefusalReason, ReservationOutcome
from tests.unit.services.router.core.world import World, a_desk, offered, refusal, types


def test_the_longest_idle_agent_is_asked_first() -> None:
    """R9: idle since the later of the last assignment and becoming available; ties by id."""
    world = World(a_desk())
    world.arrives("bob")
    world.now_ms += 5_000
    world.arrives("ann")

    offer = offered(world.message("zoe"))

    assert offer.agent_id == "bob"
    assert [one.agent_id for one in offer.why.runners_up] == ["ann"]
    assert offer.why.passed_over == {"absent": 1}


def test_an_accepted_offer_becomes_the_assignment() -> None:
    """One owner from then on."""
    world = World(a_desk())
    world.arrives("ann")
    offer = offered(world.message("zoe"))
    world.now_ms += 2_000

    [assigned] = world.accept(offer)

    assert isinstance(assigned, d.WorkItemAssigned)
    assert (assigned.agent_id, assigned.waited_ms) == ("ann", 2_000)


def test_a_second_acceptance_is_refused() -> None:
    """Of two acceptances the log's first counts."""
    world = World(a_desk())
    world.arrives("ann")
    offer = offered(world.message("zoe"))
    world.accept(offer)

    assert refusal(world.accept(offer)).reason is RefusalReason.RESERVATION_ENDED


def test_another_agents_acceptance_is_refused() -> None:
    """An offer is for one agent."""
    world = World(a_desk())
    world.arrives("ann")
    offer = offered(world.message("zoe"))

    said = e.ReservationAccepted(agent_id="bob", reservation_id=offer.reservation_id)

    assert refusal(world.hear(said)).reason is RefusalReason.RESERVATION_ENDED


def test_an_acceptance_of_an_unknown_reservation_is_refused() -> None:
    """Made-up ids name nothing."""
    world = World(a_desk())

    said = e.ReservationAccepted(agent_id="ann", reservation_id="itm_none.1")

    assert refusal(world.hear(said)).reason is RefusalReason.RESERVATION_ENDED


def test_a_rejected_item_goes_to_the_next_agent_with_its_old_virtual_time() -> None:
    """R5, R12: the one who refused is not asked again while another can be."""
    world = World(a_desk())
    world.arrives("ann")
    world.arrives("bob")
    first = world.message("zoe")
    queued = next(one for one in first if isinstance(one, d.WorkItemQueued))
    world.now_ms += 3_000

    decisions = world.reject(offered(first))

    assert types(decisions) == ["reservation_ended", "work_item_queued", "reservation_opened"]
    again = next(one for one in decisions if isinstance(one, d.WorkItemQueued))
    assert again.virtual_time_ms == queued.virtual_time_ms
    assert offered(decisions).agent_id == "bob"
    assert offered(decisions).why.passed_over["refused"] == 1


def test_when_all_have_refused_the_item_goes_round_again() -> None:
    """R12: nobody is left to ask, so refusals are forgotten."""
    world = World(a_desk())
    world.arrives("ann")

    decisions = world.reject(offered(world.message("zoe")))

    assert "refusals_forgotten" in types(decisions)
    assert offered(decisions).agent_id == "ann"


def test_a_refused_item_waits_for_a_busy_agent_who_has_not_refused() -> None:
    """A present agent without room has not refused, so the refusal stands for now."""
    world = World(a_desk())
    world.arrives("cem")
    offered(world.message("yan"))
    world.arrives("ann")
    offer = offered(world.message("zoe"))

    decisions = world.reject(offer)

    assert offer.agent_id == "ann"
    assert types(decisions) == ["reservation_ended", "work_item_queued"]


def test_an_agent_who_rejects_gets_other_waiting_work() -> None:
    """R10: a refusal is for one item only."""
    world = World(a_desk(capacity_weights={"web_chat": 4}))
    world.arrives("ann")
    world.accept(offered(world.message("xin")))
    world.arrives("bob")
    first = offered(world.message("zoe"))
    world.message("yan")

    decisions = world.reject(first)

    assert types(decisions) == ["reservation_ended", "work_item_queued", "reservation_opened"]
    assert offered(decisions).agent_id == "bob"
    assert offered(decisions).work_item_id != first.work_item_id


def test_going_away_cancels_the_offer_and_keeps_the_assignment() -> None:
    """R16: the pending offer goes to another agent."""
    world = World(a_desk())
    world.arrives("ann")
    kept = offered(world.message("zoe"))
    world.accept(kept)
    world.arrives("bob")
    world.presence("bob", Presence.AWAY)
    pending = offered(world.message("yan"))
    world.presence("bob", Presence.AVAILABLE)

    decisions = world.presence("ann", Presence.AWAY)

    ended = next(one for one in decisions if isinstance(one, d.ReservationEnded))
    assert (ended.reservation_id, ended.outcome) == (
        pending.reservation_id,
        ReservationOutcome.CANCELED,
    )
    assert offered(decisions).agent_id == "bob"
    reply = e.ReplySent(agent_id="ann", conversation_id=kept.conversation_id, text="Still here")
    assert types(world.hear(reply)) == ["reply_filed"]


def test_a_direct_queue_assigns_in_one_record() -> None:
    """R16: direct opens and accepts at once."""
    world = World(
        a_desk(
            queues=[{"queue_id": "general", "offer": {"mode": "direct"}}],
            rules=[],
            agents=[{"agent_id": "ann", "queues": {"general": 1}}],
        )
    )
    world.arrives("ann")

    assert types(world.message("zoe"))[-2:] == ["reservation_opened", "work_item_assigned"]


def test_a_rejected_item_still_needs_what_its_route_asked_for() -> None:
    """R5: more than its queue does; coming back to the line forgets nothing."""
    route = {"queue": "general", "requires": {"billing": 3}, "prefers": {"russian": 1}}
    world = World(a_desk(rules=[], default=route))
    world.arrives("bob")

    decisions = world.reject(offered(world.message("zoe")))

    again = next(one for one in decisions if isinstance(one, d.WorkItemQueued))
    assert (again.requires, again.prefers) == ({"billing": 3}, {"russian": 1})
