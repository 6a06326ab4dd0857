"""What stands in its line again: in which order, with what of before, and who goes with it."""

from datetime import UTC, datetime

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import HoldKind, ParticipantKind, Presence
from libs.common.contracts.wire import decode_event, encode_event
from tests.unit.services.router.core.desks import (
    CALLS,
    Part,
    a_desk_of,
    at_work,
    busy,
    configure,
    only_item,
    reservations,
    served_before,
)
from tests.unit.services.router.core.world import World, a_desk, offered, refusal, types

ONE: Part = {"capacity_units": 1}
LAST: Part = {"queue_id": "general", "last_agent_hold_s": 60}
HEAVY = {"web_chat": 2, "telegram": 1}


def _queued(decisions: tuple[d.AnyDecision, ...]) -> d.WorkItemQueued:
    [queued] = [one for one in decisions if isinstance(one, d.WorkItemQueued)]
    return queued


def test_an_item_that_loses_two_skills_goes_where_the_first_of_them_sends_it() -> None:
    """R24: `migrate_to` of the first by name."""
    both = {"queue_id": "general", "requires": {"billing": 1, "russian": 1}}
    queues = ({"queue_id": "bills"}, {"queue_id": "words"})
    world = World(a_desk_of(both, *queues))
    world.message("zoe")

    sent = {"billing": "bills", "russian": "words"}
    general = {"queue_id": "general"}
    configure(world, a_desk_of(general, *queues, skills=["other"], migrate_to=sent))
    world.tick()

    assert only_item(world).queue_id == "bills"


def test_an_item_whose_skill_is_gone_asks_for_it_no_more_also_in_the_same_queue() -> None:
    """R24: what it needs is what its queue asks for now, and its steps are the queue's."""
    skilled = {"queue_id": "general", "requires": {"billing": 1}}
    world = World(a_desk_of(skilled))
    world.message("zoe")
    world.arrives("ann")

    now = a_desk_of({"queue_id": "general"}, skills=["other"], migrate_to={"billing": "general"})
    configure(world, now)
    decisions = world.tick()

    assert only_item(world).requires == {}
    assert offered(decisions).agent_id == "ann"


def test_an_item_that_moves_takes_up_the_plan_of_its_new_queue_and_no_hold_with_it() -> None:
    """R6, R24: which steps come is what the new queue says."""
    heavy: Part = {"agents": {"ann": {"capacity_units": 2}}, "capacity_weights": HEAVY}
    before = a_desk_of({"queue_id": "general"}, {"queue_id": "other"}, **heavy)  # type: ignore[arg-type]
    steps = [{"after_s": 900, "credit_s": 10}]
    after = a_desk_of(
        {"queue_id": "other", "steps": steps},
        migrate_to={"general": "other"},
        **heavy,  # type: ignore[arg-type]
    )
    world = at_work(before, "ann")
    busy(world, "xin", channel="telegram")
    world.message("zoe")
    world.tick(after_s=60)
    configure(world, after)

    decisions = world.tick()

    [ended] = [one for one in decisions if isinstance(one, d.HoldEnded)]
    moved = next(one for one in decisions if isinstance(one, d.WorkItemQueued))
    assert (ended.kind, ended.cause) == (HoldKind.CAPACITY, "moved")
    assert (moved.queue_id, moved.plan_id != "") == ("other", True)


def test_an_item_that_is_handed_to_a_queue_without_steps_has_no_plan() -> None:
    """R24: the plan that it came with is not taken along."""
    steps = [{"after_s": 900, "credit_s": 10}]
    world = at_work(
        a_desk_of({"queue_id": "general", "steps": steps}, {"queue_id": "other"}), "ann"
    )
    place = busy(world, "zoe")
    assert only_item(world).plan_id

    queued = _queued(world.hear(e.TransferRequested(**place, queue_id="other")))

    assert queued.plan_id == ""


