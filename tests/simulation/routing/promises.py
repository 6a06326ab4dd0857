"""Promises and escalations, counted by hand in an account of their own (R24, R25, R26, I6).

Open time is counted minute by minute; where no calendar is named, an instant is a sum.
"""

from dataclasses import dataclass, field

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import SlaPolicy
from libs.common.contracts.terms import SlaTarget
from services.router.core.entities import Desk
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.openings import AllTime, openings_of
from tests.simulation.routing.scene import Scene, desk_of

OF_REPLIES = (SlaTarget.FIRST_RESPONSE, SlaTarget.NEXT_RESPONSE)


@dataclass(slots=True)
class Hand:
    """One clock: due then, or so much left of it."""

    due_ms: int
    risk_ms: int | None
    left_ms: int | None = None
    is_broken: bool = False

    @property
    def runs(self) -> bool:
        """Whether something will be due."""
        return self.left_ms is None and not self.is_broken


@dataclass(slots=True)
class Account:
    """One conversation's policy, as it was, and its clocks."""

    policy: SlaPolicy
    work_item_id: str
    counts: AllTime
    clocks: dict[SlaTarget, Hand] = field(default_factory=dict)


class Promises:
    """Judges clocks, and that nothing fires twice, early, or for finished work."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._fired: set[tuple[object, ...]] = set()
        self._closed: set[str] = set()

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:  # noqa: C901 - one case for each decision, nothing nested
        """Each decision about a promise against its account."""
        now_ms = scene.told().now_ms
        match decision:
            case d.SlaStarted():
                self._started(scene, decision)
            case d.SlaClocksPaused():
                self._paused(decision, now_ms)
            case d.SlaClocksSet() if decision.cause == "moved":
                self._moved(scene, decision)
            case d.SlaClocksSet():
                self._set(decision, now_ms)
            case d.SlaAtRisk() | d.SlaBreached():
                self._fires(scene, decision)
            case d.SlaMet():
                self._met(scene, decision)
            case d.SlaEnded():
                del self._accounts[decision.conversation_id]
            case d.EscalationFired() if decision.policy_id:
                self._escalated(decision, now_ms)
            case d.ConversationClosed():
                self._closed.add(decision.conversation_id)
            case d.ConversationReopened():
                self._closed.discard(decision.conversation_id)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: the account is kept before the state changes."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """Who was answered is owed no response, and clocks stand still while parked alone."""
        for one in scene.told().decisions:
            account = self._accounts.get(getattr(one, "conversation_id", ""))
            if account is None or desk_of(one) not in desks:
                continue
            conversation_id = scene.item(account.work_item_id).conversation_id
            if isinstance(one, d.ReplyFiled) and one.agent_id:
                owed = [target for target in OF_REPLIES if target in account.clocks]
                require(not owed, f"R26: {conversation_id}: answered and still owed {owed}")
            is_parked = scene.item(account.work_item_id).state.value == "parked"
            rests = is_parked and account.policy.pauses_while_parked
            for target, hand in account.clocks.items():
                is_right = hand.is_broken or (hand.left_ms is not None) == rests
                require(is_right, f"R25: {conversation_id}: {target} stands still: {rests}")
        closed = self._closed & self._accounts.keys()
        require(not closed, f"R26: closed and still promised: {closed}")

    def _started(self, scene: Scene, started: d.SlaStarted) -> None:
        now_ms = scene.told().now_ms
        policy = _policy_for(scene, started, started.queue_id)
        label = f"R25: {started.conversation_id}"
        assert policy is not None, label
        require(policy.sla_policy_id == started.policy_id, f"{label}: by {started.policy_id}")
        counts = _counts(scene, desk_of(started), policy)
        account = Account(policy, started.work_item_id, counts)
        self._accounts[started.conversation_id] = account
        targets = [clock.target for clock in started.clocks]
        require(targets == [SlaTarget.FIRST_RESPONSE, SlaTarget.RESOLUTION], f"{label}: {targets}")
        for clock in started.clocks:
            self._runs(account, clock, now_ms, label)

    def _runs(self, account: Account, clock: d.RunningClock, now_ms: int, label: str) -> None:
        """A clock that starts now has the whole of its target."""
        target_ms = 1_000 * getattr(account.policy, f"{clock.target.value}_s")
        risk_ms = account.counts.due(now_ms, round(target_ms * account.policy.at_risk_share))
        due_ms = account.counts.due(now_ms, target_ms)
        # None lies behind what was counted, and behind the end of the run.
        is_right = clock.due_ms == (due_ms or clock.due_ms)
        is_right = is_right and clock.at_risk_ms == (risk_ms or clock.at_risk_ms)
        require(is_right, f"{label}: {clock}, not {due_ms}, {risk_ms}")
        account.clocks[clock.target] = Hand(clock.due_ms, clock.at_risk_ms)

    def _paused(self, paused: d.SlaClocksPaused, now_ms: int) -> None:
        account = self._accounts[paused.conversation_id]
        for rest in paused.clocks:
            hand = account.clocks[rest.target]
            left_ms = account.counts.open_ms(now_ms, hand.due_ms)
            label = f"R25: {paused.conversation_id} {rest.target} pauses"
            require(hand.left_ms is None and not hand.is_broken, f"{label}: does not run")
            is_right = left_ms in (None, rest.remaining_ms)
            require(is_right, f"{label}: {rest.remaining_ms}, not {left_ms}")
            hand.left_ms = rest.remaining_ms

    def _set(self, clocks: d.SlaClocksSet, now_ms: int) -> None:
        account = self._accounts[clocks.conversation_id]
        label = f"R25: {clocks.conversation_id} {clocks.cause}"
        for clock in clocks.clocks:
            if clocks.cause == "message":
                require(clock.target not in account.clocks, f"{label}: put off")
                self._runs(account, clock, now_ms, label)
                continue
            hand = account.clocks[clock.target]
            require(hand.left_ms is not None, f"{label}: {clock.target} did not stand still")
            due_ms = account.counts.due(now_ms, hand.left_ms or 0)
            is_right = due_ms in (None, clock.due_ms)
            require(is_right, f"{label}: due {clock.due_ms}, not {due_ms}")
            hand.due_ms, hand.left_ms = clock.due_ms, None
            hand.risk_ms = clock.at_risk_ms

    def _moved(self, scene: Scene, moved: d.SlaClocksSet) -> None:
        """Another queue's policy with another calendar counts what is left on that one."""
        account, now_ms = self._accounts[moved.conversation_id], scene.told().now_ms
        label = f"R25: {moved.conversation_id} moves to {moved.queue_id}"
        policy = _policy_for(scene, moved, moved.queue_id)
        before = account.counts
        named = policy is not None and policy.calendar is not None
        after = _counts(scene, desk_of(moved), policy) if named and policy else before
        if after.calendar == before.calendar:
            require(not moved.clocks, f"{label}: the same calendar, no change")
            return
        account.counts = after
        running = {target for target, hand in account.clocks.items() if hand.runs}
        require({one.target for one in moved.clocks} == running, f"{label}: all that run")
        for clock in moved.clocks:
            hand = account.clocks[clock.target]
            left_ms = before.open_ms(now_ms, hand.due_ms)
            due_ms = after.due(now_ms, left_ms) if left_ms is not None else None
            is_right = due_ms in (None, clock.due_ms)
            require(is_right, f"{label}: due {clock.due_ms}, not {due_ms}")
            hand.due_ms, hand.risk_ms = clock.due_ms, clock.at_risk_ms

    def _fires(self, scene: Scene, fired: d.SlaAtRisk | d.SlaBreached) -> None:
        now_ms = scene.told().now_ms
        hand = self._accounts[fired.conversation_id].clocks[fired.target]
        label = f"I6: {fired.conversation_id} {fired.target} {fired.type}"
        require(hand.left_ms is None and not hand.is_broken, f"{label}: does not run")
        if isinstance(fired, d.SlaAtRisk) and fired.cause == "predicted":
            require(hand.risk_ms is not None, f"{label}: again")
            require(fired.at_risk_ms == now_ms, f"{label}: predicted at another time")
            expected_ms = now_ms + _wait_ms(scene, fired)
            require(fired.expected_ms == expected_ms, f"{label}: expected at {expected_ms}")
            require(expected_ms > hand.due_ms, f"{label}: predicted in time")
            hand.risk_ms = None
        elif isinstance(fired, d.SlaAtRisk):
            is_due = hand.risk_ms == fired.at_risk_ms <= now_ms
            require(is_due, f"{label}: again, early, or at another time")
            hand.risk_ms = None
        else:
            require(hand.due_ms == fired.due_ms <= now_ms, f"{label}: early, or at another time")
            hand.is_broken = True

    def _met(self, scene: Scene, met: d.SlaMet) -> None:
        hand = self._accounts[met.conversation_id].clocks.pop(met.target)
        label = f"R26: {met.conversation_id} {met.target} met"
        kind = d.ReplyFiled if met.target in OF_REPLIES else d.ConversationClosed
        reasons = (one for one in scene.told().decisions if isinstance(one, kind))
        is_there = any(
            getattr(one, "conversation_id", "") == met.conversation_id for one in reasons
        )
        require(is_there, f"{label}: by nothing")
        late_ms = max(0, scene.told().now_ms - hand.due_ms) if hand.left_ms is None else 0
        require(met.late_ms == late_ms, f"{label}: {met.late_ms} late, not {late_ms}")
        require(met.was_breached == hand.is_broken, f"{label}: told of before")

    def _escalated(self, fired: d.EscalationFired, now_ms: int) -> None:
        label = f"I6: {fired.work_item_id} level {fired.level}.{fired.repeat}"
        key = (fired.work_item_id, fired.terms_id, fired.level, fired.repeat, fired.since_ms)
        require(key not in self._fired, f"{label}: again")
        require(fired.due_ms <= now_ms, f"{label}: early")
        require(fired.conversation_id not in self._closed, f"{label}: after completion")
        self._fired.add(key)


