"""One simulated router process: carries out the machine's effects as the real shell does."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event
from services.router.core import ownership_effects as e
from services.router.core.ownership import EPOCH_NUMBER, Takeover
from services.router.core.state import Change
from tests.simulation.broker import Producer, Send
from tests.simulation.errands import carry_dead_letter, carry_tick
from tests.simulation.oracle import HashedDecider, require
from tests.simulation.store import Write

if TYPE_CHECKING:
    from tests.simulation.world import World

Fact = Callable[[], list[e.Effect]]
READ_MAX = 8
BACKOFF_MS = 40


class Traced:
    """An engine that notes its hash around each decision, for the oracle."""

    def __init__(self, engine: HashedDecider, on_error: Callable[[Exception], None]) -> None:
        self._engine = engine
        self._on_error = on_error
        self.hashes: dict[int, tuple[str, str]] = {}
        self.refuse = self._noting(engine.refuse)
        self.fold = engine.fold
        self.next_deadline_ms = engine.next_deadline_ms
        self.take_changes = engine.take_changes

    @property
    def now_ms(self) -> int:
        """Engine time in milliseconds."""
        return self._engine.now_ms

    def decide(
        self, event: Event | None, *, event_id: str, event_offset: int, appended_at_ms: int
    ) -> tuple[AnyDecision, ...]:
        """As the engine's."""
        return self._noting(self._engine.decide)(
            event, event_id=event_id, event_offset=event_offset, appended_at_ms=appended_at_ms
        )

    def _noting(
        self, work: Callable[..., tuple[AnyDecision, ...]]
    ) -> Callable[..., tuple[AnyDecision, ...]]:
        def noted(*args: object, **named: object) -> tuple[AnyDecision, ...]:
            before = self._engine.canonical_hash()
            try:
                decisions = work(*args, **named)
            except Exception as error:
                self._on_error(error)
                raise
            after = self._engine.canonical_hash()
            self.hashes[int(str(named["event_offset"]))] = before, after
            return decisions

        return noted


