"""Why not agent X: all that stands in X's way, or who came first where nothing does (R28)."""

from dataclasses import dataclass
from enum import StrEnum

from services.router.core.entities import WorkItem
from services.router.core.inquiry_obstacles import Reason, obstacles
from services.router.core.inquiry_offers import Comparison, WhyThis, compare, why_this
from services.router.core.state import PartitionState


class Answer(StrEnum):
    """How an agent stands to an item."""

    OWNS = "owns"
    IS_ASKED = "is_asked"
    CAN_NOT = "can_not"
    CAME_LATER = "came_later"
    IS_NEXT = "is_next"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """The answer for one agent. `reasons` are all that hold; `comparisons` are with those who
    were chosen before an agent who could have had the item.
    """

    work_item_id: str
    agent_id: str
    answer: Answer
    says: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


def why_not(state: PartitionState, item: WorkItem, agent_id: str) -> WhyNot:
    """Why this agent doesn't have the item, as of this state."""
    if item.agent_id == agent_id:
        return _answered(item, agent_id, Answer.OWNS, f"{agent_id} has it: {item.state.value}")
    if any(asked == agent_id for asked, _ in item.offered):
        return _answered(item, agent_id, Answer.IS_ASKED, f"{agent_id} is being asked")
    if reasons := obstacles(state, item, agent_id):
        return WhyNot(
            work_item_id=item.work_item_id,
            agent_id=agent_id,
            answer=Answer.CAN_NOT,
            says=tuple(f"{agent_id}: {reason.says}" for reason in reasons),
            reasons=reasons,
        )
    index = state.index_of((item.tenant_id, item.desk_id))
    profile, seat = index.profiles.of_agent[agent_id], index.bench.seat_of(agent_id)
    comparisons = tuple(
        compare(item, chosen, agent_id, profile=profile, seat=seat) for chosen in chosen_for(item)
    )
    if comparisons:
        return WhyNot(
            work_item_id=item.work_item_id,
            agent_id=agent_id,
            answer=Answer.CAME_LATER,
            says=tuple(f"could have it: {comparison.says}" for comparison in comparisons),
            comparisons=comparisons,
        )
    # Nobody waits beside a free agent for longer than a new configuration takes to be carried out.
    says = "nothing stands in the way: the next look at the desk's open work offers it"
    if item.agent_id is not None:
        says = f"could have it: {item.agent_id} has it since a transfer or as a participant"
        return _answered(item, agent_id, Answer.CAME_LATER, says)
    return _answered(item, agent_id, Answer.IS_NEXT, says)


def chosen_for(item: WorkItem) -> tuple[WhyThis, ...]:
    """Why those who are asked for the item, or who has it, by what was recorded then."""
    return tuple(why_this(agent_id, why) for agent_id, why in item.whys.items())


def _answered(item: WorkItem, agent_id: str, answer: Answer, says: str) -> WhyNot:
    return WhyNot(work_item_id=item.work_item_id, agent_id=agent_id, answer=answer, says=(says,))
