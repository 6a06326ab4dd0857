"""A desk's configuration: validated whole, in force at once, carried out in bounded steps."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import QueueingReason, RefusalReason
from services.router.core import configuring, turn
from tests.unit.services.router.core.desks import (
    a_desk_of,
    agent,
    at_work,
    busy,
    configure,
    reservations,
)
from tests.unit.services.router.core.world import World, a_desk, offered, refusal, types

ANN = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 4}
GENERAL = {"queue_id": "general"}


def test_versions_count_from_one() -> None:
    """The router gives the version, so two administrators can't both have made version 2."""
    world = World()

    applied = [world.hear(e.DeskConfigured(configuration=a_desk()))[0] for _ in range(2)]

    versions = [one.version for one in applied if isinstance(one, d.ConfigurationApplied)]
    assert versions == [1, 2]


def test_a_desk_without_configuration_refuses_its_events_visibly() -> None:
    """Nothing that arrives early is lost: it is dead-lettered and can be replayed."""
    world = World()

    assert refusal(world.message("zoe")).reason is RefusalReason.DESK_NOT_CONFIGURED


def test_a_new_agent_gets_what_waits_at_the_next_tick() -> None:
    """The rematch follows the configuration in bounded steps."""
    world = World(a_desk(agents=[ANN]))
    world.arrives("ann")
    world.message("zoe", topic="billing")
    skilled = {**ANN, "queues": {"billing": 1}, "skills": {"billing": 3}}

    world.hear(e.DeskConfigured(configuration=a_desk(agents=[skilled])))
    decisions = world.tick()

    assert types(decisions) == ["reservation_opened", "rematch_ended"]
    assert offered(decisions).agent_id == "ann"


def test_a_removed_queue_needs_a_successor_for_its_open_work() -> None:
    """R24: validated whole before it is in force."""
    world = World(a_desk())
    world.message("zoe", topic="billing")

    smaller = a_desk(queues=[GENERAL], agents=[ANN], rules=[])
    refused = refusal(world.hear(e.DeskConfigured(configuration=smaller)))

    assert (refused.reason, refused.subject_id) == (
        RefusalReason.CONFIGURATION_CONTRADICTORY,
        "billing",
    )


def test_open_work_moves_to_the_named_successor() -> None:
    """What waits in the removed queue waits on in the other, with its old virtual time."""
    world = World(a_desk())
    world.message("zoe", topic="billing")

    smaller = a_desk(queues=[GENERAL], agents=[ANN], rules=[], migrate_to={"billing": "general"})
    world.hear(e.DeskConfigured(configuration=smaller))
    [queued, _] = world.tick()

    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.queue_id, queued.reason) == ("general", QueueingReason.MIGRATED)
    assert queued.requires == {}


def test_a_removed_skill_that_open_work_requires_is_refused() -> None:
    """Otherwise nobody could ever take it."""
    world = World(a_desk())
    world.message("zoe", topic="billing")

    other = a_desk(
        skills=["russian"],
        queues=[GENERAL, {"queue_id": "billing"}],
        agents=[ANN],
    )
    refused = refusal(world.hear(e.DeskConfigured(configuration=other)))

    assert (refused.reason, refused.subject_id) == (
        RefusalReason.CONFIGURATION_CONTRADICTORY,
        "billing",
    )


def test_other_desks_work_does_not_stand_in_the_way() -> None:
    """Desks of one partition are independent."""
    world = World(a_desk())
    world.message("zoe", topic="billing")
    item = world.engine.state.work_items()[0]
    item.desk_id = "elsewhere"

    smaller = a_desk(queues=[GENERAL], agents=[ANN], rules=[])
    decisions = world.engine.decide(
        None, event_id="x", event_offset=world.offset, appended_at_ms=world.now_ms
    )
    assert types(decisions) == ["event_refused"]
    item.desk_id = "support"
    assert refusal(world.hear(e.DeskConfigured(configuration=smaller)))


