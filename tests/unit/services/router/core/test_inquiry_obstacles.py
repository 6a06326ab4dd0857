"""All reasons why an agent can't have an item, and the same verdict as matching's."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.contracts.terms import Presence
from services.router.core.entities import Agent, WorkItem
from services.router.core.inquiry_obstacles import Obstacle, asked_by, obstacles
from services.router.core.queueing import signature_of
from services.router.core.state import PartitionState
from tests.unit.services.router.core.inquiry_world import a_varied_desk, only_item
from tests.unit.services.router.core.test_hours import OPENS_SOON, a_desk_with
from tests.unit.services.router.core.world import DESK, START_MS, TENANT, World, a_desk, offered

AGENTS = ("ann", "bob", "cem", "dee", "eve", "fay")


def kinds(state: PartitionState, item: WorkItem, agent_id: str) -> list[str]:
    """The kinds of reasons that hold, in order."""
    return [reason.obstacle.value for reason in obstacles(state, item, agent_id)]


@pytest.mark.parametrize(
    ("agent_id", "expected"),
    [
        ("zoe", ["not_configured"]),
        ("ann", ["not_asked", "without_skill", "absent"]),
        ("bob", ["absent"]),
        ("cem", ["without_skill", "absent"]),
        ("dee", ["channel_closed", "absent"]),
        ("eve", ["too_heavy", "absent"]),
        ("fay", ["absent"]),
    ],
)
def test_all_reasons_of_an_agent_are_listed_in_order(agent_id: str, expected: list[str]) -> None:
    """What the configuration says comes before what changes by the minute."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")

    assert kinds(world.engine.state, only_item(world), agent_id) == expected


def test_reasons_say_what_the_agent_has_and_needs() -> None:
    """Levels and units as numbers, and the same in words."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")

    skill, absent = obstacles(world.engine.state, only_item(world), "cem")

    assert (skill.subject, skill.have, skill.need) == ("billing", 2, 3)
    assert skill.says == "lacks skill billing: has 2, needs 3"
    assert (absent.subject, absent.says) == ("disconnected", "is disconnected")


def test_absence_is_told_as_the_agent_said_it() -> None:
    """Away is not the same as disconnected."""
    world = World(a_varied_desk())
    world.arrives("bob")
    world.presence("bob", Presence.AWAY)
    world.message("kim", topic="billing")

    (reason,) = obstacles(world.engine.state, only_item(world), "bob")

    assert reason.subject == "away"


def test_closed_queue_and_shift_are_reasons_with_their_ends() -> None:
    """Who asks at night is told when the queue opens and when the agent's shift begins (R25)."""
    world = World(a_desk_with(OPENS_SOON, queue={"calendar": "soon"}, shift="soon"))
    world.arrives("ann")
    world.message("kim")

    closed, off = obstacles(world.engine.state, only_item(world), "ann")

    assert (closed.obstacle, closed.until_ms) == (Obstacle.QUEUE_CLOSED, START_MS + 40_000)
    assert closed.says == "queue general is closed until 2023-11-14 22:14:00Z"
    assert (off.obstacle, off.until_ms) == (Obstacle.OFF_SHIFT, START_MS + 40_000)
    assert off.says == "is not on shift (off) until 2023-11-14 22:14:00Z"


def test_units_channel_limit_and_refusal_are_reasons() -> None:
    """Fay may have one web chat at once and has it; bob declined."""
    world = World(a_varied_desk())
    world.arrives("fay")
    first = offered(world.message("kim", topic="billing"))
    world.accept(first)
    world.arrives("bob")
    second = offered(world.message("lee", topic="billing"))
    world.reject(second)
    item = world.engine.state.need(WorkItem, second.work_item_id)
    heavy = replace(item, weight=6)

    state = world.engine.state
    refused = obstacles(state, item, "bob")

    assert kinds(state, item, "fay") == ["channel_full"]
    assert kinds(state, heavy, "fay") == ["without_units", "channel_full"]
    assert [one.obstacle for one in refused] == [Obstacle.REFUSED]
    assert refused[0].until_ms == world.now_ms + 120_000
    assert "until 2023-11-14 22:15:20Z" in refused[0].says


