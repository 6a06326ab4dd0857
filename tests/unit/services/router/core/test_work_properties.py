"""How a conversation leaves its owner and comes back: parked, transferred, hung up."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from tests.unit.services.router.core.desks import CALLS, Part, a_desk_of, at_work, busy, only_item
from tests.unit.services.router.core.world import (
    World,
    a_desk,
    contact_point,
    offered,
    refusal,
    types,
)

ONE: dict[str, Part] = {"ann": {"capacity_units": 2}}
TWO: dict[str, Part] = {"ann": {"capacity_units": 2}, "bob": {"capacity_units": 2}}


def test_a_call_and_other_work_never_meet_by_unparking() -> None:
    """R18: a call blocks others, also when the customer of a parked chat comes back."""
    world = at_work(a_desk_of(agents=ONE, channels=CALLS), "ann")
    world.hear(e.ParkRequested(**busy(world, "zoe")))
    busy(world, "yan", channel="voice")

    assert types(world.message("zoe")) == ["message_filed", "work_item_held"]


def test_unparking_keeps_to_the_limit_of_the_channel() -> None:
    """R10, R17: room of the channel counts as units do."""
    ann: dict[str, dict[str, object]] = {"ann": {"channels": {"web_chat": 1}}}
    world = at_work(a_desk_of(agents=ann), "ann")
    world.hear(e.ParkRequested(**busy(world, "zoe")))
    busy(world, "yan")

    assert types(world.message("zoe"))[-1] == "work_item_held"


@pytest.mark.parametrize(
    ("units", "weight", "parked", "follows"),
    [
        (3, 2, 0, "work_item_resumed"),
        (2, 2, 0, "work_item_held"),
        (3, 2, 1, "work_item_resumed"),
        (4, 3, 1, "work_item_resumed"),
        (3, 3, 1, "work_item_held"),
    ],
)
def test_unparking_needs_what_is_missing_to_the_full_weight(
    units: int, weight: int, parked: int, follows: str
) -> None:
    """R17: what the parked item holds already counts for it; one unit goes to somebody else."""
    desk = a_desk_of(
        agents={"ann": {"capacity_units": max(units, weight)}},
        capacity_weights={"web_chat": weight, "telegram": 1},
        policies={"parked_weight": parked},
    )
    world = at_work(desk, "ann")
    world.hear(e.ParkRequested(**busy(world, "zoe")))
    busy(world, "yan", channel="telegram")

    assert types(world.message("zoe"))[-1] == follows


def test_a_transfer_to_an_agent_asks_that_agent_whatever_their_skills() -> None:
    """The owner knows best; the item keeps its line and its virtual time (R5)."""
    world = at_work(a_desk_of(agents={**TWO, "cem": {}}), "ann", "bob", "cem")
    place = busy(world, "zoe")
    begun_ms = only_item(world).virtual_time_ms

    decisions = world.hear(e.TransferRequested(**place, to_agent_id="cem", note="yours"))

    queued, offer = decisions
    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.note, queued.virtual_time_ms) == ("yours", begun_ms)
    assert (offered((offer,)).agent_id, offered((offer,)).why.chosen_for) == ("cem", "transfer")


def test_a_transfer_waits_for_a_busy_agent_and_then_goes_to_anyone() -> None:
    """The desk's `owner_hold_s` bounds the wait."""
    world = at_work(a_desk_of(agents=TWO, capacity_weights={"web_chat": 2}), "bob", "ann")
    busy(world, "yan")
    place = busy(world, "zoe")

    held = world.hear(e.TransferRequested(**place, to_agent_id="bob"))
    ended = world.tick(after_s=30)

    assert types(held) == ["work_item_queued", "hold_opened"]
    assert types(ended) == ["hold_ended", "reservation_opened"]
    assert (place["agent_id"], offered(ended).agent_id) == ("ann", "ann")


@pytest.mark.parametrize(
    ("to_agent_id", "reason"),
    [
        ("stranger", RefusalReason.UNKNOWN_AGENT),
        ("ann", RefusalReason.ILLEGAL_TRANSITION),
        ("bob", RefusalReason.AGENT_ABSENT),
    ],
)
def test_a_transfer_to_nobody_who_can_take_it_is_refused(
    to_agent_id: str, reason: RefusalReason
) -> None:
    """Unknown agents, oneself, and absent agents; the conversation stays where it is."""
    world = at_work(a_desk_of(agents=TWO), "ann")
    place = busy(world, "zoe")

    refused = refusal(world.hear(e.TransferRequested(**place, to_agent_id=to_agent_id)))

    assert refused.reason is reason
    assert only_item(world).agent_id == "ann"


def _hangs_up(world: World, customer: str = "zoe") -> tuple[d.AnyDecision, ...]:
    return world.hear(e.ContactEnded(contact_point_id=contact_point(customer)))


def test_a_hang_up_cancels_item_and_offers_in_one_record() -> None:
    """R18: and the agent who was asked gets what waits."""
    world = at_work(a_desk_of(agents=ONE, channels=CALLS), "ann")
    world.message("zoe", channel="voice")
    world.message("yan", channel="voice")
    world.now_ms += 5_000

    decisions = _hangs_up(world)

    assert types(decisions) == [
        "reservation_ended",
        "work_item_canceled",
        "conversation_closed",
        "reservation_opened",
    ]
    canceled = next(one for one in decisions if isinstance(one, d.WorkItemCanceled))
    assert (canceled.waited_ms, canceled.cause) == (5_000, "hung_up")


def test_a_hang_up_ends_the_wait_for_a_kept_agent() -> None:
    """R6, R11: nobody is kept for an item that is gone."""
    desk = {"capacity_weights": {"web_chat": 2, "telegram": 1}}
    world = at_work(a_desk_of(agents=ONE, **desk), "ann")
    busy(world, "yan", channel="telegram")
    world.message("zoe")
    world.tick(after_s=60)
    world.message("xin", channel="telegram")

    decisions = _hangs_up(world)

    assert types(decisions)[:3] == ["hold_ended", "work_item_canceled", "conversation_closed"]
    assert offered(decisions).agent_id == "ann"


def test_a_hang_up_lets_the_owner_wrap_up() -> None:
    """What was said is noted all the same."""
    world = at_work(a_desk_of({"queue_id": "general", "wrap_up_s": 30}), "ann")
    busy(world, "zoe")

    assert types(_hangs_up(world)) == ["conversation_closed", "work_item_wrapping_up"]


def test_a_hang_up_of_somebody_who_is_not_there_is_refused() -> None:
    """Nothing is open for them."""
    world = World(a_desk())

    assert refusal(_hangs_up(world)).reason is RefusalReason.UNKNOWN_CONVERSATION
