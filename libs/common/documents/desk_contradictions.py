"""What a valid configuration says and can't mean: mistakes that only its author can set right.

Looked for here and not in the contract: what is in the log once must be readable for ever, so the
contract asks only for what the engine relies on, and a new rule here refuses no old document.

A cycle of overflows is no contradiction: overflow adds one other queue's agents to those who are
asked and never goes further, so two queues may well help each other out. Nor is a capacity of 0,
which is how to give an agent nothing.
"""

from collections.abc import Iterator

from libs.common.contracts.configuration import (
    BROADCAST_AGENTS_MAX,
    CAPACITY_UNITS_DEFAULT,
    AgentConfiguration,
    AgentGroup,
    Conditions,
    DeskConfiguration,
    Mistake,
    QueueConfiguration,
)
from libs.common.contracts.terms import OfferMode
from libs.common.documents.calendar_mistakes import calendar_mistakes
from libs.common.documents.escalation_mistakes import escalation_moves
from libs.common.documents.lines import Path
from libs.common.documents.out_of_hours_mistakes import moves_from, out_of_hours_mistakes
from libs.common.documents.promise_mistakes import promise_mistakes
from libs.common.documents.wait_notice_mistakes import wait_notice_mistakes


def contradictions(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    for index, queue in enumerate(desk.queues):
        yield from _of_queue(("queues", index), queue)
        yield from _of_steps(("queues", index), queue)
    yield from calendar_mistakes(desk)
    yield from out_of_hours_mistakes(desk)
    yield from wait_notice_mistakes(desk)
    yield from promise_mistakes(desk)
    yield from _of_agents(desk)
    yield from _of_rules(desk)
    yield from _of_broadcasts(desk)
    yield from _of_channels(desk)
    queues = {queue.queue_id for queue in desk.queues}
    for removed in desk.migrate_to:
        if removed in queues:
            yield Mistake(("migrate_to", removed), "this queue is still configured")


def _of_queue(path: Path, queue: QueueConfiguration) -> Iterator[Mistake]:
    if queue.wrap_up_codes and not queue.wrap_up_s:
        yield Mistake((*path, "wrap_up_codes"), "never asked for: wrap_up_s is 0")
    # The default is no mistake: a configuration that was read back says it everywhere.
    is_said = queue.offer.agents != BROADCAST_AGENTS_MAX
    if is_said and queue.offer.mode is not OfferMode.BROADCAST:
        yield Mistake((*path, "offer", "agents"), "only a broadcast asks several agents at once")


def _of_steps(path: Path, queue: QueueConfiguration) -> Iterator[Mistake]:
    """A step that changes nothing, seen from where the steps before it brought the item."""
    queue_id = queue.queue_id
    for index, step in enumerate(queue.steps):
        at = (*path, "steps", index)
        for place, widened_to in enumerate(step.widen_to_queues):
            if widened_to == queue_id:
                yield Mistake((*at, "widen_to_queues", place), "its agents are asked already")
        if step.move_to == queue_id:
            yield Mistake((*at, "move_to"), "the item stands in this queue already")
        queue_id = step.move_to or queue_id


def _of_agents(desk: DeskConfiguration) -> Iterator[Mistake]:
    """An agent whose channels all weigh more than the agent can carry would never be asked."""
    groups = {group.agent_group_id: group for group in desk.agent_groups}
    for index, agent in enumerate(desk.agents):
        sources: tuple[AgentConfiguration | AgentGroup, ...]
        sources = (agent, *(groups[name] for name in agent.groups))
        channels = next((one.channels for one in sources if one.channels is not None), None)
        stated = (one.capacity_units for one in sources if one.capacity_units is not None)
        capacity = next(stated, CAPACITY_UNITS_DEFAULT)
        taken = [channel for channel, limit in (channels or {}).items() if limit]
        lightest = min(map(desk.weight_of, taken), default=0)
        if 0 < capacity < lightest:
            yield Mistake(
                _stated_at(("agents", index), agent),
                f"{capacity} units carry none of the agent's channels: the lightest weighs"
                f" {lightest}",
            )


def _stated_at(path: Path, agent: AgentConfiguration) -> Path:
    return (*path, "capacity_units") if agent.capacity_units is not None else path


def _of_rules(desk: DeskConfiguration) -> Iterator[Mistake]:
    """The first rule that holds decides, so nothing comes behind one that always holds."""
    for index, rule in enumerate(desk.rules[:-1]):
        if rule.when == Conditions():
            problem = f"never reached: rule {rule.rule_id} before it always holds"
            yield Mistake(("rules", index + 1), problem)
            return


def _of_broadcasts(desk: DeskConfiguration) -> Iterator[Mistake]:
    """A broadcast holds room at several agents, and exclusive work may need an agent to be kept
    for it until all other work is done: the two can't be combined (R15, R6).
    """
    broadcasts = {
        queue.queue_id for queue in desk.queues if queue.offer.mode is OfferMode.BROADCAST
    }
    for channel in sorted(name for name, policy in desk.channels.items() if policy.exclusive):
        problem = f"leads the exclusive channel {channel} into a queue that broadcasts"
        for path, queue_id in _ways_of(desk, channel):
            if queue_id in broadcasts:
                yield Mistake(path, problem)


def _ways_of(desk: DeskConfiguration, channel: str) -> Iterator[tuple[Path, str]]:
    """Where a channel's work may come to by rules and, from there, out of hours, by steps and by
    escalation: place and queue.
    """
    ways: list[tuple[Path, str]] = []
    for index, rule in enumerate(desk.rules):
        if not rule.when.channel or channel in rule.when.channel:
            ways.append((("rules", index, "then", "queue"), rule.then.queue))
            if rule.when in (Conditions(), Conditions(channel=rule.when.channel)):
                break
    else:
        ways.append((("default", "queue"), desk.default.queue))
    yield from ways
    moves = list(moves_from(desk, [queue_id for _, queue_id in ways]))
    yield from moves
    reached = {queue_id for _, queue_id in (*ways, *moves)}
    for index, queue in enumerate(desk.queues):
        if queue.queue_id in reached:
            for number, step in enumerate(queue.steps):
                if step.move_to is not None:
                    yield ("queues", index, "steps", number, "move_to"), step.move_to
    yield from escalation_moves(desk, reached)


def _of_channels(desk: DeskConfiguration) -> Iterator[Mistake]:
    for name in sorted(desk.channels.keys() & desk.capacity_weights.keys()):
        yield Mistake(("capacity_weights", name), "its weight stands in channels already")
    for name, policy in desk.channels.items():
        if policy.compatible_with and not policy.exclusive:
            path = ("channels", name, "compatible_with")
            yield Mistake(path, "only an exclusive channel excludes others")
