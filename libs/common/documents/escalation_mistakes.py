"""What a desk's escalation policies say and can't mean: circles, and what would never happen."""

from collections.abc import Collection, Iterator, Mapping

from libs.common.contracts.configuration import (
    DeskConfiguration,
    EscalationLevel,
    EscalationPolicy,
    Mistake,
)
from libs.common.contracts.terms import Trouble
from libs.common.documents.lines import Path
from libs.common.documents.on_call_mistakes import notify_mistakes, on_call_mistakes

FIRINGS_OF_POLICY_MAX = 64


def escalation_mistakes(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    of_promises = {policy.escalation for policy in desk.sla_policies}
    of_queues = {queue.escalation_policy for queue in desk.queues}
    for index, policy in enumerate(desk.escalation_policies):
        path: Path = ("escalation_policies", index)
        name = policy.escalation_policy_id
        if name not in of_promises | of_queues:
            yield Mistake(path, "never used: no SLA policy and no queue names it")
            continue
        yield from _of_firings(path, policy)
        for number, level in enumerate(policy.levels):
            at = (*path, "levels", number)
            if level.trouble is not Trouble.WAITING and name not in of_promises:
                problem = "never fires: no SLA policy names this policy, so nothing is promised"
                yield Mistake((*at, "trouble"), problem)
            yield from _of_level(at, level)
    yield from _of_circles(desk)
    yield from on_call_mistakes(desk)


def escalation_moves(
    desk: DeskConfiguration, queue_ids: Collection[str]
) -> Iterator[tuple[Path, str]]:
    """Where levels move work of these queues to, by their own policies and by promises: place and
    queue.
    """
    named = {policy.escalation for policy in desk.sla_policies}
    named |= {one.escalation_policy for one in desk.queues if one.queue_id in queue_ids}
    for index, policy in enumerate(desk.escalation_policies):
        if policy.escalation_policy_id in named:
            for number, level in enumerate(policy.levels):
                path: Path = ("escalation_policies", index, "levels", number, "actions", "move_to")
                if level.actions.move_to is not None:
                    yield path, level.actions.move_to


def _of_firings(path: Path, policy: EscalationPolicy) -> Iterator[Mistake]:
    firings = sum(1 + level.repeats for level in policy.levels)
    if firings > FIRINGS_OF_POLICY_MAX:
        problem = f"fires {firings} times for one trouble; at most {FIRINGS_OF_POLICY_MAX}"
        yield Mistake((*path, "levels"), problem)


def _of_level(path: Path, level: EscalationLevel) -> Iterator[Mistake]:
    """Levels of a trouble follow each other by their delays; the trouble must allow the action."""
    if level.trouble is Trouble.WAITING and level.actions.take_back:
        problem = "nobody has an item that waits: there is nothing to take back"
        yield Mistake((*path, "actions", "take_back"), problem)
    if level.actions.notify is not None:
        yield from notify_mistakes((*path, "actions", "notify"), level.actions.notify)


def _of_circles(desk: DeskConfiguration) -> Iterator[Mistake]:
    """A policy that waits for itself: its wait moves an item round to where it began."""
    policies = {one.escalation_policy_id: one for one in desk.escalation_policies}
    moves = {
        queue.queue_id: targets
        for queue in desk.queues
        if queue.escalation_policy is not None
        and (targets := _moves_of(policies[queue.escalation_policy]))
    }
    for index, queue in enumerate(desk.queues):
        way = _way_back(queue.queue_id, moves)
        if way:
            problem = f"its levels move work in a circle: {' to '.join(way)}; let one of them stay"
            yield Mistake(("queues", index, "escalation_policy"), problem)


def _moves_of(policy: EscalationPolicy) -> list[str]:
    return [
        level.actions.move_to
        for level in policy.levels
        if level.trouble is Trouble.WAITING and level.actions.move_to is not None
    ]


def _way_back(queue_id: str, moves: Mapping[str, list[str]]) -> list[str]:
    """The queues that lead from this one back to it; none where nothing does."""
    ways = [[queue_id]]
    seen = {queue_id}
    while ways:
        way = ways.pop(0)
        for target in moves.get(way[-1], ()):
            if target == queue_id:
                return [*way, queue_id]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []
