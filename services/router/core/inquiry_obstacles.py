"""What stands between one agent and one item: every reason that holds, in a fixed order (R28).

The rules are matching's, asked of one agent: who has no obstacle here has a place in matching, and
who has one has none. Nothing is kept for it; it is computed on demand, from any state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from libs.common.contracts.terms import Presence, ShiftPhase
from services.router.core.entities import Agent, QueuePace, WorkItem
from services.router.core.profiles import Profile
from services.router.core.state import DeskIndex, PartitionState


class Obstacle(StrEnum):
    """The kinds of reasons, in the order in which they are looked for."""

    NOT_CONFIGURED = "not_configured"
    NOT_ASKED = "not_asked"
    WITHOUT_SKILL = "without_skill"
    CHANNEL_CLOSED = "channel_closed"
    TOO_HEAVY = "too_heavy"
    QUEUE_CLOSED = "queue_closed"
    OFF_SHIFT = "off_shift"
    ABSENT = "absent"
    WITHOUT_UNITS = "without_units"
    CHANNEL_FULL = "channel_full"
    EXCLUSIVE_WORK = "exclusive_work"
    AGENT_KEPT = "agent_kept"
    REFUSED = "refused"
    ITEM_KEPT = "item_kept"


LASTING = frozenset(
    {
        Obstacle.NOT_CONFIGURED,
        Obstacle.NOT_ASKED,
        Obstacle.WITHOUT_SKILL,
        Obstacle.CHANNEL_CLOSED,
        Obstacle.TOO_HEAVY,
    }
)
BUSY = frozenset({Obstacle.WITHOUT_UNITS, Obstacle.CHANNEL_FULL, Obstacle.EXCLUSIVE_WORK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason why an agent can't have an item; `says` is the same in words.

    `subject` is the skill, channel, presence, item or agent that it is about; `have` and `need`
    are levels or units; until `until_ms`, where the end is known.
    """

    obstacle: Obstacle
    says: str
    subject: str = ""
    have: int | None = None
    need: int | None = None
    until_ms: int | None = None


def obstacles(state: PartitionState, item: WorkItem, agent_id: str) -> tuple[Reason, ...]:
    """All reasons why the agent can't have the item now; empty for one who could."""
    index = state.index_of((item.tenant_id, item.desk_id))
    profile = index.profiles.of_agent.get(agent_id)
    if profile is None:
        says = f"{agent_id} is not in the desk's configuration"
        return (Reason(obstacle=Obstacle.NOT_CONFIGURED, subject=agent_id, says=says),)
    agent = state.get(Agent, item.tenant_id, item.desk_id, agent_id)
    return (
        *_of_profile(item, profile),
        *_of_capacity(item, index.profiles.capacity_of[agent_id]),
        *_of_hours(state, index, item),
        *_of_shift(agent),
        *_of_presence(agent),
        *_of_load(state, index, item, agent_id),
        *_of_holds(item, agent_id, agent.kept_for if agent is not None else None),
    )


