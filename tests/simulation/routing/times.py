"""What time does to an item, kept in an account of its own (R4, R5, R7, R13, I6, I9)."""

from dataclasses import dataclass, field

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration, Step
from libs.common.contracts.events import MessageReceived
from libs.common.contracts.terms import QueueingReason
from services.router.core.entities import Desk
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.openings import AllTime, openings_of
from tests.simulation.routing.routes import route_of
from tests.simulation.routing.scene import Scene, desk_of

BEGINS = (QueueingReason.ARRIVED, QueueingReason.TRANSFERRED, QueueingReason.SPLIT)


@dataclass(slots=True)
class Account:
    """One item's times and needs, from its decisions alone."""

    queue_id: str
    began_ms: int
    virtual_time_ms: int
    strict_class: int
    sequence: int
    requires: dict[str, int]
    plan: tuple[Step, ...] = ()
    plan_began_ms: int = 0
    step: int = 0
    escalation_due_ms: int | None = None
    alarmed: set[str] = field(default_factory=set)
    promoted_at: list[int] = field(default_factory=list)
    promoted_by: int = 0
    refused_at: dict[str, int] = field(default_factory=dict)


class Times:
    """Judges virtual times, steps, promotions and escalations."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._over: Account | None = None

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Each decision about an item's times against its account."""
        match decision:
            case d.WorkItemQueued():
                self._queued(scene, decision)
            case d.WorkItemRelaxed():
                self._relaxed(scene, decision)
            case d.WorkItemPromoted():
                self._promoted(scene, decision)
            case d.EscalationFired() if not decision.policy_id:
                self._escalated(scene, decision)
            case d.WorkItemHeld() | d.WorkItemResumed():
                self._came_back(scene, decision)
            case d.WorkItemCompleted() | d.WorkItemCanceled():
                self._over = self._accounts.pop(decision.work_item_id)
            case d.ConversationsMerged():
                self._merged(decision)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: the account is kept before the state changes."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """Each item stands where its account says."""
        for item in scene.state.work_items():
            account = self._accounts.get(item.work_item_id)
            if account is None or (item.tenant_id, item.desk_id) not in desks:
                continue
            is_kept = (item.virtual_time_ms, item.strict_class, item.sequence, item.requires) == (
                account.virtual_time_ms,
                account.strict_class,
                account.sequence,
                account.requires,
            )
            require(is_kept, f"R5: {item.work_item_id}: its place and needs are as decided")

    def _queued(self, scene: Scene, queued: d.WorkItemQueued) -> None:
        now_ms = scene.told().now_ms
        desk = scene.state.need(Desk, *desk_of(queued))
        account = self._accounts.get(queued.work_item_id)
        label = f"{queued.work_item_id} queued ({queued.reason})"
        if account is None:
            is_split = queued.reason is QueueingReason.SPLIT
            is_new = is_split or queued.reason is QueueingReason.ARRIVED
            require(is_new, f"I1: {label}: arrived before")
            begin = self._split if is_split else self._arrived
            account = begin(scene, desk.configuration, queued)
        else:
            place = (queued.virtual_time_ms, queued.strict_class, queued.sequence)
            kept = (account.virtual_time_ms, account.strict_class, account.sequence)
            require(place == kept, f"R5: {label}: keeps its place")
        has_moved = queued.queue_id != account.queue_id
        if has_moved or queued.reason in BEGINS:
            account.plan = _steps_of(desk.configuration, queued.queue_id)
            account.plan_began_ms, account.step = now_ms, 0
        else:
            require(queued.requires == account.requires, f"R13: {label}: keeps what it needs")
        if has_moved:
            account.escalation_due_ms = _escalation(desk.configuration, queued.queue_id, account)
        account.queue_id, account.requires = queued.queue_id, queued.requires

    def _merged(self, merged: d.ConversationsMerged) -> None:
        """Who waits keeps the better virtual time of the two; nobody's gets worse (R21)."""
        account = self._accounts[merged.work_item_id]
        assert self._over is not None
        better = min(account.virtual_time_ms, self._over.virtual_time_ms)
        label = f"R21: {merged.work_item_id}: virtual time"
        require(merged.virtual_time_ms in (account.virtual_time_ms, better), label)
        account.virtual_time_ms = merged.virtual_time_ms
        account.began_ms = merged.waiting_since_ms

    def _split(self, scene: Scene, desk: DeskConfiguration, queued: d.WorkItemQueued) -> Account:
        """A wait that begins now."""
        now_ms = scene.told().now_ms
        require(queued.virtual_time_ms == now_ms, f"R21: {queued.work_item_id}: begins now")
        return self._opened(desk, queued, now_ms)

    def _arrived(self, scene: Scene, desk: DeskConfiguration, queued: d.WorkItemQueued) -> Account:
        now_ms = scene.told().now_ms
        event = scene.event
        label = queued.work_item_id
        require(
            event is not None and isinstance(event.data, MessageReceived),
            f"I1: {label}: arrived without a message",
        )
        assert event is not None
        assert isinstance(event.data, MessageReceived)
        rule_id, route = route_of(desk, event.data)
        credit_ms = 1_000 * route.credit_s + _head_start_ms(desk, queued, now_ms)
        credit_ms = min(credit_ms, 1_000 * desk.policies.max_credit_s)
        told = (queued.rule_id, queued.queue_id, queued.strict_class, queued.virtual_time_ms)
        right = (rule_id, route.queue, route.strict_class, now_ms - credit_ms)
        require(told == right, f"rules: {label}: {told}, not {right}")
        require(queued.weight == desk.weight_of(queued.channel), f"weight: {label}")
        others = [account.sequence for account in self._accounts.values()]
        require(queued.sequence > max(others, default=-1), f"R4: {label}: comes after all others")
        return self._opened(desk, queued, now_ms)

    def _opened(self, desk: DeskConfiguration, queued: d.WorkItemQueued, now_ms: int) -> Account:
        account = Account(
            queue_id=queued.queue_id,
            began_ms=now_ms,
            virtual_time_ms=queued.virtual_time_ms,
            strict_class=queued.strict_class,
            sequence=queued.sequence,
            requires=queued.requires,
        )
        account.escalation_due_ms = _escalation(desk, queued.queue_id, account)
        self._accounts[queued.work_item_id] = account
        return account

    def _relaxed(self, scene: Scene, relaxed: d.WorkItemRelaxed) -> None:
        account = self._accounts[relaxed.work_item_id]
        desk = scene.state.need(Desk, *desk_of(relaxed)).configuration
        label = f"R13: {relaxed.work_item_id}, step {relaxed.step}"
        require(relaxed.step == account.step + 1 <= len(account.plan), f"{label}: out of turn")
        step = account.plan[account.step]
        waited_s = sum(one.after_s for one in account.plan[: account.step + 1])
        require(account.plan_began_ms + 1_000 * waited_s <= scene.told().now_ms, f"{label}: early")
        requires = {
            skill: level - step.lower.get(skill, 0)
            for skill, level in account.requires.items()
            if skill not in step.drop and level > step.lower.get(skill, 0) and not step.anyone
        }
        require(relaxed.requires == requires, f"{label}: needs {relaxed.requires}")
        is_there = step.move_to in {queue.queue_id for queue in desk.queues}
        queue_id = step.move_to if step.move_to and is_there else account.queue_id
        require(relaxed.queue_id == queue_id, f"{label}: stands in {relaxed.queue_id}")
        best = account.began_ms - 1_000 * desk.policies.max_credit_s
        gained = max(best, account.virtual_time_ms - 1_000 * step.credit_s)
        virtual_time_ms = min(account.virtual_time_ms, gained)
        require(relaxed.virtual_time_ms == virtual_time_ms, f"{label}: credit")
        strict_class = min(account.strict_class, step.strict_class or account.strict_class)
        require(relaxed.strict_class == strict_class, f"{label}: class {relaxed.strict_class}")
        has_moved = step.move_to is not None and is_there
        self._check_reach(scene, relaxed, step, has_moved=has_moved)
        if strict_class < account.strict_class:
            account.promoted_by = 0
        if queue_id != account.queue_id:
            account.escalation_due_ms = _escalation(desk, queue_id, account)
        account.step, account.requires = relaxed.step, requires
        account.queue_id, account.virtual_time_ms = queue_id, virtual_time_ms
        account.strict_class = strict_class

    def _check_reach(
        self, scene: Scene, relaxed: d.WorkItemRelaxed, step: Step, *, has_moved: bool
    ) -> None:
        """A step only widens whom an item is for, except a move, which replaces it."""
        item = scene.item(relaxed.work_item_id)
        label = f"R13: {relaxed.work_item_id}, step {relaxed.step}"
        queues, groups, is_for_anyone = set(step.widen_to_queues), set(step.widen_to_groups), False
        if not has_moved:
            queues |= set(item.also_queues)
            groups |= set(item.also_groups)
            is_for_anyone = item.is_for_anyone
        told = set(relaxed.also_queues)
        overflow = {one for one in told - queues if one != relaxed.queue_id}
        require(told >= queues - {relaxed.queue_id}, f"{label}: narrower")
        require(len(overflow) <= 1, f"{label}: wider than it says")
        require(set(relaxed.also_groups) == groups, f"{label}: groups")
        require(relaxed.is_for_anyone == (step.anyone or is_for_anyone), f"{label}: anyone")

    def _promoted(self, scene: Scene, promoted: d.WorkItemPromoted) -> None:
        account = self._accounts[promoted.work_item_id]
        label = f"R7: {promoted.work_item_id} promoted"
        require(len(account.promoted_at) < 2, f"{label}: a third time")
        policies = scene.state.need(Desk, *desk_of(promoted)).configuration.policies
        del policies
        require(promoted.strict_class <= account.strict_class, f"{label}: to a later class")
        require(promoted.strict_class >= account.strict_class - 1, f"{label}: by many classes")
        account.promoted_at.append(scene.told().now_ms)
        account.promoted_by += account.strict_class - promoted.strict_class
        account.strict_class = promoted.strict_class

    def _escalated(self, scene: Scene, fired: d.EscalationFired) -> None:
        account = self._accounts[fired.work_item_id]
        label = f"I6: {fired.work_item_id} escalates"
        require(account.escalation_due_ms == fired.due_ms, f"{label}: again, or at another time")
        require(fired.due_ms <= scene.told().now_ms, f"{label}: early")
        account.escalation_due_ms = None
        account.alarmed.add(fired.queue_id)

    def _came_back(self, scene: Scene, back: d.WorkItemHeld | d.WorkItemResumed) -> None:
        """A customer's reply after parking begins a new wait, with the same credit (R5)."""
        account = self._accounts[back.work_item_id]
        item = scene.item(back.work_item_id)
        if item.state.value == "parked":
            credit_ms = account.began_ms - account.virtual_time_ms
            account.virtual_time_ms = scene.told().now_ms - credit_ms
        if item.state.value == "parked":
            now_ms = scene.told().now_ms
            account.began_ms, account.plan_began_ms = now_ms, now_ms
            account.promoted_at, account.alarmed = [], set()
            account.strict_class += account.promoted_by
            account.promoted_by = 0
            desk = scene.state.need(Desk, *desk_of(back)).configuration
            account.escalation_due_ms = _escalation(desk, account.queue_id, account)
        label = f"R5: {back.work_item_id} goes on"
        require(back.virtual_time_ms == account.virtual_time_ms, f"{label}: another virtual time")


