"""Mistakes planted in whom work goes to, each as somebody might make it.

All but one bring no exception about: only by counting by hand are they found.
"""

from contextlib import ExitStack
from dataclasses import replace
from itertools import islice

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason, RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import work_item_of
from services.router.core import (
    evolve_items,
    indexing,
    invariants,
    keeping,
    matching,
    offering,
    placing,
    presence,
    reservations,
)
from services.router.core.capacity import Held, Kinds
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.matching import Candidate
from services.router.core.places import NOBODY, Place, Places
from services.router.core.state import Key, PartitionState
from services.router.core.turn import Refused, Turn
from tests.simulation.routing.planting import decide_otherwise, nothing, put


def capacity_released_twice(stack: ExitStack) -> None:
    """The wrap-up's units are free when the conversation closes, and once more at its end."""
    honest = indexing.held_by

    def held_by(item: WorkItem) -> dict[Key, Held]:
        return {} if item.state is S.WRAPPING_UP else honest(item)

    put(stack, indexing, "held_by", held_by)
    put(stack, invariants, "held_by", held_by)


def parked_for_nothing(stack: ExitStack) -> None:
    """A parked conversation costs its agent nothing, whatever the desk says."""
    honest = evolve_items.change_item

    def change_item(
        state: PartitionState, work_item_id: str, move_to: S | None, **fields: object
    ) -> WorkItem:
        if move_to is S.PARKED:
            fields["held_units"] = 0
        return honest(state, work_item_id, move_to, **fields)

    put(stack, evolve_items, "change_item", change_item)


def exclusive_beside_others(stack: ExitStack) -> None:
    """A call may come beside other work."""
    put(stack, Kinds, "may_share", lambda *_: True)


def channel_limits_ignored(stack: ExitStack) -> None:
    """Units alone say whether an agent has room."""

    def is_open(self: Kinds, channel: str, _: object, counts: dict[str, int]) -> bool:
        return all(self.may_share(channel, other) for other in counts)

    put(stack, Kinds, "_is_open", is_open)


def decision_from_dict_order(stack: ExitStack) -> None:
    """The agent who happens to come first in a dict is asked, which a save does not keep."""

    def agents_for(state: PartitionState, item: WorkItem, *, at_least: int = 1) -> list[Candidate]:
        known = {one.agent_id: one for one in matching.agents_for(state, item, at_least=500)}
        seats = state.index_of((item.tenant_id, item.desk_id)).bench._seats
        return [known[name] for name in seats if name in known][: at_least + 3]

    put(stack, placing, "agents_for", agents_for)


def lost_ageing(stack: ExitStack) -> None:
    """Whoever stands in a line again begins to wait anew."""

    def other(turn: Turn, decision: d.AnyDecision) -> d.AnyDecision:
        if isinstance(decision, d.WorkItemQueued) and decision.reason != QueueingReason.ARRIVED:
            return replace(decision, virtual_time_ms=turn.now_ms)
        return decision

    decide_otherwise(stack, other)


def stale_offer_accepted(stack: ExitStack) -> None:
    """An acceptance that comes too late is honoured when the item is still to be had."""
    honest = reservations.accept

    def accept(turn: Turn, desk: Desk, *, agent_id: str, reservation_id: str) -> None:
        try:
            honest(turn, desk, agent_id=agent_id, reservation_id=reservation_id)
        except Refused:
            item = turn.state.get(WorkItem, work_item_of(reservation_id))
            agent = turn.state.get(Agent, *desk.key, agent_id)
            if item is None or agent is None or item.state is not S.QUEUED:
                raise
            if not offering.has_room(turn, agent, item):
                raise Refused(RefusalReason.NO_CAPACITY) from None
            offering.offer(turn, item, [offering.as_candidate(agent)])
            if item.offered:
                offering.assign(turn, item, agent_id)

    put(stack, reservations, "accept", accept)


def only_the_first_below_a_refused_head(stack: ExitStack) -> None:
    """An agent who refused the first of a line is offered the second, or nothing of it."""

    def first(state: PartitionState, agent: Agent, lines: list[Places]) -> Place:
        found = [
            place
            for places in lines
            for place in islice(places, 2)
            if not state.need(WorkItem, place.work_item_id).excludes(agent.agent_id)
        ]
        return min(found, default=NOBODY)

    put(stack, matching, "first_willing", first)


def no_capacity_hold(stack: ExitStack) -> None:
    """Nobody is kept for a heavy item."""
    put(stack, placing, "passed_over_item_for", nothing)
    for module in (placing, presence):
        put(stack, module, "keep_an_agent", nothing)
    put(stack, keeping, "agent_to_keep", nothing)
    put(stack, placing, "agent_to_keep", nothing)
