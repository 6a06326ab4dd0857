"""Desks in few words, for tests of one rule: queues and agents that say only what matters."""

from collections.abc import Mapping

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from services.router.core.entities import Agent, WorkItem
from tests.unit.services.router.core.world import DESK, TENANT, World

Part = Mapping[str, object]
CALLS: Part = {"voice": {"exclusive": True}, "web_chat": {}}
QUEUES_OF_AN_AGENT = frozenset({"queues", "weights", "routing_profile"})


def a_desk_of(
    *queues: Part, agents: Mapping[str, Part] | None = None, **changes: object
) -> DeskConfiguration:
    """A desk of these queues ("general" if none) and agents ("ann" if none).

    A message's topic names its queue, without one it goes to the first. An agent serves all queues
    at rank 1 unless it says otherwise.
    """
    parts = [{"queue_id": "general"}] if not queues else list(queues)
    names = [str(queue["queue_id"]) for queue in parts]
    served = {"queues": dict.fromkeys(names, 1)}
    document: Part = {
        "skills": ["billing", "russian"],
        "queues": parts,
        "agents": [
            {"agent_id": name, **({} if QUEUES_OF_AN_AGENT & set(part) else served), **part}
            for name, part in (agents or {"ann": {}}).items()
        ],
        "rules": [
            {"rule_id": name, "when": {"topic": [name]}, "then": {"queue": name}} for name in names
        ],
        "default": {"queue": names[0]},
    }
    return DeskConfiguration.model_validate({**document, **changes})


def at_work(configuration: DeskConfiguration, *agent_ids: str) -> World:
    """A world of this desk where these agents are present, the first for the longest time."""
    world = World(configuration)
    for agent_id in agent_ids:
        world.arrives(agent_id)
        world.now_ms += 1_000
    return world


def busy(world: World, customer: str, *, channel: str = "web_chat", **labels: str) -> Part:
    """The customer is served by whoever is asked first; returns what names the conversation."""
    found = reservations(world.message(customer, channel=channel, **labels))
    assert found, "nobody was asked"
    if len(found) == 1 and item_of(world, found[0]).agent_id is None:
        world.accept(found[0])
    return {"agent_id": found[0].agent_id, "conversation_id": found[0].conversation_id}


def served_before(world: World, *customers: str) -> None:
    """Who is asked first knows these customers: each was served, and is done."""
    for customer in customers:
        world.hear(e.CloseRequested(**busy(world, customer)))


def configure(world: World, configuration: DeskConfiguration) -> tuple[d.AnyDecision, ...]:
    """The desk works by this from now on; what it means for open work follows with a tick."""
    return world.hear(e.DeskConfigured(configuration=configuration))


def reservations(decisions: tuple[d.AnyDecision, ...]) -> list[d.ReservationOpened]:
    """All reservations among the decisions."""
    return [one for one in decisions if isinstance(one, d.ReservationOpened)]


def item_of(world: World, offer: d.ReservationOpened) -> WorkItem:
    """The item that was offered, as it is now."""
    return world.engine.state.need(WorkItem, offer.work_item_id)


def only_item(world: World) -> WorkItem:
    """The only open item."""
    [item] = world.engine.state.work_items()
    return item


def agent(world: World, agent_id: str) -> Agent:
    """The agent as it is now."""
    return world.engine.state.need(Agent, TENANT, DESK, agent_id)
