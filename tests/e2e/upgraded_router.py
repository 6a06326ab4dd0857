"""The router of a release that matches otherwise: not the longest idle agent comes first.

Started in the place of the real one, on the same partitions. What the earlier release published
must hold; what this one decides differs. Run as `python -m tests.e2e.upgraded_router`.
"""

from services.router.core import matching, placing
from services.router.core.entities import WorkItem
from services.router.core.matching import Candidate
from services.router.core.state import PartitionState

_longest_idle_first = matching.agents_for


def shortest_idle_first(
    state: PartitionState, item: WorkItem, *, at_least: int = 1
) -> list[Candidate]:
    """The same agents in the opposite order."""
    return _longest_idle_first(state, item, at_least=at_least)[::-1]


if __name__ == "__main__":
    setattr(placing, "agents_for", shortest_idle_first)  # noqa: B010 - it is imported by name there

    from services.router.__main__ import main

    main()
