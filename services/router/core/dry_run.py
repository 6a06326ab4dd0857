"""What a new configuration would change for the work that is open now, tried on a copy.

The very code that carries out a configuration runs on a restored state that nobody else has, so
the answer is what would be decided if it came into force at the moment of that state.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import RefusalReason, ReservationOutcome
from services.router.core.configuring import configure, rematch
from services.router.core.entities import Desk, DeskKey, WorkItem
from services.router.core.lifecycle import WAITING
from services.router.core.placing import settle
from services.router.core.state import PartitionState
from services.router.core.turn import Refused, Turn

TURNS_MAX = 2_000
LISTED_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the router would refuse the configuration."""

    reason: RefusalReason
    subject_id: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedItem:
    """An item that would stand in another queue, or need something else."""

    work_item_id: str
    from_queue_id: str
    to_queue_id: str
    required: dict[str, int]
    requires: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReservation:
    """An item that would be offered (or given, `is_assigned`) to this agent at once."""

    work_item_id: str
    queue_id: str
    agent_id: str
    is_assigned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoad:
    """An agent with more than the new configuration lets them carry, or who would be gone."""

    agent_id: str
    held_units: int
    capacity_units: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """Waiting items that no configured agent could ever serve: in reach, skilled, large enough."""

    queue_id: str
    requires: dict[str, int]
    channel: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What would follow. Lists hold at most `LISTED_MAX` entries, the counts count all.

    `is_complete` is false where carrying it out takes more than `TURNS_MAX` turns: what the rest
    would bring is not counted then.
    """

    version: int
    open_items: int
    waiting_before: int
    waiting_after: int
    changed_items: int
    changed: tuple[ChangedItem, ...]
    new_reservations: int
    reservations: tuple[NewReservation, ...]
    canceled_reservations: int
    agents_over_limit: tuple[AgentLoad, ...]
    agents_removed: tuple[AgentLoad, ...]
    unserved: tuple[Unserved, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """Either the refusal or the effects."""

    version_now: int
    refusal: Refusal | None = None
    effects: Effects | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an item asked before."""

    queue_id: str
    requires: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Before:
    """What is compared with what follows."""

    asked: dict[str, _Asked]
    waiting: int
    removed: tuple[AgentLoad, ...]


def dry_run(
    state: PartitionState, desk_key: DeskKey, configuration: DeskConfiguration, *, next_offset: int
) -> DryRun:
    """Carry the configuration out on this state, which is spent afterwards, and say what followed.

    `next_offset` is beyond every event that the state knows. KeyError for an unknown desk.
    """
    tenant_id, desk_id = desk_key
    version_now = state.need(Desk, *desk_key).version
    before = _before(state, desk_key, configuration)
    turn = Turn(state, event_id="dry-run", event_offset=next_offset)
    try:
        configured = e.DeskConfigured(configuration=configuration)
        configure(turn, tenant_id=tenant_id, desk_id=desk_id, configured=configured)
    except Refused as refused:
        refusal = Refusal(
            reason=refused.reason, subject_id=refused.subject_id, detail=refused.detail
        )
        return DryRun(version_now=version_now, refusal=refusal)
    decisions = _carry_out(state, desk_key, next_offset + 1)
    effects = _effects(state, desk_key, before, decisions)
    return DryRun(version_now=version_now, effects=effects)


def _before(state: PartitionState, desk_key: DeskKey, configuration: DeskConfiguration) -> _Before:
    items = _items(state, desk_key)
    return _Before(
        asked={item.work_item_id: _Asked(item.queue_id, item.requires) for item in items},
        waiting=_waiting(items),
        removed=tuple(_removed(state, desk_key, configuration)),
    )