def _wait_ms(scene: Scene, fired: d.SlaAtRisk) -> int:
    """How long the item waits at its queue's pace: counted from the items, not from lines."""
    mine = scene.item(fired.work_item_id)
    # Where it stands now: the promise may not have followed it there yet.
    queue = (*desk_of(fired), mine.queue_id)
    measured = [
        one
        for one in scene.told().decisions
        if isinstance(one, d.QueueMeasured) and (*desk_of(one), one.queue_id) == queue
    ]
    ahead = [
        item
        for item in scene.state.work_items()
        if desk_of(fired) == (item.tenant_id, item.desk_id)
        and (item.queue_id, item.state.value) == (mine.queue_id, "queued")
        and item.hold_agent_id is None
        and (item.strict_class, item.virtual_time_ms, item.sequence)
        <= (mine.strict_class, mine.virtual_time_ms, mine.sequence)
    ]
    require(bool(measured), f"R27: {fired.work_item_id}: predicted without a measure")
    return len(ahead) * 300_000 // measured[0].served


def _policy_for(
    scene: Scene, decision: d.SlaStarted | d.SlaClocksSet, queue_id: str
) -> SlaPolicy | None:
    """The first policy in force that holds for the conversation in this queue."""
    desk = scene.state.need(Desk, *desk_of(decision)).configuration
    item = scene.item(decision.work_item_id)
    policies = (
        one
        for one in desk.sla_policies
        if (not one.when.queue or queue_id in one.when.queue)
        and (not one.when.channel or item.channel in one.when.channel)
    )
    return next(policies, None)


def _counts(scene: Scene, key: DeskKey, policy: SlaPolicy) -> AllTime:
    """What the policy's clocks count by, as the document in force has it."""
    desk = scene.state.need(Desk, *key).configuration
    calendar = next((one for one in desk.calendars if one.calendar_id == policy.calendar), None)
    return openings_of(calendar, scene.told().now_ms) if calendar is not None else _ALL_TIME


_ALL_TIME = AllTime()