class Process:
    """Crashes, freezes, wakes and restarts as the world wants it to."""

    def __init__(self, name: str, world: "World") -> None:
        self.name = name
        self._world = world
        self.version = 1
        self.is_alive = True
        self.is_frozen = False
        self.notices: deque[bool] = deque()
        self.machine: Takeover | None = None
        self.producer: Producer | None = None
        self.inbox: deque[tuple[Takeover, Fact]] = deque()
        self.ends: list[e.EndReason] = []
        self._machines: list[Takeover] = []
        self._engine: Traced | None = None
        self._believes_assigned = False
        self._log_cursor: int | None = None
        self._events_cursor: int | None = None
        self._oversize: e.Oversize | None = None
        self._backoff_until_ms = 0
        self._began_at_ms = 0
        self._clock_ahead_ms = world.rng.choice((0, 0, 0, 300, -300))

    def crash(self) -> None:
        """Lose the memory; what producers hold may still land."""
        self.is_alive, self.is_frozen = False, False
        self._forget()
        self._machines.clear()
        self.inbox.clear()
        self.notices.clear()
        self._believes_assigned = False
        self._oversize = None

    def step(self) -> str:
        """Do one thing that is possible now."""
        choice = self._world.rng.random()
        if self.notices and choice < 0.3:
            return self._notice(is_assigned=self.notices.popleft())
        if self.machine is None:
            return self._begin()
        if self.inbox and choice < 0.6:
            machine, fact = self.inbox.popleft()
            self.execute(machine, fact())
            return "fact"
        if choice < 0.75 and self._log_cursor is not None:
            return self._read_log(self.machine)
        if choice < 0.9 and self._events_cursor is not None:
            return self._read_events(self.machine)
        now = self._world.now_ms
        wall_ms = self._world.wall_ms + self._clock_ahead_ms
        effects = self.machine.timer(wall_ms=wall_ms, now_ms=now)
        self.execute(self.machine, effects)
        return "timer"

    def execute(self, machine: Takeover, effects: Iterable[e.Effect]) -> None:
        """Carry out effects in order; the process may die between any two."""
        for effect in effects:
            if self._world.strikes(self._world.faults.crash_between_effects):
                self._world.crash(self)
                return
            self._carry_out(machine, effect)

    def _carry_out(self, machine: Takeover, effect: e.Effect) -> None:  # noqa: C901 - one case each
        world = self._world
        match effect:
            case e.ConfirmMembership():
                world.later(lambda: self._confirm(machine))
            case e.PublishRecord():
                self._publish(machine, effect)
            case e.LoadSave():
                world.later(lambda: self._load(machine))
            case e.DescribeLog():
                world.later(lambda: self._describe_log(machine))
            case e.ReadLogFrom():
                self._log_cursor = effect.offset
            case e.SeekEvents():
                self._events_cursor = effect.offset
                start, end = world.partition.events_start, len(world.partition.events)
                self.tell(machine, lambda: machine.events_described(start=start, end=end))
            case e.WriteSave():
                self._save(machine, effect.save)
            case e.CommitEvents():
                world.committed = effect.offset
            case e.SendDeadLetter():
                carry_dead_letter(world, self, machine, effect)
            case e.PublishTick():
                carry_tick(world, self, machine, effect)
            case e.ReportVoid():
                world.note("void")
            case e.End():
                self._ended(effect)

    def _begin(self) -> str:
        world = self._world
        if not self._believes_assigned or world.now_ms < self._backoff_until_ms:
            return "idle"
        self.machine = Takeover(
            partition=0,
            owner=self.name,
            engine_version=str(self.version),
            restore=self._restore,
            limits=world.limits,
            oversize=self._oversize,
        )
        self._machines.append(self.machine)
        self._began_at_ms = world.now_ms
        self.producer = world.new_producer(self)
        nonce = f"{self.name}-{world.rng.getrandbits(64):016x}"
        self.execute(
            self.machine, self.machine.begin(nonce=nonce, prior_epoch=-1, now_ms=world.now_ms)
        )
        return "begin"

    def _restore(self, documents: Iterable[Change], now_ms: int) -> Traced:
        engine = self._world.kit.restore(documents, now_ms, self.version)
        self._engine = Traced(engine, self._world.engine_failed)
        return self._engine

    def _notice(self, *, is_assigned: bool) -> str:
        self._believes_assigned = is_assigned
        if self.machine is None:
            return "notice"
        # A partition that comes back means a full takeover, so an assignment ends one as well.
        effects = self.machine.stop(e.EndReason.REVOKED)
        self.execute(self.machine, effects)
        return "notice with machine"

    def _read_log(self, machine: Takeover) -> str:
        cursor = self._log_cursor or 0
        for stored in self._world.partition.decisions[cursor : cursor + READ_MAX]:
            self._log_cursor = (self._log_cursor or 0) + 1
            effects = machine.log_read((self._log_cursor or 0) - 1, stored.header, stored.value)
            self.execute(machine, effects)
            if self.machine is not machine:
                break
        return "log"

    def _read_events(self, machine: Takeover) -> str:
        cursor = self._events_cursor or 0
        count = min(machine.room, READ_MAX)
        for appended_at_ms, value in self._world.partition.events[cursor : cursor + count]:
            self._events_cursor = (self._events_cursor or 0) + 1
            offset = (self._events_cursor or 0) - 1
            self.execute(machine, machine.event_read(offset, appended_at_ms, value))
            if self.machine is not machine:
                break
        return "events"

    def _publish(self, machine: Takeover, effect: e.PublishRecord) -> None:
        before, after = "", ""
        if isinstance(effect.record, DecisionRecord) and self._engine:
            before, after = self._engine.hashes[effect.record.event_offset]
        assert self.producer is not None
        faults = self._world.faults
        is_start = effect.number == EPOCH_NUMBER
        if self._world.strikes(faults.freeze_at_start if is_start else faults.freeze_under_way):
            self._world.freeze(self)
        self.producer.send(
            Send(
                value=effect.value,
                headers=effect.headers,
                hash_before=before,
                hash_after=after,
                on_acked=lambda at: self.tell(machine, lambda: self._acked(machine, effect, at)),
                on_failed=lambda: self.tell(machine, lambda: self._failed(machine, effect)),
            )
        )

    def _acked(self, machine: Takeover, effect: e.PublishRecord, at: int) -> list[e.Effect]:
        del at  # An acknowledged offset is never used.
        if effect.number == EPOCH_NUMBER:
            return machine.epoch_publish_acked()
        return machine.publish_acked(effect.number)

    def _failed(self, machine: Takeover, effect: e.PublishRecord) -> list[e.Effect]:
        del effect  # Whichever it was; a planted mistake sends it again.
        return machine.publish_failed()

    def _confirm(self, machine: Takeover) -> None:
        is_member = self._world.assigned is self
        self.tell(machine, machine.heartbeat_confirmed if is_member else machine.unavailable)

    def _load(self, machine: Takeover) -> None:
        save = self._world.store.load()
        self.tell(machine, lambda: machine.save_loaded(save))

    def _describe_log(self, machine: Takeover) -> None:
        start = self._world.partition.decisions_start
        end = len(self._world.partition.decisions)
        self.tell(machine, lambda: machine.log_described(start=start, end=end))

    def _save(self, machine: Takeover, save: e.Save) -> None:
        offset = save.position.offset
        self._world.store.pending.append(
            Write(
                save=save,
                on_written=lambda: self.tell(machine, lambda: machine.save_written(offset)),
                on_refused=lambda at: self.tell(machine, lambda: machine.save_refused(at)),
                on_unknown=lambda: self.tell(machine, machine.save_failed),
            )
        )

    def tell(self, machine: Takeover, fact: Fact) -> None:
        """Facts reach the process that asked for them, also for takeovers that have ended."""
        if machine in self._machines:
            self.inbox.append((machine, fact))

    def _ended(self, end: e.End) -> None:
        self.ends.append(end.reason)
        is_late = end.reason in (e.EndReason.READ_BACK_LATE, e.EndReason.ACKED_NOT_COUNTED)
        age_ms = self._world.now_ms - self._began_at_ms
        is_patient = not is_late or age_ms > self._world.limits.read_back_ms_max
        require(is_patient, "an owner waits for its records as long as it may")
        self._oversize = end.oversize
        self._world.ended(self, end)
        self._backoff_until_ms = self._world.now_ms + BACKOFF_MS
        self._forget()

    def _forget(self) -> None:
        if self.producer:
            self.producer.is_closed = True
        self.machine = self.producer = self._engine = None
        self._log_cursor = self._events_cursor = None
