"""Mistakes planted in routing on purpose, each as somebody might make it.

All but one bring no exception about: only by counting by hand are they found.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from unittest.mock import patch

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason, RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import work_item_of
from services.router.core import (
    conversations,
    evolve,
    evolve_items,
    evolve_offers,
    indexing,
    invariants,
    matching,
    memory,
    offering,
    placing,
    presence,
    reservations,
    stepping,
    timers,
    work,
)
from services.router.core.capacity import Held, Kinds
from services.router.core.entities import Agent, Desk, Plan, WorkItem
from services.router.core.matching import Candidate, Preference
from services.router.core.queueing import Place, Reached
from services.router.core.relaxing import Reach, relax
from services.router.core.state import Key, PartitionState
from services.router.core.turn import Refused, Turn

Patches = Callable[[ExitStack], None]


def _put(stack: ExitStack, owner: object, name: str, replacement: object) -> None:
    stack.enter_context(patch.object(owner, name, replacement))


def _decide(stack: ExitStack, other: Callable[[Turn, d.AnyDecision], d.AnyDecision]) -> None:
    """Every decision may come out otherwise."""
    honest = Turn.emit
    _put(stack, Turn, "emit", lambda turn, decision: honest(turn, other(turn, decision)))


def _nothing(*_: object, **__: object) -> None:
    """What was forgotten."""


def capacity_released_twice(stack: ExitStack) -> None:
    """The wrap-up's units are free when the conversation closes, and once more at its end."""
    honest = indexing.held_by

    def held_by(item: WorkItem) -> dict[Key, Held]:
        return {} if item.state is S.WRAPPING_UP else honest(item)

    _put(stack, indexing, "held_by", held_by)
    _put(stack, invariants, "held_by", held_by)


def parked_for_nothing(stack: ExitStack) -> None:
    """A parked conversation costs its agent nothing, whatever the desk says."""
    honest = evolve.change_item

    def change_item(
        state: PartitionState, work_item_id: str, move_to: S | None, **fields: object
    ) -> WorkItem:
        if move_to is S.PARKED:
            fields["held_units"] = 0
        return honest(state, work_item_id, move_to, **fields)

    _put(stack, evolve, "change_item", change_item)


def exclusive_beside_others(stack: ExitStack) -> None:
    """A call may come beside other work."""
    _put(stack, Kinds, "_may_share", lambda *_: True)


def channel_limits_ignored(stack: ExitStack) -> None:
    """Units alone say whether an agent has room."""

    def is_open(self: Kinds, channel: str, _: object, counts: dict[str, int]) -> bool:
        return all(self._may_share(channel, other) for other in counts)

    _put(stack, Kinds, "_is_open", is_open)


def decision_from_dict_order(stack: ExitStack) -> None:
    """The agent who happens to come first in a dict is asked, which a save does not keep."""

    def agents_for(state: PartitionState, item: WorkItem, *, at_least: int = 1) -> list[Candidate]:
        known = {one.agent_id: one for one in matching.agents_for(state, item, at_least=500)}
        seats = state.index_of((item.tenant_id, item.desk_id)).bench._seats
        return [known[name] for name in seats if name in known][: at_least + 3]

    _put(stack, placing, "agents_for", agents_for)


def lost_ageing(stack: ExitStack) -> None:
    """Whoever stands in a line again begins to wait anew."""

    def other(turn: Turn, decision: d.AnyDecision) -> d.AnyDecision:
        if isinstance(decision, d.WorkItemQueued) and decision.reason != QueueingReason.ARRIVED:
            return replace(decision, virtual_time_ms=turn.now_ms)
        return decision

    _decide(stack, other)


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

    _put(stack, reservations, "accept", accept)


def only_the_first_below_a_refused_head(stack: ExitStack) -> None:
    """An agent who refused the first of a line is offered the second, or nothing of it."""

    def best(state: PartitionState, agent: Agent, within_reach: list[Reached]) -> Preference | None:
        found = [
            matching._preference(place, rank)
            for line, rank, _ in within_reach
            for place in islice(line.places, 2)
            if not state.need(WorkItem, place.work_item_id).excludes(agent.agent_id)
        ]
        return min(found, default=None)

    _put(stack, matching, "_best", best)


def no_capacity_hold(stack: ExitStack) -> None:
    """Nobody is kept for a heavy item."""
    _put(stack, placing, "passed_over_item_for", _nothing)
    for module in (placing, presence):
        _put(stack, module, "keep_an_agent", _nothing)
    _put(stack, matching, "agent_to_keep", _nothing)
    _put(stack, placing, "agent_to_keep", _nothing)


def refusal_forgotten(stack: ExitStack) -> None:
    """Who refused an item may be asked again at once."""
    _put(stack, evolve_offers, "_REFUSALS", frozenset())


def refusals_never_go_round(stack: ExitStack) -> None:
    """An item that all have refused waits until a refusal expires."""
    _put(stack, placing, "all_have_refused", lambda *_: False)


def step_applied_twice(stack: ExitStack) -> None:
    """A step that is due is applied once when it falls due, and once by the placing after it."""

    def twice(reach: Reach, step: object) -> Reach:
        return relax(relax(reach, step), step)  # type: ignore[arg-type]

    _put(stack, stepping, "relax", twice)