def _effects(
    state: PartitionState, desk_key: DeskKey, before: _Before, decisions: list[AnyDecision]
) -> Effects:
    desk = state.need(Desk, *desk_key)
    items = _items(state, desk_key)
    changed = tuple(_changed(items, before.asked))
    reservations = tuple(_reservations(decisions))
    return Effects(
        version=desk.version,
        open_items=len(items),
        waiting_before=before.waiting,
        waiting_after=_waiting(items),
        changed_items=len(changed),
        changed=changed[:LISTED_MAX],
        new_reservations=len(reservations),
        reservations=reservations[:LISTED_MAX],
        canceled_reservations=sum(_is_cancel(one) for one in decisions),
        agents_over_limit=tuple(_over_limit(state, desk_key))[:LISTED_MAX],
        agents_removed=before.removed[:LISTED_MAX],
        unserved=tuple(_unserved(state, desk_key))[:LISTED_MAX],
        is_complete=desk.rematch_due_ms is None,
    )


def _waiting(items: list[WorkItem]) -> int:
    return sum(item.state in WAITING for item in items)


def _is_cancel(one: AnyDecision) -> bool:
    return isinstance(one, d.ReservationEnded) and one.outcome is ReservationOutcome.CANCELED


def _items(state: PartitionState, desk_key: DeskKey) -> list[WorkItem]:
    """The desk's open items in a fixed order."""
    items = [one for one in state.work_items() if (one.tenant_id, one.desk_id) == desk_key]
    return sorted(items, key=lambda item: item.work_item_id)


def _carry_out(state: PartitionState, desk_key: DeskKey, offset: int) -> list[AnyDecision]:
    """The rematch alone, turn by turn, as the ticks would: nothing else falls due meanwhile."""
    decisions: list[AnyDecision] = []
    for number in range(TURNS_MAX):
        desk = state.need(Desk, *desk_key)
        if desk.rematch_due_ms is None:
            break
        turn = Turn(state, event_id="dry-run", event_offset=offset + number)
        rematch(turn, desk)
        settle(turn)
        decisions += turn.decisions
    return decisions


def _changed(items: list[WorkItem], asked: dict[str, _Asked]) -> Iterator[ChangedItem]:
    for item in items:
        was = asked[item.work_item_id]
        if was != _Asked(item.queue_id, item.requires):
            yield ChangedItem(
                work_item_id=item.work_item_id,
                from_queue_id=was.queue_id,
                to_queue_id=item.queue_id,
                required=was.requires,
                requires=dict(item.requires),
            )


def _reservations(decisions: list[AnyDecision]) -> Iterator[NewReservation]:
    assigned = {one.reservation_id for one in decisions if isinstance(one, d.WorkItemAssigned)}
    for one in decisions:
        if isinstance(one, d.ReservationOpened):
            yield NewReservation(
                work_item_id=one.work_item_id,
                queue_id=one.queue_id,
                agent_id=one.agent_id,
                is_assigned=one.reservation_id in assigned,
            )


def _removed(
    state: PartitionState, desk_key: DeskKey, configuration: DeskConfiguration
) -> Iterator[AgentLoad]:
    """Agents with open work who are not in the new configuration."""
    stay = {agent.agent_id for agent in configuration.agents}
    for agent_id in state.index_of(desk_key).agents:
        load = _load(state, (*desk_key, agent_id))
        if agent_id not in stay and load.items:
            yield load


def _over_limit(state: PartitionState, desk_key: DeskKey) -> Iterator[AgentLoad]:
    index = state.index_of(desk_key)
    for agent_id in index.agents:
        load = _load(state, (*desk_key, agent_id))
        if agent_id in index.profiles.of_agent and load.held_units > load.capacity_units:
            yield load


def _load(state: PartitionState, key: tuple[str, str, str]) -> AgentLoad:
    capacity = state.index_of(key[:2]).profiles.capacity_of.get(key[2], 0)
    return AgentLoad(
        agent_id=key[2],
        held_units=state.held_units(key),
        capacity_units=capacity,
        items=len(state.held.get(key, {})),
    )


def _unserved(state: PartitionState, desk_key: DeskKey) -> Iterator[Unserved]:
    index = state.index_of(desk_key)
    for line in sorted(index.lines.waiting(), key=lambda line: line.signature):
        signature = line.signature
        could = any(
            signature.admits(profile)
            and any(index.profiles.capacity_of[name] >= signature.weight for name in members)
            for profile, members in index.profiles.members.items()
        )
        if not could:
            yield Unserved(
                queue_id=signature.queue_id,
                requires=dict(signature.requires),
                channel=signature.channel,
                items=len(line.places),
            )
