"""Between a new configuration and the tick that carries it out, and where lines compete."""

from datetime import UTC, datetime

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.wire import decode_event, encode_event
from tests.unit.services.router.core.desks import (
    a_desk_of,
    agent,
    at_work,
    busy,
    configure,
    only_item,
    reservations,
)
from tests.unit.services.router.core.world import (
    TENANT,
    World,
    offered,
    refusal,
    types,
)

HEAVY = {"capacity_weights": {"web_chat": 3, "telegram": 1}}


def test_a_kept_agent_who_shrank_takes_other_work_before_the_rematch() -> None:
    """R6, R24: the hold ends as soon as the agent is looked at, not only with the next tick."""
    world = at_work(a_desk_of(**HEAVY, agents={"ann": {"capacity_units": 3}}), "ann")
    place = busy(world, "yan", channel="telegram")
    world.message("zoe")
    world.tick(after_s=60)
    assert agent(world, "ann").kept_for is not None
    configure(world, a_desk_of(**HEAVY, agents={"ann": {"capacity_units": 2}}))

    decisions = world.hear(e.CloseRequested(**place))

    assert types(decisions) == ["conversation_closed", "work_item_completed", "hold_ended"]
    assert offered(world.message("xin", channel="telegram")).agent_id == "ann"


def test_what_is_kept_for_somebody_no_longer_configured_is_not_offered_to_them() -> None:
    """R24: between the configuration and its rematch."""
    queue = {"queue_id": "general", "last_agent_hold_s": 60}
    desk = a_desk_of(queue, agents={"ann": {"capacity_units": 1}, "bob": {}})
    world = at_work(desk, "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    place = busy(world, "yan")
    assert types(world.message("zoe"))[-1] == "hold_opened"
    configure(world, a_desk_of(queue, agents={"bob": {}}))

    decisions = world.hear(e.CloseRequested(**place))

    assert reservations(decisions) == []


def test_of_two_passed_over_items_an_agent_gets_the_one_that_waited_longer() -> None:
    """R4 among those who were passed over while nobody was there."""
    queues = ({"queue_id": "general"}, {"queue_id": "billing"})
    world = World(a_desk_of(*queues, **HEAVY, agents={"ann": {"capacity_units": 3}}))
    first = world.message("zoe")
    world.now_ms += 1_000
    world.message("yan", topic="billing")
    world.tick(after_s=61)

    offer = offered(world.arrives("ann"))

    [queued] = [one for one in first if isinstance(one, d.WorkItemQueued)]
    assert offer.work_item_id == queued.work_item_id
    assert offer.why.chosen_for in {"agent", "capacity"}


def test_an_agent_looks_past_what_they_refused_only_as_far_as_it_is_better() -> None:
    """R4, R12: the head of another line comes before what stands behind a refused head."""
    queues = ({"queue_id": "billing"}, {"queue_id": "general"})
    both = {"ann": {"capacity_units": 1}, "bob": {"capacity_units": 1}}
    world = at_work(a_desk_of(*queues, agents=both), "bob")
    busy(world, "wes", topic="billing")
    world.arrives("ann")
    world.reject(offered(world.message("zoe", topic="general")))
    place = busy(world, "yan", topic="general")
    waiting: list[d.AnyDecision] = []
    for customer, topic in (("xin", "billing"), ("vic", "general")):
        world.now_ms += 1_000
        waiting += world.message(customer, topic=topic)

    offer = offered(world.hear(e.CloseRequested(**place)))

    [first, _] = [one for one in waiting if isinstance(one, d.WorkItemQueued)]
    assert (offer.agent_id, offer.work_item_id) == ("ann", first.work_item_id)


def test_a_heavy_item_that_is_kept_for_its_last_agent_keeps_nobody_else() -> None:
    """R6, R11: its patience ends during the hold, and the hold goes on."""
    queue = {"queue_id": "general", "last_agent_hold_s": 300}
    both = {"ann": {"capacity_units": 3}, "bob": {"capacity_units": 2}}
    world = at_work(a_desk_of(queue, **HEAVY, agents=both), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    busy(world, "yan", channel="telegram")
    world.message("zoe")

    decisions = world.tick(after_s=60)

    assert types(decisions) == ["work_item_passed_over"]
    assert agent(world, "ann").kept_for is None
    assert only_one_kept(world) == "ann"


def only_one_kept(world: World) -> str | None:
    """For whom the one waiting item is kept."""
    [item] = [one for one in world.engine.state.work_items() if one.state == "queued"]
    return item.hold_agent_id


def test_a_code_that_the_queue_does_not_have_is_refused_with_those_it_has() -> None:
    """The agent keeps the wrap-up and can say it again."""
    queue = {"queue_id": "general", "wrap_up_s": 60, "wrap_up_codes": ["solved", "unsolved"]}
    world = at_work(a_desk_of(queue, agents={"ann": {}}), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    work_item_id = only_item(world).work_item_id
    finished = e.WrapUpFinished(agent_id="ann", work_item_id=work_item_id, code="bored")

    refused = refusal(world.hear(finished))

    assert refused.reason is RefusalReason.UNKNOWN_WRAP_UP_CODE
    assert refused.detail == "one of: solved, unsolved"
    again = finished.model_copy(update={"code": "solved"})
    assert types(world.hear(again)) == ["work_item_completed"]


def test_a_desks_configuration_leaves_another_desks_lines_alone() -> None:
    """I10: what waits in one desk is not even looked at for another."""
    world = at_work(a_desk_of(agents={"ann": {}}))
    world.message("zoe")
    value = encode_event(
        e.DeskConfigured(configuration=a_desk_of(agents={"bob": {}})),
        event_id="other",
        source="test",
        time=datetime.fromtimestamp(world.now_ms / 1000, UTC),
        tenant_id=TENANT,
        desk_id="other",
    )

    world.hear_event(decode_event(value), event_id="other")

    state = world.engine.state
    assert [
        len(state.index_of((TENANT, desk)).lines.waiting()) for desk in ("support", "other")
    ] == [1, 0]


def test_a_refused_item_goes_round_again_when_the_others_no_longer_serve_it() -> None:
    """R12, R24: a new version left only those who had refused."""
    both = {"ann": {"capacity_units": 1}, "bob": {"capacity_units": 1}}
    queues = ({"queue_id": "general"}, {"queue_id": "billing"})
    world = at_work(a_desk_of(*queues, agents=both), "bob")
    busy(world, "wes")
    world.arrives("ann")
    world.reject(offered(world.message("zoe")))
    bob: dict[str, object] = {"capacity_units": 1, "queues": {"billing": 1}}
    configure(world, a_desk_of(*queues, agents={"ann": both["ann"], "bob": bob}))

    decisions = world.tick()

    assert types(decisions) == ["refusals_forgotten", "reservation_opened", "rematch_ended"]
    assert offered(decisions).agent_id == "ann"
