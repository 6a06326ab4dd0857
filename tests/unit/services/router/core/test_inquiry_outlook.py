"""What would change a wait, in the order of time, then what people can do."""

from dataclasses import replace

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import HoldKind
from services.router.core.entities import WorkItem
from services.router.core.inquiry_outlook import Outlook, OutlookKind, outlooks
from services.router.core.inquiry_reach import survey
from tests.unit.services.router.core.inquiry_world import a_varied_desk, only_item
from tests.unit.services.router.core.test_hours import OPENS_SOON, a_desk_with
from tests.unit.services.router.core.world import START_MS, World, a_desk, offered


def outlooks_of(world: World, item: WorkItem) -> dict[OutlookKind, Outlook]:
    """By kind; each comes once."""
    state = world.engine.state
    found = outlooks(state, item, survey(state, item))
    by_kind = {one.kind: one for one in found}
    assert len(by_kind) == len(found)
    return by_kind


def test_the_next_step_says_whom_it_would_ask() -> None:
    """Cem, who has level 2, could have it in a minute, and is there."""
    world = World(a_varied_desk())
    world.arrives("cem")
    world.message("kim", topic="billing")

    step = outlooks_of(world, only_item(world))[OutlookKind.STEP_APPLIES]

    assert (step.at_ms, step.agents) == (world.now_ms + 60_000, 1)
    assert (
        step.says == "step 1 of 3 asks queue billing for billing 2: 3 agents could ever, 1 at once"
    )


def test_a_closed_queue_says_when_it_opens() -> None:
    """Nothing else would help before."""
    world = World(a_desk_with(OPENS_SOON, queue={"calendar": "soon"}))
    world.message("kim")

    opens = outlooks_of(world, only_item(world))[OutlookKind.QUEUE_OPENS]

    assert opens.at_ms == START_MS + 40_000
    assert opens.says == "queue general opens, and those who serve it are asked"


def test_a_step_asks_those_again_who_refused() -> None:
    """Bob declined; the step forgets it, and with him cem could have the item at once."""
    world = World(a_varied_desk())
    world.arrives("fay")
    world.accept(offered(world.message("kim", topic="billing")))
    world.arrives("bob")
    world.arrives("cem")
    reservation = offered(world.message("lee", topic="billing"))
    world.reject(reservation)
    item = world.engine.state.need(WorkItem, reservation.work_item_id)

    step = outlooks_of(world, item)[OutlookKind.STEP_APPLIES]

    assert step.says.endswith("3 agents could ever, 2 at once")


def test_what_time_brings_comes_first_in_order() -> None:
    """Step, patience and promotion by their times; people after them."""
    world = World(a_varied_desk(channels={"email": {}, "web_chat": {"weight": 2}}))
    world.message("kim", topic="billing")
    state, item = world.engine.state, only_item(world)

    found = outlooks(state, item, survey(state, item))

    times = [one.at_ms for one in found if one.at_ms is not None]
    assert times == sorted(times)
    assert [one.kind for one in found] == [
        OutlookKind.AGENT_IS_KEPT,
        OutlookKind.STEP_APPLIES,
        OutlookKind.PROMOTED,
        OutlookKind.AGENT_ARRIVES,
    ]
    assert found[-1].agent_ids == ("bob", "fay")


def test_the_outlook_comes_true() -> None:
    """The step applies when it was said to, and asks whom it was said to ask."""
    world = World(a_varied_desk())
    world.arrives("cem")
    world.message("kim", topic="billing")
    step = outlooks_of(world, only_item(world))[OutlookKind.STEP_APPLIES]
    assert step.at_ms is not None

    early = world.tick(after_s=(step.at_ms - world.now_ms) / 1_000 - 1)
    late = world.tick(after_s=1)

    assert early == ()
    assert next(one for one in late if one.type == "reservation_opened").agent_id == "cem"


def test_an_offered_item_waits_for_an_answer() -> None:
    """Until the reservation ends."""
    world = World(a_varied_desk())
    world.arrives("bob")
    world.message("kim", topic="billing")

    found = outlooks_of(world, only_item(world))

    assert found[OutlookKind.RESERVATION_ENDS].at_ms == world.now_ms + 20_000
    assert found[OutlookKind.RESERVATION_ENDS].agent_ids == ("bob",)
    assert OutlookKind.STEP_APPLIES not in found


def test_refusals_holds_and_load_are_told() -> None:
    """Bob declined, fay is busy; then the item is kept for somebody."""
    world = World(a_varied_desk())
    world.arrives("fay")
    world.accept(offered(world.message("kim", topic="billing")))
    world.arrives("bob")
    reservation = offered(world.message("lee", topic="billing"))
    world.reject(reservation)
    item = world.engine.state.need(WorkItem, reservation.work_item_id)
    until_ms = world.now_ms + 9_000
    kept = replace(item, hold_agent_id="bob", hold_kind=HoldKind.LAST_AGENT, until_ms=until_ms)

    found = outlooks_of(world, item)
    while_kept = outlooks_of(world, kept)

    assert found[OutlookKind.REFUSAL_FORGOTTEN].at_ms == world.now_ms + 120_000
    assert found[OutlookKind.AGENT_BECOMES_FREE].agent_ids == ("fay",)
    assert while_kept[OutlookKind.HOLD_ENDS].at_ms == until_ms


def test_nobody_who_could_ever_needs_another_configuration() -> None:
    """Without any such agent no waiting helps, and after the last step nothing is due."""
    world = World(a_nobody_desk())
    world.message("kim")

    item = replace(only_item(world), promotion_due_ms=None)
    found = outlooks_of(world, item)

    assert list(found) == [OutlookKind.CONFIGURATION_CHANGES]
    assert found[OutlookKind.CONFIGURATION_CHANGES].says == (
        "no configured agent of queue general has no skill and takes web_chat"
    )


def test_a_step_to_a_queue_that_is_gone_moves_nothing() -> None:
    """As the engine itself takes it."""
    steps = [{"after_s": 30, "move_to": "night", "credit_s": 5}]
    queues = [{"queue_id": "general", "steps": steps}, {"queue_id": "night"}]
    world = World(a_desk(queues=queues, rules=[], agents=[]))
    world.message("kim")
    moving = outlooks_of(world, only_item(world))[OutlookKind.STEP_APPLIES]
    del world.engine.state.index_of(("acme", "support")).queues["night"]

    staying = outlooks_of(world, only_item(world))[OutlookKind.STEP_APPLIES]

    assert "asks queue night for no skill" in moving.says
    assert "asks queue general for no skill" in staying.says


def a_nobody_desk() -> DeskConfiguration:
    """A desk without agents."""
    return a_desk(queues=[{"queue_id": "general"}], rules=[], agents=[])