def test_what_is_kept_for_the_last_agent_is_kept_no_more_once_its_queue_is_gone() -> None:
    """R11, R24: it moved."""
    queues = (LAST, {"queue_id": "other"})
    world = at_work(a_desk_of(*queues, agents={"ann": ONE}), "ann")
    served_before(world, "zoe")
    busy(world, "yan")
    world.message("zoe")
    configure(
        world,
        a_desk_of({"queue_id": "other"}, agents={"ann": ONE}, migrate_to={"general": "other"}),
    )

    decisions = world.tick()

    ended = [one for one in decisions if isinstance(one, d.HoldEnded)]
    assert [(one.kind, one.cause) for one in ended] == [(HoldKind.LAST_AGENT, "moved")]


def test_when_the_owner_leaves_all_who_took_part_are_free_in_the_order_of_their_names() -> None:
    """R19: nothing depends on who came first."""
    names = ("ann", "bob", "cem", "dan")
    world = at_work(a_desk_of(agents=dict.fromkeys(names, ONE)), *names)
    place = busy(world, "zoe")
    for name in ("dan", "bob", "cem"):
        monitor = ParticipantKind.MONITOR
        world.hear(e.ParticipantInvited(**place, participant_id=name, kind=monitor))

    decisions = world.hear(e.OwnerLeft(**place))

    removed = [one.agent_id for one in decisions if isinstance(one, d.ParticipantRemoved)]
    assert removed == ["bob", "cem", "dan"]


def _refused_by_ann(*customers: str) -> World:
    """Bob, who is busy, has refused nothing; Ann has refused all of these customers."""
    agents = {"ann": {"capacity_units": 4}, "bob": ONE}
    queue = {"queue_id": "general", "offer": {"timeout_s": 600}}
    world = at_work(a_desk_of(queue, agents=agents), "bob")
    busy(world, "yan")
    world.arrives("ann")
    for customer in customers:
        world.reject(offered(world.message(customer)))
    return world


def test_all_whom_the_last_hope_left_go_round_again() -> None:
    """R12: not the first of them alone."""
    world = _refused_by_ann("zoe", "wim")

    decisions = world.presence("bob", Presence.AWAY)

    assert [one.agent_id for one in reservations(decisions)] == ["ann", "ann"]


def test_what_is_held_for_its_owner_goes_on_in_the_order_of_ids() -> None:
    """R9, R17: a save keeps no other order."""
    agents = {"ann": {"capacity_units": 6}}
    world = at_work(a_desk_of(agents=agents, channels=CALLS), "ann")
    customers = [f"customer-{number}" for number in range(6)]
    for place in [busy(world, name) for name in customers]:
        world.hear(e.ParkRequested(**place))
    call = busy(world, "caller", channel="voice")
    for name in customers:
        assert types(world.message(name))[-1] == "work_item_held"

    decisions = world.hear(e.CloseRequested(**call))

    resumed = [one.work_item_id for one in decisions if isinstance(one, d.WorkItemResumed)]
    assert len(resumed) == len(customers)
    assert resumed == sorted(resumed)


def test_a_reservation_is_accepted_on_its_own_desk_only() -> None:
    """I10: whatever is called the same on another one."""
    world = at_work(a_desk(), "ann")
    offer = offered(world.message("zoe"))
    elsewhere = {"tenant_id": "acme", "desk_id": "elsewhere"}

    def heard_elsewhere(data: e.EventData) -> tuple[d.AnyDecision, ...]:
        event_id = f"elsewhere-{world.offset}"
        at = datetime.fromtimestamp(world.now_ms / 1000, UTC)
        value = encode_event(data, event_id=event_id, source="test", time=at, **elsewhere)
        return world.hear_event(decode_event(value), event_id=event_id)

    heard_elsewhere(e.DeskConfigured(configuration=a_desk()))
    accepted = e.ReservationAccepted(agent_id="ann", reservation_id=offer.reservation_id)

    assert refusal(heard_elsewhere(accepted)).detail == "item is gone"
    assert types(world.accept(offer)) == ["work_item_assigned"]
