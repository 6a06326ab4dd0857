"""Queues that order by what is due first: by due time, within the desk's credit (R4, R5, R7)."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence
from tests.unit.services.router.core.desks import a_desk_of, at_work
from tests.unit.services.router.core.promised_desks import OFFICE, Part, tells_the_same
from tests.unit.services.router.core.world import World, offered

URGENT: Part = {
    "sla_policy_id": "urgent",
    "when": {"channel": ["telegram"]},
    "first_response_s": 60,
}
LATER: Part = {
    "sla_policy_id": "later",
    "when": {"channel": ["web_chat"]},
    "first_response_s": 600,
}
DUE_FIRST: Part = {"queue_id": "general", "order": "due_first"}
MOST_S = 3_600


def a_desk(*policies: Part, **changes: object) -> World:
    """A queue that orders by what is due first; ann is there, and away."""
    document = a_desk_of(DUE_FIRST).model_dump()
    fields = {**document, "calendars": [OFFICE], "sla_policies": list(policies), **changes}
    world = at_work(type(a_desk_of(DUE_FIRST)).model_validate(fields), "ann")
    world.presence("ann", Presence.AWAY)
    return world


def waited_s(decisions: tuple[d.AnyDecision, ...], world: World) -> float:
    """How long what was queued counts as having waited already."""
    [queued] = [one for one in decisions if isinstance(one, d.WorkItemQueued)]
    return (world.now_ms - queued.virtual_time_ms) / 1_000


def asked_in_order(world: World) -> list[str]:
    """The channels of what ann is offered when she is there again, first to last."""
    channels = {item.work_item_id: item.channel for item in world.engine.state.work_items()}
    decisions = world.presence("ann", Presence.AVAILABLE)
    opened = [one for one in decisions if isinstance(one, d.ReservationOpened)]
    return [channels[one.work_item_id] for one in opened]


def test_what_is_due_first_is_served_first() -> None:
    """Zoe, who comes eight minutes later, is due a minute before yan."""
    world = a_desk(URGENT, LATER)
    yan = waited_s(world.message("yan"), world)
    world.now_ms += 480_000
    zoe = waited_s(world.message("zoe", channel="telegram"), world)

    assert (yan, zoe) == (MOST_S - 600, MOST_S - 60)
    assert asked_in_order(world) == ["telegram", "web_chat"]
    tells_the_same(world)


def test_what_is_due_later_waits_behind_what_is_due_before() -> None:
    """A minute later, zoe would be due after yan."""
    world = a_desk(URGENT, LATER)
    world.message("yan")
    world.now_ms += 541_000
    world.message("zoe", channel="telegram")

    assert asked_in_order(world) == ["web_chat", "telegram"]


def test_what_is_promised_nothing_stands_where_it_came() -> None:
    """No policy at all, none for it, or one without a first response."""
    resolved: Part = {"sla_policy_id": "whole", "resolution_s": 900}

    for policies in ((), (URGENT,), (resolved,)):
        world = a_desk(*policies)
        assert waited_s(world.message("yan"), world) == 0


def test_what_is_due_after_the_most_credit_stands_where_it_came() -> None:
    """The office opens in the morning: due in eleven hours."""
    world = a_desk({**LATER, "calendar": "office"})

    assert waited_s(world.message("yan"), world) == 0


def test_all_credit_together_is_at_most_the_desks() -> None:
    """So a route's head start and a near due time overtake no more than R7 allows."""
    route: Part = {"queue": "general", "credit_s": 500}
    world = a_desk(URGENT, LATER, default=route)

    assert waited_s(world.message("yan"), world) == MOST_S - 600 + 500
    assert waited_s(world.message("zoe", channel="telegram"), world) == MOST_S


def test_its_place_is_kept_when_it_is_queued_again() -> None:
    """After a refusal it stands where it stood (R5)."""
    world = a_desk(LATER)
    world.message("yan")
    [item] = world.engine.state.work_items()
    before_ms = item.virtual_time_ms
    offer = offered(world.presence("ann", Presence.AVAILABLE))
    world.now_ms += 5_000
    world.hear(e.ReservationRejected(agent_id="ann", reservation_id=offer.reservation_id))

    [item] = world.engine.state.work_items()
    assert item.virtual_time_ms == before_ms
    tells_the_same(world)
