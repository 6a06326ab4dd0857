"""Counts what the engine looks at and changes, whatever the machine: the same for the same events.

Counted are the lines and rows that a match looks at, the places in lines, the seats on the bench,
and the deadlines that are set: everything that could grow with the desk.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from benchmarks.engine.workload import Counts
from services.router.core import matching, ticking
from services.router.core.bench import Bench
from services.router.core.capacity import Kinds
from services.router.core.deadlines import Deadlines
from services.router.core.places import Places
from services.router.core.populations import Population
from services.router.core.queueing import Lines

# How often something is done, by what the call is given and by what it returns.
Weights = tuple[Callable[[tuple[Any, ...]], int], Callable[[Any], int]]


def _given(count: Callable[[tuple[Any, ...]], int]) -> Weights:
    return (count, lambda _: 0)


_ONCE = _given(lambda _: 1)
_FOUND: Weights = (lambda _: 0, len)


@dataclass(slots=True)
class Work:
    """Operations by what they are."""

    done: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, number: int) -> None:
        """So many more of these."""
        self.done[name] = self.done.get(name, 0) + number

    def per_step(self, steps: int) -> dict[str, float]:
        """Each of them, and all together, for each of so many steps."""
        found = {name: number / steps for name, number in sorted(self.done.items())}
        return {**found, "all": sum(found.values())}


@contextmanager
def counting(work: Work) -> Iterator[None]:
    """Count inside the block."""
    counted: tuple[tuple[str, object, str, Weights], ...] = (
        ("lines looked at", matching, "first_of", _given(lambda given: len(given[0]))),
        ("lines looked at", Places, "add", _given(lambda given: len(given[0].left_out_of))),
        ("rows looked at", matching, "_ranked", _given(lambda given: len(given[2]))),
        ("classes looked at", Bench, "classes", _FOUND),
        ("agents looked at", Kinds, "could_carry", _ONCE),
        ("seats", Population, "put", _ONCE),
        ("seats", Population, "remove", _ONCE),
        ("places", Places, "add", _ONCE),
        ("places", Places, "remove", _ONCE),
        ("places put in order", Lines, "in_order", _FOUND),
        ("deadlines", Deadlines, "set", _ONCE),
    )
    with ExitStack() as patches:
        for name, owner, attribute, weights in counted:
            function = _counted(getattr(owner, attribute), name, weights, work)
            patches.enter_context(patch.object(owner, attribute, function))
        yield


@contextmanager
def counting_deadlines(counts: Counts) -> Iterator[None]:
    """Count the deadlines that fire inside the block."""
    fire = ticking._fire  # noqa: SLF001 - the one place where a deadline fires

    def fired(*arguments: Any) -> None:  # noqa: ANN401 - passed on as they are
        counts.fired += 1
        fire(*arguments)

    with patch.object(ticking, "_fire", fired):
        yield


def _counted(function: Any, name: str, weights: Weights, work: Work) -> Any:  # noqa: ANN401 - any function of the engine
    of_given, of_found = weights

    def wrapped(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on as they are
        work.add(name, of_given(arguments))
        found = function(*arguments, **named)
        work.add(name, of_found(found))
        return found

    return wrapped
