"""Where work meets people: whom an item is kept for, who is kept for an item, and in what order."""

from dataclasses import replace

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import HoldKind, Presence
from services.router.core import placing
from tests.unit.services.router.core.desks import (
    Part,
    a_desk_of,
    agent,
    at_work,
    busy,
    configure,
    reservations,
)
from tests.unit.services.router.core.world import World, a_desk, a_message, offered, types

ONE: Part = {"capacity_units": 1}
LAST: Part = {"queue_id": "general", "last_agent_hold_s": 20}
HEAVY = {"web_chat": 2, "telegram": 1}


def _zoe_knows_ann(queue: Part, *, agents: dict[str, Part] | None = None) -> World:
    """Ann served Zoe last and is busy with Yan now; Bob is free."""
    desk = a_desk_of(queue, agents=agents or {"ann": ONE, "bob": ONE})
    world = at_work(desk, "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    world.now_ms += 1_000
    busy(world, "yan")
    world.arrives("bob")
    return world


def test_the_last_agent_is_asked_first_although_others_are_idle_longer() -> None:
    """R11."""
    world = at_work(a_desk_of(LAST, agents={"ann": {}, "bob": {}}), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    world.arrives("bob")
    world.now_ms += 1_000
    busy(world, "yan")

    offer = offered(world.message("zoe"))

    assert (offer.agent_id, offer.why.chosen_for) == ("ann", "last_agent")


def test_an_item_is_kept_for_a_busy_last_agent_and_then_goes_to_anyone() -> None:
    """R11: for so long at most, with its old virtual time."""
    world = _zoe_knows_ann(LAST)

    begun = world.message("zoe")
    ended = world.tick(after_s=20)

    assert types(begun)[-1] == "hold_opened"
    assert isinstance(begun[-1], d.HoldOpened)
    assert (begun[-1].agent_id, begun[-1].kind) == ("ann", HoldKind.LAST_AGENT)
    assert begun[-1].until_ms == world.now_ms
    assert types(ended) == ["hold_ended", "reservation_opened"]
    assert offered(ended).agent_id == "bob"


def test_what_is_kept_is_offered_as_soon_as_the_agent_has_room() -> None:
    """R11: before what waits for anyone."""
    world = _zoe_knows_ann(LAST)
    world.message("zoe")
    yan = next(item for item in world.engine.state.work_items() if item.agent_id == "ann")

    place = {"agent_id": "ann", "conversation_id": yan.conversation_id}
    decisions = world.hear(e.CloseRequested(**place))

    offer = offered(decisions)
    assert (offer.agent_id, offer.why.chosen_for) == ("ann", "last_agent")


@pytest.mark.parametrize("is_gone", [True, False])
def test_the_hold_ends_with_the_agents_absence_and_never_begins_in_it(*, is_gone: bool) -> None:
    """R11: it starts only if the agent is present."""
    world = _zoe_knows_ann(LAST)
    if is_gone:
        world.presence("ann", Presence.AWAY)
        decisions = world.message("zoe")
    else:
        world.message("zoe")
        decisions = world.presence("ann", Presence.AWAY)

    assert offered(decisions).agent_id == "bob"
    assert ("hold_ended" in types(decisions)) is not is_gone


def test_a_refusal_ends_the_preference_for_the_last_agent() -> None:
    """R11: then the item joins its line."""
    world = at_work(a_desk_of(LAST, agents={"ann": {}, "bob": {}}), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    world.arrives("bob")

    assert offered(world.reject(offered(world.message("zoe")))).agent_id == "bob"


def test_a_hold_of_no_time_asks_the_last_agent_only_if_free() -> None:
    """`last_agent_hold_s` of 0."""
    world = _zoe_knows_ann({**LAST, "last_agent_hold_s": 0})

    assert offered(world.message("zoe")).agent_id == "bob"


def test_an_agent_has_a_bounded_number_of_items_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes beyond goes to anyone."""
    monkeypatch.setattr(placing, "ITEMS_KEPT_FOR_AGENT_MAX", 0)
    world = _zoe_knows_ann(LAST)

    assert offered(world.message("zoe")).agent_id == "bob"


def test_steps_go_on_during_the_hold() -> None:
    """R11: relaxation does not wait for the agent, and the hold does not end with a step."""
    world = _zoe_knows_ann({**LAST, "steps": [{"after_s": 5, "credit_s": 60}]})
    world.message("zoe")

    assert types(world.tick(after_s=5)) == ["work_item_relaxed"]
    assert types(world.tick(after_s=15)) == ["hold_ended", "reservation_opened"]


def _passed_over(*, agents: dict[str, Part]) -> World:
    """Zoe's chat (2 units) waited a minute beside agents who have one unit free each."""
    world = at_work(a_desk_of(agents=agents, capacity_weights=HEAVY), *agents)
    for name in agents:
        busy(world, f"first-{name}", channel="telegram")
        world.now_ms += 1_000
    world.message("zoe")
    assert types(world.tick(after_s=60)) == ["work_item_passed_over", "hold_opened"]
    return world


def test_an_agent_who_is_kept_for_a_heavy_item_gets_nothing_else_until_it_fits() -> None:
    """R6."""
    world = _passed_over(agents={"ann": {"capacity_units": 2}})
    place = {
        "agent_id": "ann",
        "conversation_id": world.engine.state.work_items()[0].conversation_id,
    }

    light = world.message("yan", channel="telegram")
    fits = world.hear(e.CloseRequested(**place))

    assert reservations(light) == []
    assert types(fits) == [
        "conversation_closed",
        "work_item_completed",
        "hold_ended",
        "reservation_opened",
    ]
    assert offered(fits).why.chosen_for == "capacity"


def test_whoever_can_take_it_first_does_and_the_kept_agent_gets_what_waits() -> None:
    """R6, R10: the hold ends with the offer, in the same record."""
    bob: Part = {"capacity_units": 2, "channels": {"web_chat": 1, "telegram": 1}}
    world = _passed_over(agents={"ann": {"capacity_units": 2}, "bob": bob})
    own = next(item for item in world.engine.state.work_items() if item.agent_id == "bob")
    assert reservations(world.message("yan", channel="telegram")) == []

    place = {"agent_id": "bob", "conversation_id": own.conversation_id}
    decisions = world.hear(e.CloseRequested(**place))

    assert types(decisions)[2:] == ["hold_ended", "reservation_opened", "reservation_opened"]
    assert [(one.agent_id, one.channel) for one in reservations(decisions)] == [
        ("bob", "web_chat"),
        ("ann", "telegram"),
    ]


def test_a_kept_agents_absence_hands_the_hold_to_the_next() -> None:
    """R6: the item is not forgotten."""
    two: Part = {"capacity_units": 2}
    world = _passed_over(agents={"ann": two, "bob": two})
    kept = next(name for name in ("ann", "bob") if agent(world, name).kept_for is not None)
    other = "bob" if kept == "ann" else "ann"

    decisions = world.presence(kept, Presence.AWAY)

    assert types(decisions) == ["agent_presence_changed", "hold_ended", "hold_opened"]
    assert agent(world, other).kept_for is not None


def test_of_two_who_could_be_kept_it_is_the_one_with_more_free_units() -> None:
    """R6: whoever of them is preferred."""
    queue: Part = {"queue_id": "general", "prefers": {"billing": 1}}
    agents: dict[str, Part] = {
        "ann": {"capacity_units": 2},
        "bob": {"capacity_units": 2, "skills": {"billing": 1}},
    }
    world = at_work(a_desk_of(queue, agents=agents, capacity_weights=HEAVY), *agents)
    for customer in ("yan", "xia", "wim"):
        busy(world, customer, channel="telegram")
    world.message("zoe")

    assert types(world.tick(after_s=60)) == ["work_item_passed_over", "hold_opened"]

    assert (agent(world, "ann").kept_for is None, agent(world, "bob").kept_for) == (False, None)


def test_an_item_that_was_heavy_once_keeps_an_agent_where_nothing_named_is_heavy() -> None:
    """R6, R24: it weighs what it weighed when it came."""
    agents: dict[str, Part] = {"ann": {"capacity_units": 2}}
    world = at_work(a_desk_of(agents=agents, capacity_weights=HEAVY), "ann")
    busy(world, "yan", channel="telegram")
    world.message("zoe")
    configure(world, a_desk_of(agents=agents))
    world.tick()

    assert types(world.tick(after_s=60)) == ["work_item_passed_over", "hold_opened"]

    assert agent(world, "ann").kept_for is not None


def test_nobody_is_asked_again_while_somebody_is_there_who_did_not_refuse() -> None:
    """R12: whoever else leaves."""
    agents = {"ann": ONE, "bob": ONE, "cem": ONE}
    world = at_work(a_desk_of(agents=agents), *agents)
    busy(world, "yan")
    busy(world, "xia")
    assert reservations(world.reject(offered(world.message("zoe")))) == []

    assert types(world.presence("bob", Presence.AWAY)) == ["agent_presence_changed"]


def test_whoever_comes_later_with_room_is_offered_what_was_passed_over() -> None:
    """R6, R4: where it fits it needs nobody kept, and goes by its place."""
    two: Part = {"capacity_units": 2}
    world = World(a_desk_of(agents={"ann": two}, capacity_weights=HEAVY))
    world.message("zoe")
    assert types(world.tick(after_s=60)) == ["work_item_passed_over"]

    decisions = world.arrives("ann")

    assert (offered(decisions).agent_id, offered(decisions).why.chosen_for) == ("ann", "agent")


def test_two_heavy_items_keep_two_agents_the_longest_wait_first() -> None:
    """R6: at most one hold for each agent."""
    two: Part = {"capacity_units": 2}
    world = _passed_over(agents={"ann": two})
    first = agent(world, "ann").kept_for
    world.message("yan")

    assert types(world.tick(after_s=60)) == ["work_item_passed_over"]
    assert agent(world, "ann").kept_for == first


def test_an_event_that_frees_more_agents_than_one_can_is_a_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is forgotten quietly beside waiting work (R10)."""
    queue = {"queue_id": "general", "offer": {"mode": "broadcast"}}
    agents: dict[str, Part] = {"ann": {}, "bob": {}, "cem": {}}
    world = at_work(a_desk_of(queue, agents=agents), *agents)
    first, *_ = reservations(world.message("zoe"))
    monkeypatch.setattr(placing, "FREED_AGENTS_MAX", 1)

    with pytest.raises(OverflowError, match="freed more than"):
        world.accept(first)


CALLS = {"phone": {"weight": 2, "exclusive": True}, "web_chat": {"weight": 1}}
URGENT = {
    "rule_id": "urgent",
    "when": {"topic": ["urgent"]},
    "then": {"queue": "general", "strict_class": 0},
}


def a_call(customer: str) -> e.MessageReceived:
    """The customer calls."""
    message = a_message(customer)
    return message.model_copy(update={"reply_to": replace(message.reply_to, channel="phone")})


@pytest.mark.parametrize(
    ("labels", "given"), [({}, "hold_opened"), ({"topic": "urgent"}, "reservation_opened")]
)
def test_what_fits_goes_before_what_was_passed_over_only_by_its_class(
    labels: dict[str, str], given: str
) -> None:
    """An agent who has room for a chat alone is kept for the call, unless the chat is urgent."""
    ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 3}
    world = World(a_desk(agents=[ann], rules=[URGENT], channels=CALLS))
    world.arrives("ann")
    world.accept(offered(world.message("ada")))
    world.presence("ann", Presence.AWAY)
    world.hear(a_call("zoe"))
    world.tick(after_s=60)
    world.message("yan", **labels)

    decisions = world.presence("ann", Presence.AVAILABLE)

    assert types(decisions)[1] == given


def test_what_was_passed_over_and_fits_waits_for_its_turn() -> None:
    """Where it fits it needs no agent kept, and a better class goes first."""
    ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}
    world = World(a_desk(agents=[ann], rules=[URGENT], channels=CALLS))
    world.hear(a_call("zoe"))
    world.tick(after_s=60)
    urgent = a_call("yan").model_copy(update={"labels": {"topic": "urgent"}})
    opened = world.hear(urgent)[0]

    given = world.arrives("ann")[-1]

    assert given.conversation_id == opened.conversation_id  # type: ignore[union-attr]
