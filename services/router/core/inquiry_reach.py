"""Who could serve an item: every agent of the desk by the first reason why not (R28).

Looks at each agent, so it costs the desk's size: it is asked by people, never by a decision.
"""

from dataclasses import dataclass, field

from services.router.core.entities import WorkItem
from services.router.core.inquiry_obstacles import BUSY, LASTING, Obstacle, Reason, obstacles
from services.router.core.state import PartitionState

AGENTS_NAMED_MAX = 5


@dataclass(slots=True, kw_only=True)
class Group:
    """Agents who have the same one thing in their way: how many, and the first few by id."""

    agents: int = 0
    agent_ids: list[str] = field(default_factory=list)
    until_ms: int | None = None

    def add(self, agent_id: str, reason: Reason) -> None:
        """One more; `until_ms` is the earliest end that is known."""
        self.agents += 1
        if len(self.agent_ids) < AGENTS_NAMED_MAX:
            self.agent_ids.append(agent_id)
        if reason.until_ms is not None:
            self.until_ms = min(self.until_ms or reason.until_ms, reason.until_ms)


@dataclass(slots=True, kw_only=True)
class Survey:
    """The desk's agents for one item.

    `by_first_reason` counts each agent once; `without_skill` by the first skill that they lack.
    `lacking_only` are those for whom one thing alone would have to change; all kinds of being busy
    are one. `could` have nothing in their way, those included who are asked; `could_ever` are in
    reach and have what is required.
    """

    configured: int = 0
    could: int = 0
    could_ever: int = 0
    by_first_reason: dict[Obstacle, int] = field(default_factory=dict)
    without_skill: dict[str, int] = field(default_factory=dict)
    lacking_only: dict[Obstacle, Group] = field(default_factory=dict)


def survey(state: PartitionState, item: WorkItem) -> Survey:
    """Count the desk's agents for the item."""
    found = Survey()
    for agent_id in sorted(state.index_of((item.tenant_id, item.desk_id)).profiles.of_agent):
        _take(found, agent_id, obstacles(state, item, agent_id))
    return found


def _take(found: Survey, agent_id: str, reasons: tuple[Reason, ...]) -> None:
    found.configured += 1
    if not reasons:
        found.could += 1
        found.could_ever += 1
        return
    first = reasons[0]
    found.by_first_reason[first.obstacle] = found.by_first_reason.get(first.obstacle, 0) + 1
    if first.obstacle in LASTING:
        if first.obstacle is Obstacle.WITHOUT_SKILL:
            found.without_skill[first.subject] = found.without_skill.get(first.subject, 0) + 1
        return
    found.could_ever += 1
    kinds = {Obstacle.WITHOUT_UNITS if one.obstacle in BUSY else one.obstacle for one in reasons}
    if len(kinds) == 1:
        found.lacking_only.setdefault(kinds.pop(), Group()).add(agent_id, first)
