"""A new configuration meets work that is not simply waiting in its line."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import ParticipantKind, QueueingReason
from services.router.core.entities import Agent
from tests.unit.services.router.core.world import DESK, TENANT, World, a_desk, offered, types

GENERAL = {"queue_id": "general"}
OTHER = {"queue_id": "other", "last_agent_hold_s": 300}
NO_RULES: list[object] = []
KEPT = [{"agent_id": "ann", "queues": {"general": 1, "other": 1}, "capacity_units": 2}]
LEFT = [{"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}]
TO_OTHER = {"rules": NO_RULES, "default": {"queue": "other"}}
TO_GENERAL = {"other": "general"}
TO_GENERAL_WITHOUT_SKILL = {"billing": "general"}


def an_agent(agent_id: str, *queues: str, units: int = 2) -> dict[str, object]:
    """An agent who serves these queues."""
    ranks = dict.fromkeys(queues, 1)
    return {"agent_id": agent_id, "queues": ranks, "capacity_units": units}


def agents_of(world: World) -> list[Agent]:
    """Ann and bob as the engine knows them."""
    return [world.engine.state.need(Agent, TENANT, DESK, name) for name in ("ann", "bob")]


def configure(world: World, desk: DeskConfiguration) -> tuple[d.AnyDecision, ...]:
    """The new document, and what it makes of the open work."""
    world.hear(e.DeskConfigured(configuration=desk))
    return world.tick()


@pytest.mark.parametrize("kind", [ParticipantKind.CONSULTANT, ParticipantKind.MONITOR])
def test_a_removed_participant_leaves_the_conversation_to_its_owner(kind: ParticipantKind) -> None:
    """Only what an agent owns is taken back when the agent is no longer configured."""
    world = World(a_desk())
    world.arrives("ann")
    reservation = offered(world.message("zoe"))
    world.accept(reservation)
    world.arrives("cem")
    invited = e.ParticipantInvited(
        agent_id="ann",
        conversation_id=reservation.conversation_id,
        participant_id="cem",
        kind=kind,
    )
    world.hear(invited)

    decisions = configure(world, a_desk(agents=[an_agent("ann", "general")], rules=NO_RULES))

    assert types(decisions) == ["participant_removed", "rematch_ended"]


def test_an_unreachable_monitor_does_not_take_the_conversation_back() -> None:
    """Whoever listens in without a stream owns nothing that could be taken back."""
    world = World(a_desk())
    world.arrives("cem", connection_id="page-1")
    world.hear(e.AgentDisconnected(agent_id="cem", connection_id="page-1"))
    world.arrives("ann")
    reservation = offered(world.message("zoe"))
    world.accept(reservation)
    monitored = e.ParticipantInvited(
        agent_id="cem",
        conversation_id=reservation.conversation_id,
        participant_id="cem",
        kind=ParticipantKind.MONITOR,
    )
    world.hear(monitored)

    assert "work_item_queued" not in types(world.tick(after_s=61))


def test_an_item_kept_for_its_last_agent_leaves_a_removed_queue() -> None:
    """It stands in no line, and is not forgotten: the hold ends and it joins the successor's."""
    world = World(a_desk(queues=[OTHER, GENERAL], agents=KEPT, **TO_OTHER))
    world.arrives("ann")
    first = offered(world.message("zoe"))
    world.accept(first)
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=first.conversation_id))
    world.accept(offered(world.message("yan")))
    assert isinstance(world.message("zoe")[-1], d.HoldOpened)

    decisions = configure(
        world, a_desk(queues=[GENERAL], agents=LEFT, rules=NO_RULES, migrate_to=TO_GENERAL)
    )

    assert types(decisions) == ["hold_ended", "work_item_queued", "rematch_ended"]
    assert isinstance(decisions[1], d.WorkItemQueued)
    assert decisions[1].reason is QueueingReason.MIGRATED