def _steps_of(desk: DeskConfiguration, queue_id: str) -> tuple[Step, ...]:
    return next((queue.steps for queue in desk.queues if queue.queue_id == queue_id), ())


def _escalation(desk: DeskConfiguration, queue_id: str, account: Account) -> int | None:
    found = next((queue for queue in desk.queues if queue.queue_id == queue_id), None)
    if found is None or found.escalation is None or queue_id in account.alarmed:
        return None
    return account.began_ms + 1_000 * found.escalation.after_s


def _head_start_ms(desk: DeskConfiguration, queued: d.WorkItemQueued, now_ms: int) -> int:
    """What is due first has the more of a head start the sooner it is due."""
    queue = next(one for one in desk.queues if one.queue_id == queued.queue_id)
    policies = (
        one
        for one in desk.sla_policies
        if queued.queue_id in (one.when.queue or (queued.queue_id,))
        and queued.channel in (one.when.channel or (queued.channel,))
    )
    policy = next(policies, None)
    if queue.order == "first_come" or policy is None or policy.first_response_s is None:
        return 0
    calendar = next((one for one in desk.calendars if one.calendar_id == policy.calendar), None)
    counts = openings_of(calendar, now_ms) if calendar is not None else AllTime()
    due_ms = counts.due(now_ms, 1_000 * policy.first_response_s)
    # None lies behind what was counted, further away than any head start.
    return max(0, 1_000 * desk.policies.max_credit_s - (due_ms - now_ms)) if due_ms else 0
