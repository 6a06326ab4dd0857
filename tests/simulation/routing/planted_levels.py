"""Mistakes planted in levels of escalation, each as somebody might make it."""

from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

from libs.common.contracts import decisions as d
from services.router.core import reindexing
from services.router.core.escalations import index_escalation
from services.router.core.evolve_promises import stop_levels
from services.router.core.promises import Escalation
from services.router.core.state import PartitionState
from services.router.core.turn import Turn
from tests.simulation.routing.planting import decide_otherwise, nothing, put_change


def repeat_counted_from_when_it_was_due(stack: ExitStack) -> None:
    """After an outage the repeats come as a volley: each is counted from the due time before."""

    def other(turn: Turn, decision: d.AnyDecision) -> d.AnyDecision:
        if not isinstance(decision, d.EscalationFired) or decision.again_ms is None:
            return decision
        return replace(decision, again_ms=decision.again_ms - turn.now_ms + decision.due_ms)

    decide_otherwise(stack, other)


def level_without_its_delay(stack: ExitStack) -> None:
    """A level is due as soon as its trouble begins."""

    def other(_: Turn, decision: d.AnyDecision) -> d.AnyDecision:
        if not isinstance(decision, d.EscalationLevelsSet):
            return decision
        levels = tuple(
            replace(one, due_ms=one.since_ms) if not one.repeat else one for one in decision.levels
        )
        return replace(decision, levels=levels)

    decide_otherwise(stack, other)


def acknowledgement_forgotten(stack: ExitStack) -> None:
    """What a supervisor saw to stops for the moment, and is pending again at the next change."""

    def stop(state: PartitionState, stopped: d.EscalationStopped) -> None:
        if stopped.cause == "closed":
            stop_levels(state, stopped)
        else:
            escalation = state.changing(Escalation, stopped.conversation_id)
            escalation.pending = []
            index_escalation(state, escalation)

    put_change(stack, d.EscalationStopped, stop)


def levels_forgotten_by_a_restart(stack: ExitStack) -> None:
    """An owner who was restored knows what is pending, and sets no deadline for it."""
    restored = reindexing._RESTORED
    stack.enter_context(patch.dict(restored, {"escalation": nothing}))


def clocks_forgotten_by_a_restart(stack: ExitStack) -> None:
    """The same for the clocks of promises."""
    restored = reindexing._RESTORED
    stack.enter_context(patch.dict(restored, {"sla_instance": nothing}))