def test_a_removed_agents_work_goes_back_to_its_line() -> None:
    """Who is no longer configured owns nothing any more."""
    world = World(a_desk())
    world.arrives("cem")
    world.accept(offered(world.message("zoe")))
    world.arrives("ann")

    world.hear(e.DeskConfigured(configuration=a_desk(agents=[ANN])))
    decisions = world.tick()

    assert types(decisions) == ["work_item_queued", "reservation_opened", "rematch_ended"]
    assert offered(decisions).agent_id == "ann"


def test_the_wrap_up_of_a_removed_agent_goes_on() -> None:
    """The conversation is over; only its rest is left."""
    world = World(a_desk())
    world.arrives("bob")
    offer = offered(world.message("zoe", topic="billing"))
    world.accept(offer)
    world.hear(e.CloseRequested(agent_id="bob", conversation_id=offer.conversation_id))

    queues = [GENERAL, {"queue_id": "billing"}]
    world.hear(e.DeskConfigured(configuration=a_desk(agents=[ANN], queues=queues)))

    assert types(world.tick()) == ["rematch_ended"]


def test_work_whose_queue_is_gone_falls_back_to_the_default() -> None:
    """An assigned item that comes back later finds a line all the same."""
    world = World(a_desk())
    world.arrives("bob")
    offer = offered(world.message("zoe", topic="billing"))
    world.accept(offer)
    bob = {**ANN, "agent_id": "bob"}
    for successor in ({"billing": "general"}, {"billing": "general"}):
        smaller = a_desk(queues=[GENERAL], agents=[bob], rules=[], migrate_to=successor)
        world.hear(e.DeskConfigured(configuration=smaller))
    world.tick()

    closed = world.hear(e.CloseRequested(agent_id="bob", conversation_id=offer.conversation_id))

    assert types(closed) == ["conversation_closed", "work_item_completed"]


def test_a_large_rematch_goes_on_over_several_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """R2: one record holds a bounded part."""
    monkeypatch.setattr(turn, "DECISIONS_BEFORE_PAUSE", 2)
    world = World(a_desk(agents=[ANN]))
    for number in range(5):
        world.message(f"customer{number}", topic="billing")
    smaller = a_desk(queues=[GENERAL], agents=[ANN], rules=[], migrate_to={"billing": "general"})

    world.hear(e.DeskConfigured(configuration=smaller))
    records = [types(world.tick()) for _ in range(10)]

    moved = [record.count("work_item_queued") for record in records]
    assert (sum(moved), max(moved)) == (5, 2)
    assert sum(record.count("rematch_ended") for record in records) == 1


