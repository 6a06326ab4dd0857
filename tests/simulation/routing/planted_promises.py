"""Mistakes planted in promises and escalations, each as somebody might make it."""

from contextlib import ExitStack

from libs.common.contracts import decisions as d
from services.router.core import engine, promising
from services.router.core.documents import read_entity
from services.router.core.entities import Entity
from services.router.core.promises import Escalation, SlaClock
from services.router.core.state import Change, Key
from tests.simulation.routing.planting import nothing, put


def pause_forgets_the_remainder(stack: ExitStack) -> None:
    """After a pause a clock has the whole of its target again."""

    def paused(clock: SlaClock, *_: object) -> d.PausedClock | None:
        if clock.due_ms is None or clock.breached_since_ms is not None:
            return None
        whole_ms = clock.due_ms - clock.started_ms
        return d.PausedClock(target=clock.target, remaining_ms=whole_ms)

    put(stack, promising, "paused", paused)


def fires_again_after_a_restart(stack: ExitStack) -> None:
    """What has fired is not known to an owner who was restored."""

    def forgetful(change: Change) -> tuple[Entity, Key]:
        entity, key = read_entity(change)
        if isinstance(entity, Escalation):
            entity.firings = []
        return entity, key

    put(stack, engine, "read_entity", forgetful)


def escalates_after_completion(stack: ExitStack) -> None:
    """Nobody cancels what is pending for a conversation that is closed."""
    put(stack, promising, "stop_levels", nothing)


def answer_forgotten(stack: ExitStack) -> None:
    """A reply meets no promise, and the alarm comes for who was answered."""
    put(stack, promising, "meet_clock", nothing)