def test_exclusive_work_and_holds_are_reasons() -> None:
    """An agent on a call has no chat beside it; who is kept for one has nothing else."""
    desk = a_desk(channels={"voice": {"exclusive": True}, "web_chat": {"weight": 2}})
    world = World(desk)
    world.arrives("ann")
    first = offered(world.message("kim"))
    world.accept(first)
    state = world.engine.state
    item = state.need(WorkItem, first.work_item_id)
    call = replace(item, channel="voice", weight=1, work_item_id="call", agent_id=None)
    kept = replace(call, channel="web_chat", hold_agent_id="bob", until_ms=world.now_ms)
    state.need(Agent, TENANT, DESK, "ann").kept_for = "other"

    assert kinds(state, call, "ann") == ["exclusive_work", "agent_kept"]
    assert kinds(state, kept, "ann") == ["agent_kept", "item_kept"]
    assert kinds(state, kept, "bob") == ["absent"]


def test_a_group_that_a_step_added_is_asked() -> None:
    """Fay serves no general questions and is a senior."""
    world = World(a_varied_desk())
    world.message("kim")
    item = only_item(world)

    wider = replace(item, also_groups=("seniors",))

    assert kinds(world.engine.state, item, "fay")[0] == "not_asked"
    assert kinds(world.engine.state, wider, "fay") == ["absent"]


def test_an_agent_who_is_kept_for_the_item_itself_is_free_for_it() -> None:
    """The hold stands in the way of everything else."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    item = only_item(world)
    world.arrives("cem")
    world.engine.state.need(Agent, TENANT, DESK, "cem").kept_for = item.work_item_id

    own = kinds(world.engine.state, item, "cem")
    other = kinds(world.engine.state, replace(item, work_item_id="other"), "cem")

    assert own == ["without_skill"]
    assert other == ["without_skill", "agent_kept"]


def test_those_who_are_asked_are_named() -> None:
    """Queues and groups, or everybody."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    item = only_item(world)

    wider = replace(item, also_queues=("general",), also_groups=("seniors",))

    assert asked_by(item) == "queue billing"
    assert asked_by(wider) == "queue billing, queue general, group seniors"
    assert asked_by(replace(item, is_for_anyone=True)) == "every agent of the desk"


ACTIONS = st.one_of(
    st.tuples(st.just("arrives"), st.sampled_from(AGENTS)),
    st.tuples(st.just("leaves"), st.sampled_from(AGENTS)),
    st.tuples(st.just("general"), st.integers(0, 9)),
    st.tuples(st.just("billing"), st.integers(0, 9)),
    st.tuples(st.just("accept"), st.integers(0, 9)),
    st.tuples(st.just("reject"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 90)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=25))
def test_no_obstacle_means_a_place_in_matching(actions: list[tuple[str, object]]) -> None:
    """Whatever happened, for every item and agent: here and there say the same."""
    world = World(a_varied_desk())
    for action, value in actions:
        act(world, action, value)

    state = world.engine.state
    for item in state.work_items():
        for agent_id in AGENTS:
            if agent_id != item.agent_id and agent_id not in dict(item.offered):
                found = not obstacles(state, item, agent_id)
                assert found == matching_has(state, item, agent_id), (agent_id, item)


def act(world: World, action: str, value: object) -> None:
    """One thing that happens to the desk."""
    items = sorted(world.engine.state.work_items(), key=lambda item: item.work_item_id)
    pending = [
        one
        for record in world.records
        for one in record.decisions
        if one.type == "reservation_opened"
        and any((one.agent_id, one.reservation_id) in item.offered for item in items)
    ]
    if action == "arrives":
        world.arrives(str(value))
    elif action == "leaves" and world.engine.state.get(Agent, TENANT, DESK, str(value)):
        world.presence(str(value), Presence.AWAY)
    elif action == "general":
        world.message(f"customer-{value}")
    elif action == "billing":
        world.message(f"customer-{value}", topic="billing")
    elif action in ("accept", "reject") and pending:
        chosen = pending[int(str(value)) % len(pending)]
        (world.accept if action == "accept" else world.reject)(chosen)
    elif action == "wait":
        world.tick(after_s=float(str(value)))


def matching_has(state: PartitionState, item: WorkItem, agent_id: str) -> bool:
    """Whether matching would find the agent for the item, by its own structures."""
    index = state.index_of((TENANT, DESK))
    seat = index.bench.seat_of(agent_id)
    kind = index.kinds.kind_of(item.channel, item.weight)
    return (
        seat is not None
        and bool(seat.room & kind.bit)
        and signature_of(item).admits(index.profiles.of_agent[agent_id])
        and not item.excludes(agent_id)
        and item.hold_agent_id in (None, agent_id)
    )
