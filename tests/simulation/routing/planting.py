"""How a mistake is planted: a part of the engine is replaced for as long as the stack lasts."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from libs.common.contracts import decisions as d
from services.router.core import evolve
from services.router.core.state import PartitionState
from services.router.core.turn import Turn

Patches = Callable[[ExitStack], None]


def put(stack: ExitStack, owner: object, name: str, replacement: object) -> None:
    """This part of the engine is another one meanwhile."""
    stack.enter_context(patch.object(owner, name, replacement))


def put_change(
    stack: ExitStack, decision: type[d.Decision], change: Callable[[PartitionState, Any], None]
) -> None:
    """This decision changes the state in another way meanwhile."""
    stack.enter_context(patch.dict(evolve.CHANGES, {decision: change}))


def decide_otherwise(
    stack: ExitStack, other: Callable[[Turn, d.AnyDecision], d.AnyDecision]
) -> None:
    """Every decision may come out otherwise."""
    honest = Turn.emit
    put(stack, Turn, "emit", lambda turn, decision: honest(turn, other(turn, decision)))


def nothing(*_: object, **__: object) -> None:
    """What was forgotten."""
