"""Desks that promise something, in few words, for tests of clocks and escalations."""

from collections.abc import Mapping

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import SlaTarget
from services.router.core.engine import Engine
from services.router.core.promises import SlaClock, SlaInstance
from tests.unit.services.router.core.desks import a_desk_of, only_item
from tests.unit.services.router.core.world import World

Part = Mapping[str, object]
_WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
# World.START_MS is Tuesday 14 November 2023, 22:13:20 UTC.
OFFICE: Part = {
    "calendar_id": "office",
    "zone": "UTC",
    "opening": {day: ["09:00-17:00"] for day in _WORKDAYS},
}
EVENING: Part = {
    "calendar_id": "evening",
    "zone": "UTC",
    "opening": {day: ["20:00-23:00"] for day in _WORKDAYS},
}
GOLD: Part = {
    "sla_policy_id": "gold",
    "first_response_s": 100,
    "next_response_s": 50,
    "resolution_s": 1_000,
}


def a_promising_desk(*policies: Part, **changes: object) -> DeskConfiguration:
    """Two queues, `general` and `billing`, one agent for both, and these policies ("gold" if none).

    The calendars `office` and `evening` are there to be named.
    """
    document = a_desk_of({"queue_id": "general"}, {"queue_id": "billing"}).model_dump()
    promises: Part = {
        "calendars": [OFFICE, EVENING],
        "sla_policies": list(policies or (GOLD,)),
    }
    return DeskConfiguration.model_validate({**document, **promises, **changes})


def an_escalating_desk(
    *levels: Part, on_promises: bool = True, **changes: object
) -> DeskConfiguration:
    """The desk of `a_promising_desk` whose one escalation policy "help" has these levels.

    Its SLA policy names it, or (with `on_promises` false) only its queue `general`.
    """
    named: Part = {"queue_id": "general", "escalation_policy": "help"}
    policies = [{**GOLD, "escalation": "help"}] if on_promises else []
    return a_promising_desk(
        **{
            "escalation_policies": [{"escalation_policy_id": "help", "levels": list(levels)}],
            "sla_policies": policies,
            "queues": [{"queue_id": "general"} if on_promises else named, {"queue_id": "billing"}],
            **changes,
        }
    )


def fired_in(decisions: tuple[d.AnyDecision, ...]) -> list[str]:
    """The levels that fired: level and repeat, and the alerts with their counts."""
    told = []
    for one in decisions:
        if isinstance(one, d.EscalationFired):
            told.append(f"{one.level}.{one.repeat}")
        elif isinstance(one, d.EscalationAlerted):
            told.append(f"alert {one.level}: {one.count}")
    return told


def clock_of(world: World, target: str) -> SlaClock:
    """The only conversation's clock of this target."""
    [instance] = world.engine.state.tables["sla_instance"].values()
    assert isinstance(instance, SlaInstance)
    return instance.need(SlaTarget(target))


def promises_in(decisions: tuple[d.AnyDecision, ...]) -> list[str]:
    """What was decided about clocks, each with its target where it has one."""
    told = []
    for one in decisions:
        if one.type.startswith("sla_"):
            target = getattr(one, "target", None)
            told.append(one.type.removeprefix("sla_") + (f" {target.value}" if target else ""))
    return told


def replies(world: World, owned: Part) -> tuple[d.AnyDecision, ...]:
    """The owner answers."""
    return world.hear(e.ReplySent(**{**owned, "text": "Good day."}))


def parks(world: World, owned: Part) -> tuple[d.AnyDecision, ...]:
    """The owner waits for the customer."""
    return world.hear(e.ParkRequested(**owned))


def closes(world: World, owned: Part) -> tuple[d.AnyDecision, ...]:
    """The owner closes the conversation."""
    return world.hear(e.CloseRequested(**owned))


def tells_the_same(world: World) -> None:
    """The log alone, and a save, lead to the state that deciding left."""
    live = world.engine.canonical_hash()
    documents = world.engine.state.documents()
    assert world.folded().canonical_hash() == live
    restored = Engine.restore(documents, now_ms=world.engine.now_ms)
    assert restored.canonical_hash() == live
    assert restored.next_deadline_ms() == world.engine.next_deadline_ms()


def ticks(world: World, *, after_s: float) -> tuple[d.AnyDecision, ...]:
    """Two ticks: a trouble that a tick finds out escalates in the one after it."""
    return (*world.tick(after_s=after_s), *world.tick())


def acknowledges(world: World) -> tuple[d.AnyDecision, ...]:
    """The supervisor sam sees to the only conversation."""
    conversation_id = only_item(world).conversation_id
    return world.hear(e.EscalationAcknowledged(agent_id="sam", conversation_id=conversation_id))