def test_more_desks_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are finite and visible."""
    monkeypatch.setattr(configuring, "DESKS_MAX", 0)
    world = World()

    refused = refusal(world.hear(e.DeskConfigured(configuration=a_desk())))

    assert refused.reason is RefusalReason.LIMIT_REACHED


def _kept_for_ann() -> World:
    """Zoe waits for her last agent, who is busy with Yan."""
    queue = {"queue_id": "billing", "last_agent_hold_s": 60}
    agents: dict[str, dict[str, object]] = {"ann": {"capacity_units": 1}}
    world = at_work(a_desk_of({"queue_id": "general"}, queue, agents=agents), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe", topic="billing")))
    busy(world, "yan")
    assert types(world.message("zoe", topic="billing"))[-1] == "hold_opened"
    return world


def test_what_is_kept_for_an_agent_stays_kept_under_a_new_configuration() -> None:
    """R11: the hold goes on; nobody else is given the item."""
    world = _kept_for_ann()
    queue = {"queue_id": "billing", "last_agent_hold_s": 60}
    both: dict[str, dict[str, object]] = {"ann": {"capacity_units": 1}, "bob": {}}

    configure(world, a_desk_of({"queue_id": "general"}, queue, agents=both))
    world.tick()

    assert reservations(world.arrives("bob")) == []


def test_what_is_kept_for_an_agent_moves_with_its_removed_queue() -> None:
    """R24: all open work of the removed queue goes to its successor, kept or not."""
    world = _kept_for_ann()

    both: dict[str, dict[str, object]] = {"ann": {"capacity_units": 1}, "bob": {}}
    configure(world, a_desk_of(migrate_to={"billing": "general"}, agents=both))
    world.tick()

    assert offered(world.arrives("bob")).queue_id == "general"


def test_a_removed_queues_item_may_be_offered_before_it_has_moved() -> None:
    """Between a configuration and the tick that carries it out, agents come as ever."""
    widened = {"queue_id": "billing", "steps": [{"after_s": 5, "widen_to_groups": ["all"]}]}
    groups = [{"agent_group_id": "all"}]
    keeper = {"queue_id": "general", "steps": [{"after_s": 900, "widen_to_groups": ["all"]}]}
    ann: dict[str, dict[str, object]] = {"ann": {"groups": ["all"], "queues": {"general": 1}}}
    world = World(a_desk_of(keeper, widened, agent_groups=groups, agents=ann))
    world.message("zoe", topic="billing")
    world.tick(after_s=5)

    moved = {"billing": "general"}
    configure(world, a_desk_of(keeper, agent_groups=groups, agents=ann, migrate_to=moved))

    offer = offered(world.arrives("ann"))
    assert (offer.why.policy, offer.why.passed_over) == ("longest_idle", {})


def test_an_agent_who_can_no_longer_carry_it_is_not_kept_for_a_heavy_item() -> None:
    """R6: the hold ends with the reason for it; the agent gets lighter work again."""
    desk = {"capacity_weights": {"web_chat": 3, "telegram": 1}}
    world = at_work(a_desk_of(**desk, agents={"ann": {"capacity_units": 3}}), "ann")
    busy(world, "yan", channel="telegram")
    world.message("zoe")
    assert types(world.tick(after_s=60)) == ["work_item_passed_over", "hold_opened"]

    configure(world, a_desk_of(**desk, agents={"ann": {"capacity_units": 2}}))

    assert types(world.tick()) == ["hold_ended", "rematch_ended"]
    assert offered(world.message("xin", channel="telegram")).agent_id == "ann"


def test_an_agent_who_no_longer_serves_the_queue_is_not_kept_for_its_heavy_item() -> None:
    """R6: whoever serves it now is kept instead."""
    desk = {"capacity_weights": {"web_chat": 2, "telegram": 1}}
    queues = ({"queue_id": "general"}, {"queue_id": "billing"})
    two: dict[str, dict[str, object]] = {
        "ann": {"capacity_units": 2},
        "bob": {"capacity_units": 2, "queues": {"billing": 1}},
    }
    world = at_work(a_desk_of(*queues, **desk, agents=two), "bob", "ann")
    busy(world, "yan", channel="telegram", topic="general")
    busy(world, "xin", channel="telegram", topic="billing")
    world.message("zoe", topic="general")
    assert types(world.tick(after_s=60)) == ["work_item_passed_over", "hold_opened"]

    swapped = {**two, "ann": two["bob"], "bob": two["ann"]}
    configure(world, a_desk_of(*queues, **desk, agents=swapped))

    assert types(world.tick()) == ["hold_ended", "hold_opened", "rematch_ended"]
    assert agent(world, "bob").kept_for == next(
        item.work_item_id for item in world.engine.state.work_items() if item.state == "queued"
    )


def test_work_that_is_kept_for_an_agent_stays_kept() -> None:
    """R11, R24: a new version in the middle of a hold puts nothing into a line beside it."""
    full = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}
    other = {"agent_id": "bob", "queues": {"general": 1}, "capacity_units": 2}
    world = World(a_desk(agents=[full, other]))
    world.arrives("ann")
    world.accept(offered(world.message("zoe")))
    world.arrives("bob")
    second = world.message("yan")
    world.accept(offered(second))
    request = e.TransferRequested(
        agent_id="bob", conversation_id=offered(second).conversation_id, to_agent_id="ann"
    )
    held = world.hear(request)

    applied = world.hear(e.DeskConfigured(configuration=a_desk(agents=[full, other])))

    assert "hold_opened" in types(held)
    assert types(applied) == ["configuration_applied"]
    assert types(world.tick()) == ["rematch_ended"]
