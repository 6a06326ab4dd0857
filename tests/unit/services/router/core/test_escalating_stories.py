"""What levels do, and by whose policy an item goes (R24, R26)."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import QueueingReason
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.promises import Escalation
from tests.unit.services.router.core.desks import (
    at_work,
    busy,
    configure,
    only_item,
    reservations,
)
from tests.unit.services.router.core.promised_desks import (
    Part,
    an_escalating_desk,
    fired_in,
    tells_the_same,
    ticks,
)
from tests.unit.services.router.core.world import World, types

TELL: Part = {"actions": {"notify": {}}}
WAITS: Part = {"trouble": "waiting", "after_s": 60, **TELL}
TWO_AGENTS = [{"agent_id": name, "queues": {"general": 1}} for name in ("ann", "bob")]


def test_take_back_gives_the_conversation_to_others() -> None:
    """Whoever did not answer is asked again only like one who refused."""
    level = {"trouble": "breached", "actions": {"take_back": True}}
    world = at_work(an_escalating_desk(level, agents=TWO_AGENTS), "ann", "bob")
    busy(world, "zoe")

    decisions = ticks(world, after_s=100)

    [queued] = [one for one in decisions if isinstance(one, d.WorkItemQueued)]
    assert (queued.reason, queued.by_agent_id) == (QueueingReason.ESCALATED, "ann")
    assert [one.agent_id for one in reservations(decisions)] == ["bob"]
    tells_the_same(world)


def test_a_move_takes_a_waiting_item_to_the_other_queue() -> None:
    """Nobody is asked for it in the old one any more."""
    level = {**WAITS, "actions": {"move_to": "billing"}}
    queues = [
        {"queue_id": "general", "escalation_policy": "help", "offer": {"timeout_s": 90}},
        {"queue_id": "billing"},
    ]
    world = at_work(an_escalating_desk(level, on_promises=False, queues=queues), "ann")
    world.message("zoe")

    decisions = world.tick(after_s=60)

    assert types(decisions)[:3] == ["escalation_fired", "reservation_ended", "work_item_queued"]
    assert [offer.queue_id for offer in reservations(decisions)] == ["billing"]
    assert only_item(world).queue_id == "billing"
    tells_the_same(world)


def test_a_move_takes_an_owned_item_from_its_owner() -> None:
    """To move it is to take it back."""
    level = {"trouble": "breached", "actions": {"move_to": "billing"}}
    world = at_work(an_escalating_desk(level), "ann")
    busy(world, "zoe")

    ticks(world, after_s=100)

    item = only_item(world)
    assert (item.queue_id, item.state) == ("billing", S.RESERVED)


def test_a_move_to_a_queue_that_is_gone_moves_nothing() -> None:
    """A policy of an older version may name one; the rest of the level is done."""
    level = {**WAITS, "actions": {"move_to": "billing", "strict_class": 2}}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("zoe")
    queues = [{"queue_id": "general"}]
    agents = [{"agent_id": "ann", "queues": {"general": 1}}]
    rules: list[object] = []
    smaller = an_escalating_desk(
        WAITS,
        queues=queues,
        agents=agents,
        rules=rules,
        sla_policies=[],
        migrate_to={"billing": "general"},
    )
    configure(world, smaller)
    world.tick()

    world.tick(after_s=60)

    item = only_item(world)
    assert (item.queue_id, item.strict_class) == ("general", 2)


def test_relaxing_asks_whoever_the_level_adds() -> None:
    """Agents of another group are asked, though no step of the queue ever would."""
    level = {**WAITS, "actions": {"widen_to_groups": ["reserve"]}}
    desk = an_escalating_desk(
        level,
        on_promises=False,
        agent_groups=[{"agent_group_id": "reserve"}],
        agents=[{"agent_id": "eve", "groups": ["reserve"], "queues": {"billing": 1}}],
    )
    world = at_work(desk, "eve")
    world.message("zoe")

    [offer] = reservations(world.tick(after_s=60))

    assert offer.agent_id == "eve"
    tells_the_same(world)


def test_anyone_is_asked_where_a_level_says_so() -> None:
    """Whatever queues and skills they have."""
    level = {**WAITS, "actions": {"anyone": True}}
    agents = [{"agent_id": "eve", "queues": {"billing": 1}}]
    world = at_work(an_escalating_desk(level, on_promises=False, agents=agents), "eve")
    world.message("zoe")

    [offer] = reservations(world.tick(after_s=60))

    assert offer.agent_id == "eve"


def test_an_item_goes_by_the_policy_of_the_queue_that_it_came_to_last() -> None:
    """And back in the old one, what has fired there does not fire again (R26)."""
    level = {**WAITS, "actions": {"move_to": "billing"}}
    back = {**WAITS, "after_s": 90, "actions": {"move_to": "general"}}
    desk = an_escalating_desk(
        escalation_policies=[
            {"escalation_policy_id": "there", "levels": [level]},
            {"escalation_policy_id": "back", "levels": [back]},
        ],
        queues=[
            {"queue_id": "general", "escalation_policy": "there"},
            {"queue_id": "billing", "escalation_policy": "back"},
        ],
        on_promises=False,
    )
    world = World(desk)
    world.message("zoe")

    assert fired_in(world.tick(after_s=60)) == ["1.0"]
    assert only_item(world).queue_id == "billing"
    assert fired_in(world.tick(after_s=30)) == ["1.0"]
    assert only_item(world).queue_id == "general"
    assert fired_in(ticks(world, after_s=600)) == []
    tells_the_same(world)


def test_in_a_queue_without_policy_nothing_is_pending() -> None:
    """Whoever moves the work away has dealt with it."""
    world = at_work(an_escalating_desk(WAITS, on_promises=False), "ann")
    owned = busy(world, "zoe")
    world.hear(e.TransferRequested(**owned, queue_id="billing"))

    assert fired_in(ticks(world, after_s=600)) == []
    [escalation] = world.engine.state.tables["escalation"].values()
    assert isinstance(escalation, Escalation)
    assert (escalation.queue_id, escalation.terms_id) == ("billing", "")
