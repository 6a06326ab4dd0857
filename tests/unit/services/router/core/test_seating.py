"""Whom an item asks that the document in force would not have let it ask: it waits since before."""

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from tests.unit.services.router.core.desks import (
    a_desk_of,
    at_work,
    busy,
    configure,
    reservations,
)
from tests.unit.services.router.core.promised_desks import Part, an_escalating_desk, tells_the_same
from tests.unit.services.router.core.world import World, offered

OVERFLOW = {"to": "general", "enter": {"waiting": 1}, "leave": {"waiting": 0}}
WAITS: Part = {"trouble": "waiting", "after_s": 60}


def _desk(policy: str, *, overflow: object) -> DeskConfiguration:
    """Work of `other` goes by the policy; ann and fay may help out, who was idle longest first."""
    return a_desk_of(
        {"queue_id": "general"},
        {
            "queue_id": "other",
            "policy": policy,
            "requires": {"russian": 1},
            "last_agent_hold_s": 300,
            "overflow": overflow,
        },
        agents={
            "ann": {"queues": {"general": 1}, "skills": {"russian": 3}, "capacity_units": 5},
            "fay": {"queues": {"general": 1}, "skills": {"russian": 1}, "capacity_units": 2},
            "old": {"queues": {"other": 1}, "skills": {"russian": 1}, "capacity_units": 1},
        },
    )


@pytest.mark.parametrize(
    ("policy", "score"), [("least_occupied", 400), ("most_proficient", -3), ("round_robin", 0)]
)
def test_who_overflowed_is_placed_by_its_own_queues_policy_after_the_overflow_is_gone(
    policy: str, score: int
) -> None:
    """Fay was idle longer, but is busier, knows less, and comes later in the ring."""
    world = at_work(_desk(policy, overflow=OVERFLOW), "ann", "fay", "old")
    world.hear(e.CloseRequested(**busy(world, "zoe", topic="other")))
    for customer in ("ali", "bea", "cid"):
        world.now_ms += 1_000
        busy(world, customer)
    busy(world, "dan", topic="other")
    world.message("eli", topic="other")
    world.message("zoe", topic="other")
    configure(world, _desk(policy, overflow=None))
    world.tick()

    offer = offered(world.tick(after_s=300))

    assert (offer.agent_id, offer.why.score) == ("ann", score)
    assert [one.agent_id for one in offer.why.runners_up] == ["fay"]


def _of_reserve(*levels: Part) -> DeskConfiguration:
    """Eve and gil serve billing, and help out where a level says so."""
    return an_escalating_desk(
        *levels,
        on_promises=False,
        agent_groups=[{"agent_group_id": "reserve"}],
        agents=[
            {"agent_id": name, "groups": ["reserve"], "queues": {"billing": 1}}
            for name in ("eve", "gil")
        ],
    )


@pytest.mark.parametrize("actions", [{"widen_to_groups": ["reserve"]}, {"anyone": True}])
def test_who_was_asked_by_an_earlier_documents_level_is_still_asked(
    actions: Part,
) -> None:
    """R24: the item waits for them, so none of them is free beside it when another refuses."""
    world = World(_of_reserve({**WAITS, "actions": actions}))
    world.message("zoe")
    world.tick(after_s=60)
    configure(world, _of_reserve({**WAITS, "actions": {"notify": {}}}))
    world.tick()
    asked_first = offered(world.arrives("eve"))
    assert not reservations(world.arrives("gil"))

    asked_next = offered(world.reject(asked_first))

    assert (asked_first.agent_id, asked_next.agent_id) == ("eve", "gil")
    tells_the_same(world)
