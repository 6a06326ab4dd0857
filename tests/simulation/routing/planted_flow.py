"""Mistakes planted in what becomes of work, each as somebody might make it.

All but one bring no exception about: only by counting by hand are they found.
"""

from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import WorkItemState as S
from services.router.core import (
    conversations,
    evolve_items,
    evolve_offers,
    memory,
    offering,
    placing,
    presence,
    queueing,
    reservations,
    stepping,
    timers,
    work,
)
from services.router.core.entities import Agent, Conversation, Desk, Plan, WorkItem
from services.router.core.queueing import Reached
from services.router.core.relaxing import Reach, relax
from services.router.core.state import PartitionState
from services.router.core.turn import Turn
from tests.simulation.routing.planting import nothing, put, put_change


def refusal_forgotten(stack: ExitStack) -> None:
    """Who refused an item may be asked again at once."""
    put(stack, evolve_offers, "_REFUSALS", frozenset())


def refusals_never_go_round(stack: ExitStack) -> None:
    """An item that all have refused waits until a refusal expires."""
    put(stack, placing, "all_have_refused", lambda *_: False)


def step_applied_twice(stack: ExitStack) -> None:
    """A step that is due is applied once when it falls due, and once by the placing after it."""

    def twice(reach: Reach, step: object) -> Reach:
        return relax(relax(reach, step), step)  # type: ignore[arg-type]

    put(stack, stepping, "relax", twice)


def steps_do_not_add_up(stack: ExitStack) -> None:
    """Each step's delay counts from queueing, and not from the step before it."""

    def due_ms(item: WorkItem, plan: Plan) -> int | None:
        if item.step >= len(plan):
            return None
        return item.plan_begun_ms + 1_000 * plan[item.step].after_s

    put(stack, timers, "step_due_ms", due_ms)


def rank_before_class(stack: ExitStack) -> None:
    """An agent's favourite queue comes before an emergency in another."""

    def order(reached: Reached) -> tuple[int, int]:
        return (reached.rank, reached.strict_class)

    put(stack, queueing, "_order", order)


def escalation_fires_again(stack: ExitStack) -> None:
    """An escalation that fired is due again in a while."""
    honest = evolve_items.change_item

    def change_item(
        state: PartitionState, work_item_id: str, move_to: S | None, **fields: object
    ) -> WorkItem:
        if "escalation_due_ms" in fields:
            fields["escalation_due_ms"] = state.now_ms + 500
        return honest(state, work_item_id, move_to, **fields)

    put(stack, evolve_items, "change_item", change_item)


def others_still_asked(stack: ExitStack) -> None:
    """An acceptance of a broadcast leaves the other offers to time out."""
    honest = offering.assign

    def assign(turn: Turn, item: WorkItem, agent_id: str) -> None:
        with patch.object(offering, "end_reservation", nothing):
            honest(turn, item, agent_id)

    for module in (offering, reservations):
        put(stack, module, "assign", assign)


def refusal_resets_idleness(stack: ExitStack) -> None:
    """Who rejects an offer, or lets it pass, goes to the end of the idle."""
    honest = evolve_offers.end_reservation

    def end_reservation(state: PartitionState, ended: d.ReservationEnded) -> None:
        agent = state.changing(Agent, ended.tenant_id, ended.desk_id, ended.agent_id)
        agent.idle_since_ms = state.now_ms
        honest(state, ended)

    put_change(stack, d.ReservationEnded, end_reservation)


def freed_and_not_filled(stack: ExitStack) -> None:
    """Who rejects an offer is given nothing until something else happens."""
    put(stack, reservations, "fill_agent", nothing)


def away_and_still_asked(stack: ExitStack) -> None:
    """An agent who goes away keeps the offers that were open."""
    put(stack, presence, "cancel_pending", nothing)


def links_forgotten(stack: ExitStack) -> None:
    """A customer who changes the channel begins a second conversation."""
    put(stack, conversations, "linked_contact_points", lambda *_: ())


def ring_stands_still(stack: ExitStack) -> None:
    """The round robin begins with the same agent each time."""
    honest = evolve_offers.offer_item

    def offer_item(state: PartitionState, opened: d.ReservationOpened) -> None:
        honest(state, replace(opened, why=replace(opened.why, chosen_for="agent")))

    put_change(stack, d.ReservationOpened, offer_item)


def weights_without_memory(stack: ExitStack) -> None:
    """Balances of weighted queues begin anew with each offer."""
    honest = evolve_offers.offer_item

    def offer_item(state: PartitionState, opened: d.ReservationOpened) -> None:
        honest(state, replace(opened, credits={}))

    put_change(stack, d.ReservationOpened, offer_item)


def repeat_decided_again(stack: ExitStack) -> None:
    """An event that comes twice is decided twice."""
    put(stack, memory, "is_repeat", lambda *_: False)


def closed_over_what_came(stack: ExitStack) -> None:
    """An agent closes what they have read, and whoever wrote meanwhile is answered by nobody."""

    def close(
        turn: Turn, desk: Desk, conversation: Conversation, item: WorkItem, **_: object
    ) -> None:
        work.close(turn, desk, conversation, item)

    put(stack, work, "close_if_seen", close)
