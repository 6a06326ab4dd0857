"""Offers are leases: who holds one, what ends it, and what comes too late (I4, R12, R14-R16)."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, QueueingReason, ReservationOutcome
from services.router.core.entities import Agent, Desk, WorkItem
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of

REMEMBERED = 16
REFUSALS = (ReservationOutcome.REJECTED, ReservationOutcome.TIMED_OUT)
AnswerEvent = e.ReservationAccepted | e.ReservationRejected


class Offers:
    """Keeps its own account of pending offers, owners, refusals and silences."""

    def __init__(self) -> None:
        self._pending: dict[str, tuple[str, str]] = {}
        self._owner: dict[str, str] = {}
        self._refused: dict[str, dict[str, int]] = {}
        self._silences: dict[tuple[str, str, str], int] = {}
        self._pending_before: dict[str, tuple[str, str]] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:  # noqa: C901 - one case each
        """Every decision about an offer or an owner against the account."""
        match decision:
            case d.ReservationOpened():
                self._opened(decision)
            case d.ReservationEnded():
                self._ended(scene, decision)
            case d.WorkItemAssigned():
                self._assigned(decision)
            case d.OwnerChanged():
                require(
                    self._owner.get(decision.work_item_id) == decision.from_agent_id,
                    f"I4: {decision.work_item_id}: another owner leaves",
                )
                self._owner[decision.work_item_id] = decision.agent_id
            case d.WorkItemQueued():
                self._queued(scene, decision)
            case d.WorkItemRelaxed():
                self._refused.pop(decision.work_item_id, None)
            case d.RefusalsForgotten():
                self._forgotten(scene, decision)
            case d.WorkItemCompleted() | d.WorkItemCanceled():
                self._over(decision.work_item_id)
            case d.AgentPresenceChanged():
                self._changed_presence(scene, decision)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: the account is kept before the state changes."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - all desks alike
        """An answer did what it could, or was refused with the reason; owners are as accounted."""
        event = scene.event
        if event is not None and isinstance(event.data, AnswerEvent):
            self._check_answer(scene, event.data)
        for item in scene.state.work_items():
            require(
                item.agent_id == self._owner.get(item.work_item_id),
                f"I4: {item.work_item_id}: owned by {item.agent_id}",
            )
        for reservation_id, (work_item_id, agent_id) in self._pending.items():
            item = scene.item(work_item_id)
            agent = scene.state.need(Agent, item.tenant_id, item.desk_id, agent_id)
            is_asked = agent.is_present or self._is_rematching(scene, item)
            require(is_asked, f"R16: {reservation_id}: {agent_id} is away and still asked")
        self._pending_before = dict(self._pending)

    def _is_rematching(self, scene: Scene, item: WorkItem) -> bool:
        return scene.state.need(Desk, item.tenant_id, item.desk_id).rematch_due_ms is not None

    def _check_answer(self, scene: Scene, answer: AnswerEvent) -> None:
        decisions = scene.told().decisions
        is_open = self._pending_before.get(answer.reservation_id, ("", ""))[1] == answer.agent_id
        label = f"R14: {answer.reservation_id} by {answer.agent_id}"
        if is_open and isinstance(answer, e.ReservationAccepted) and decisions:
            is_assigned = any(
                isinstance(one, d.WorkItemAssigned) and one.reservation_id == answer.reservation_id
                for one in decisions
            )
            is_refused = isinstance(decisions[0], d.EventRefused)
            require(is_assigned or is_refused, f"{label}: accepted and not assigned")
        if not is_open and decisions:
            told = [one.reason for one in decisions if isinstance(one, d.EventRefused)]
            require(len(told) == len(decisions) == 1, f"{label}: too late, and not refused")

    def _opened(self, opened: d.ReservationOpened) -> None:
        work_item_id, agent_id = opened.work_item_id, opened.agent_id
        label = f"{opened.reservation_id} for {agent_id}"
        require(opened.reservation_id not in self._pending, f"R14: {label}: opened twice")
        require(work_item_id not in self._owner, f"I4: {label}: the item has an owner")
        refused = self._refused.get(work_item_id, {})
        require(agent_id not in refused, f"R12: {label}: asked again too early")
        self._pending[opened.reservation_id] = (work_item_id, agent_id)

    def _ended(self, scene: Scene, ended: d.ReservationEnded) -> None:
        found = self._pending.pop(ended.reservation_id, None)
        right = (ended.work_item_id, ended.agent_id)
        require(found == right, f"R14: {ended.reservation_id}: ended and was not open")
        key = (*desk_of(ended), ended.agent_id)
        if ended.outcome is ReservationOutcome.TIMED_OUT:
            self._silences[key] = self._silences.get(key, 0) + 1
        if ended.outcome in REFUSALS:
            policies = scene.state.need(Desk, *desk_of(ended)).configuration.policies
            refused = self._refused.setdefault(ended.work_item_id, {})
            refused.pop(ended.agent_id, None)
            until_ms = scene.told().now_ms + 1_000 * policies.refusal_forgotten_after_s
            refused[ended.agent_id] = until_ms
            while len(refused) > REMEMBERED:
                del refused[next(iter(refused))]

    def _assigned(self, assigned: d.WorkItemAssigned) -> None:
        label = assigned.reservation_id
        found = self._pending.pop(assigned.reservation_id, None)
        right = (assigned.work_item_id, assigned.agent_id)
        require(found == right, f"R14: {label}: assigned without an open offer")
        others = [one for one in self._pending.values() if one[0] == assigned.work_item_id]
        require(not others, f"R15: {label}: others are still asked")
        require(assigned.work_item_id not in self._owner, f"I4: {label}: a second owner")
        self._owner[assigned.work_item_id] = assigned.agent_id
        self._silences.pop((*desk_of(assigned), assigned.agent_id), None)

    def _queued(self, scene: Scene, queued: d.WorkItemQueued) -> None:
        work_item_id = queued.work_item_id
        asked = [one for one in self._pending.values() if one[0] == work_item_id]
        require(not asked, f"R14: {work_item_id}: queued while it is offered")
        was_owned = self._owner.pop(work_item_id, None) is not None
        if was_owned or queued.reason is QueueingReason.MIGRATED:
            self._refused.pop(work_item_id, None)
        gave_up = {
            QueueingReason.UNANSWERED,
            QueueingReason.OWNER_LEFT,
            QueueingReason.ESCALATED,
        }
        if queued.reason in gave_up and queued.by_agent_id is not None:
            policies = scene.state.need(Desk, *desk_of(queued)).configuration.policies
            until_ms = scene.told().now_ms + 1_000 * policies.refusal_forgotten_after_s
            self._refused[work_item_id] = {queued.by_agent_id: until_ms}

    def _forgotten(self, scene: Scene, forgotten: d.RefusalsForgotten) -> None:
        """Only what is old, or when nobody else is left to ask (R12)."""
        item = scene.item(forgotten.work_item_id)
        refused = self._refused.get(forgotten.work_item_id, {})
        now_ms = scene.told().now_ms
        if any(refused.get(agent_id, 0) > now_ms for agent_id in forgotten.agent_ids):
            floor = scene.floor((item.tenant_id, item.desk_id))
            others = [
                person.agent_id
                for person in floor.present()
                if person.agent_id not in refused
                and floor.is_for(item, person)
                and floor.would_fit(person, item.channel, item.weight, [])
            ]
            told = f"{forgotten.work_item_id} forgets, {others} can be asked"
            require(not others, f"R12: {told}")
        for agent_id in forgotten.agent_ids:
            refused.pop(agent_id, None)

    def _over(self, work_item_id: str) -> None:
        asked = [one for one in self._pending.values() if one[0] == work_item_id]
        require(not asked, f"R18: {work_item_id}: is over and still offered")
        self._owner.pop(work_item_id, None)
        self._refused.pop(work_item_id, None)

    def _changed_presence(self, scene: Scene, changed: d.AgentPresenceChanged) -> None:
        key = (*desk_of(changed), changed.agent_id)
        if changed.cause == "ring_no_answer":
            policies = scene.state.need(Desk, *desk_of(changed)).configuration.policies
            silences = self._silences.get(key, 0)
            told = f"{changed.agent_id} is away after {silences}"
            require(silences >= policies.ring_no_answer_max, f"R16: {told}")
            require(changed.presence is Presence.AWAY, f"R16: {told}")
        self._silences.pop(key, None)