def steps_do_not_add_up(stack: ExitStack) -> None:
    """Each step's delay counts from queueing, and not from the step before it."""

    def due_ms(item: WorkItem, plan: Plan) -> int | None:
        if item.step >= len(plan):
            return None
        return item.plan_begun_ms + 1_000 * plan[item.step].after_s

    _put(stack, timers, "step_due_ms", due_ms)
    _put(stack, evolve_items, "step_due_ms", due_ms)


def rank_before_class(stack: ExitStack) -> None:
    """An agent's favourite queue comes before an emergency in another."""

    def preference(place: Place, rank: int) -> Preference:
        return Preference(
            rank, place.strict_class, place.virtual_time_ms, place.sequence, place.work_item_id
        )

    _put(stack, matching, "_preference", preference)


def escalation_fires_again(stack: ExitStack) -> None:
    """An escalation that fired is due again in a while."""
    honest = evolve.change_item

    def change_item(
        state: PartitionState, work_item_id: str, move_to: S | None, **fields: object
    ) -> WorkItem:
        if "escalation_due_ms" in fields:
            fields["escalation_due_ms"] = state.now_ms + 500
        return honest(state, work_item_id, move_to, **fields)

    _put(stack, evolve, "change_item", change_item)


def others_still_asked(stack: ExitStack) -> None:
    """An acceptance of a broadcast leaves the other offers to time out."""
    honest = offering.assign

    def assign(turn: Turn, item: WorkItem, agent_id: str) -> None:
        with patch.object(offering, "end_reservation", _nothing):
            honest(turn, item, agent_id)

    for module in (offering, reservations):
        _put(stack, module, "assign", assign)


def refusal_resets_idleness(stack: ExitStack) -> None:
    """Who rejects an offer, or lets it pass, goes to the end of the idle."""
    honest = evolve.end_reservation

    def end_reservation(state: PartitionState, ended: d.ReservationEnded) -> None:
        agent = state.changing(Agent, ended.tenant_id, ended.desk_id, ended.agent_id)
        agent.idle_since_ms = state.now_ms
        honest(state, ended)

    _put(stack, evolve, "end_reservation", end_reservation)


def freed_and_not_filled(stack: ExitStack) -> None:
    """Who rejects an offer is given nothing until something else happens."""
    _put(stack, reservations, "fill_agent", _nothing)


def away_and_still_asked(stack: ExitStack) -> None:
    """An agent who goes away keeps the offers that were open."""
    _put(stack, presence, "cancel_pending", _nothing)


def links_forgotten(stack: ExitStack) -> None:
    """A customer who changes the channel begins a second conversation."""
    _put(stack, conversations, "linked_contact_points", lambda *_: ())


def ring_stands_still(stack: ExitStack) -> None:
    """The round robin begins with the same agent each time."""
    honest = evolve.offer_item

    def offer_item(state: PartitionState, opened: d.ReservationOpened) -> None:
        honest(state, replace(opened, why=replace(opened.why, chosen_for="agent")))

    _put(stack, evolve, "offer_item", offer_item)


def weights_without_memory(stack: ExitStack) -> None:
    """Balances of weighted queues begin anew with each offer."""
    honest = evolve.offer_item

    def offer_item(state: PartitionState, opened: d.ReservationOpened) -> None:
        honest(state, replace(opened, credits={}))

    _put(stack, evolve, "offer_item", offer_item)


def repeat_decided_again(stack: ExitStack) -> None:
    """An event that comes twice is decided twice."""
    _put(stack, memory, "is_repeat", lambda *_: False)


def earlier_versions_forgotten(stack: ExitStack) -> None:
    """The bench knows the groups that the steps of the version in force ask, and no others."""
    honest = indexing.index_desk_parts
    _put(stack, indexing, "index_desk_parts", lambda index, desk, _: honest(index, desk))


def returns_beside_a_call(stack: ExitStack) -> None:
    """A parked conversation goes on when the units are there, whatever else is held."""

    def has_room_to_resume(turn: Turn, item: WorkItem) -> bool:
        index = turn.state.index_of((item.tenant_id, item.desk_id))
        seat = index.bench.seat_of(item.agent_id or "")
        return seat is not None and seat.free_units >= item.weight - item.held_units

    for module in (placing, work):
        _put(stack, module, "has_room_to_resume", has_room_to_resume)


ALL: tuple[Patches, ...] = (
    capacity_released_twice,
    parked_for_nothing,
    exclusive_beside_others,
    channel_limits_ignored,
    decision_from_dict_order,
    lost_ageing,
    stale_offer_accepted,
    only_the_first_below_a_refused_head,
    no_capacity_hold,
    refusal_forgotten,
    refusals_never_go_round,
    step_applied_twice,
    steps_do_not_add_up,
    rank_before_class,
    escalation_fires_again,
    others_still_asked,
    refusal_resets_idleness,
    freed_and_not_filled,
    away_and_still_asked,
    links_forgotten,
    ring_stands_still,
    weights_without_memory,
    repeat_decided_again,
    earlier_versions_forgotten,
    returns_beside_a_call,
)