def test_an_item_kept_for_its_agent_stays_kept_in_a_queue_that_stays() -> None:
    """A new document is no reason to end a hold."""
    world = World(a_desk(queues=[OTHER, GENERAL], agents=KEPT, **TO_OTHER))
    world.arrives("ann")
    first = offered(world.message("zoe"))
    world.accept(first)
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=first.conversation_id))
    world.accept(offered(world.message("yan")))
    world.message("zoe")

    same = a_desk(queues=[OTHER, GENERAL], agents=KEPT, **TO_OTHER)

    assert types(configure(world, same)) == ["rematch_ended"]


def test_what_a_removed_queue_lent_is_offered_before_the_desk_was_looked_through() -> None:
    """The document is in force at once, its rematch follows; nothing may break in between."""
    lending = {**OTHER, "steps": [{"after_s": 5, "widen_to_queues": ["general"]}]}
    world = World(a_desk(queues=[lending, GENERAL], agents=KEPT, **TO_OTHER))
    world.message("zoe")
    world.tick(after_s=5)
    leaves = a_desk(queues=[GENERAL], agents=LEFT, rules=NO_RULES, migrate_to=TO_GENERAL)

    world.hear(e.DeskConfigured(configuration=leaves))

    assert offered(world.arrives("ann")).why.passed_over == {}


@pytest.mark.parametrize(
    "change", [{"queues": {"other": 1}}, {"capacity_units": 1}, {"capacity_units": 2}]
)
def test_an_agent_is_kept_only_for_what_they_serve_and_could_carry(
    change: dict[str, object],
) -> None:
    """A heavy item lets go of an agent who can't have it any more, and keeps another (R6)."""
    desk = {"queues": [GENERAL, {"queue_id": "other"}], "rules": NO_RULES}
    weights = {"capacity_weights": {"web_chat": 2, "email": 1}}
    bob, ann = an_agent("bob", "general", units=3), an_agent("ann", "general", units=2)
    world = World(a_desk(**desk, **weights, agents=[ann, bob]))
    world.arrives("bob")
    world.arrives("ann")
    for name in ("xia", "wim"):
        world.accept(offered(world.message(name)))
    world.message("zoe")
    world.tick(after_s=60)
    kept = {agent.agent_id: agent.kept_for for agent in agents_of(world)}

    decisions = configure(world, a_desk(**desk, **weights, agents=[ann, {**bob, **change}]))

    assert kept["bob"] is not None
    fits = change == {"capacity_units": 2}
    assert ("hold_ended" in types(decisions)) is not fits
    assert [agent.agent_id for agent in agents_of(world) if agent.kept_for] == (
        ["bob"] if fits else ["ann"]
    )


def without_billing() -> DeskConfiguration:
    """The skill `billing` is gone; what needs it goes to the general queue."""
    ann, bob = an_agent("ann", "general"), an_agent("bob", "general", "billing")
    queues = [GENERAL, {"queue_id": "billing"}]
    skills = {"skills": ["russian"], "migrate_to": TO_GENERAL_WITHOUT_SKILL}
    return a_desk(queues=queues, agents=[ann, bob], rules=NO_RULES, **skills)


def test_work_that_needs_a_removed_skill_goes_where_the_document_says() -> None:
    """Nobody could have it any more where it waits (R24)."""
    world = World(a_desk())
    world.message("zoe", topic="billing")

    queued, _ = configure(world, without_billing())

    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.queue_id, queued.requires) == ("general", {})
    assert queued.reason is QueueingReason.MIGRATED


def test_work_on_offer_that_needs_a_removed_skill_goes_there_when_it_is_queued_again() -> None:
    """An offer stands under the version that it began with."""
    world = World(a_desk())
    world.arrives("bob")
    reservation = offered(world.message("zoe", topic="billing"))

    assert types(configure(world, without_billing())) == ["rematch_ended"]
    queued = world.reject(reservation)[1]

    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.queue_id, queued.requires) == ("general", {})