def time_of(at_ms: int) -> str:
    """A moment as people read it, in UTC to the second."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def asked_by(item: WorkItem) -> str:
    """Whom the item is for, in words."""
    if item.is_for_anyone:
        return "every agent of the desk"
    queues = [f"queue {name}" for name in (item.queue_id, *item.also_queues)]
    return ", ".join(queues + [f"group {name}" for name in item.also_groups])


def _of_profile(item: WorkItem, profile: Profile) -> Iterator[Reason]:
    queues = {item.queue_id, *item.also_queues}
    if not (item.is_for_anyone or queues & profile.queues or {*item.also_groups} & profile.groups):
        yield Reason(
            obstacle=Obstacle.NOT_ASKED,
            subject=item.queue_id,
            says=f"is not of those who are asked at step {item.step}: {asked_by(item)}",
        )
    for skill, level in sorted(item.requires.items()):
        if (has := profile.skills.get(skill, 0)) < level:
            yield Reason(
                obstacle=Obstacle.WITHOUT_SKILL,
                subject=skill,
                have=has,
                need=level,
                says=f"lacks skill {skill}: has {has}, needs {level}",
            )
    if profile.channels is not None and not profile.channels.get(item.channel):
        yield Reason(
            obstacle=Obstacle.CHANNEL_CLOSED,
            subject=item.channel,
            says=f"takes no {item.channel}",
        )


def _of_capacity(item: WorkItem, capacity: int) -> Iterator[Reason]:
    if capacity < item.weight:
        yield Reason(
            obstacle=Obstacle.TOO_HEAVY,
            have=capacity,
            need=item.weight,
            says=f"carries at most {capacity} units, needs {item.weight}",
        )


def _of_hours(state: PartitionState, index: DeskIndex, item: WorkItem) -> Iterator[Reason]:
    if not index.lines.is_open(item.queue_id):
        pace = state.need(QueuePace, item.tenant_id, item.desk_id, item.queue_id)
        yield Reason(
            obstacle=Obstacle.QUEUE_CLOSED,
            subject=item.queue_id,
            until_ms=pace.hours_due_ms,
            says=f"queue {item.queue_id} is closed until {time_of(pace.hours_due_ms or 0)}",
        )


def _of_shift(agent: Agent | None) -> Iterator[Reason]:
    if agent is not None and agent.shift is not ShiftPhase.ON:
        yield Reason(
            obstacle=Obstacle.OFF_SHIFT,
            subject=agent.shift.value,
            until_ms=agent.shift_due_ms,
            says=f"is not on shift ({agent.shift.value}) until {time_of(agent.shift_due_ms or 0)}",
        )


def _of_presence(agent: Agent | None) -> Iterator[Reason]:
    is_connected = agent is not None and agent.connection_id is not None
    if agent is None or not is_connected or agent.presence is not Presence.AVAILABLE:
        word = agent.presence.value if agent is not None and is_connected else "disconnected"
        yield Reason(obstacle=Obstacle.ABSENT, subject=word, says=f"is {word}")


def _of_load(
    state: PartitionState, index: DeskIndex, item: WorkItem, agent_id: str
) -> Iterator[Reason]:
    holds = state.held.get((item.tenant_id, item.desk_id, agent_id), {})
    # What the item itself holds of those who are asked for it doesn't stand in its own way.
    held = [one for name, one in holds.items() if name != item.work_item_id]
    channels = [one.channel for one in held if one.units]
    capacity = index.profiles.capacity_of[agent_id]
    free = capacity - sum(one.units for one in held)
    if free < item.weight <= capacity:
        yield Reason(
            obstacle=Obstacle.WITHOUT_UNITS,
            have=free,
            need=item.weight,
            says=f"has {free} units free, needs {item.weight}",
        )
    limits = index.profiles.of_agent[agent_id].channels
    limit = limits.get(item.channel, 0) if limits is not None else 0
    if limit and channels.count(item.channel) >= limit:
        yield Reason(
            obstacle=Obstacle.CHANNEL_FULL,
            subject=item.channel,
            have=0,
            need=1,
            says=f"has {channels.count(item.channel)} {item.channel}, may have {limit} at once",
        )
    for channel in sorted(set(channels)):
        if not index.kinds.may_share(item.channel, channel):
            yield Reason(
                obstacle=Obstacle.EXCLUSIVE_WORK,
                subject=channel,
                says=f"holds {channel}, beside which no {item.channel} may come",
            )


def _of_holds(item: WorkItem, agent_id: str, kept_for: str | None) -> Iterator[Reason]:
    if kept_for is not None and kept_for != item.work_item_id:
        yield Reason(
            obstacle=Obstacle.AGENT_KEPT,
            subject=kept_for,
            says=f"is kept for item {kept_for}, which needs more room",
        )
    for refused, until_ms in item.refusals:
        if refused == agent_id:
            yield Reason(
                obstacle=Obstacle.REFUSED,
                until_ms=until_ms,
                says=f"refused it and is not asked again until {time_of(until_ms)}",
            )
    if item.hold_agent_id is not None and item.hold_agent_id != agent_id:
        until_ms = item.until_ms or 0
        yield Reason(
            obstacle=Obstacle.ITEM_KEPT,
            subject=item.hold_agent_id,
            until_ms=until_ms,
            says=f"the item is kept for {item.hold_agent_id} until {time_of(until_ms)}",
        )
