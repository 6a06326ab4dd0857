"""The simulated world: which thing happens next, and what goes wrong."""

import random
from collections import deque
from collections.abc import Callable, Iterable
from hashlib import blake2b

from services.router.core import ownership_effects as e
from tests.simulation.broker import Fate, Partition, Producer
from tests.simulation.faults import draw_fate
from tests.simulation.kits import TINY, Kit
from tests.simulation.oracle import BrokenPromiseError, Oracle, require
from tests.simulation.peace import Peace
from tests.simulation.process import Process
from tests.simulation.readers import Reader
from tests.simulation.store import SaveStore
from tests.simulation.upgraded import POISON

TRACE_LENGTH = 400
LATE_DELIVERY = 0.06


class World:
    """Same seed, same run. `run` raises BrokenPromiseError when a promise is broken."""

    def __init__(self, seed: int, *, steps: int = 1_500, kit: Kit = TINY) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.start_ms = kit.starts_ms[seed % len(kit.starts_ms)]
        self.now_ms = self.start_ms
        # The hosts' clocks, and the broker's, which jumps.
        self.wall_ms = self.log_ms = self.start_ms
        self.kit = kit
        self.pace = kit.pace
        self.limits = kit.limits
        self.faults = kit.faults.drawn(self.rng)
        self.partition = Partition()
        self.store = SaveStore()
        self.committed = 0
        self.counts: dict[str, int] = {}
        self.trace: deque[str] = deque(maxlen=TRACE_LENGTH)
        self.processes = [Process(f"owner-{n}", self) for n in range(self.rng.choice((2, 2, 3)))]
        self.assigned: Process | None = None
        self.letters: set[int] = set()
        self._digest = blake2b(digest_size=16)
        self._steps = steps
        self._producers: list[Producer] = []
        self._pending: list[Callable[[], None]] = []
        self.readers = [Reader(self.partition, has_memory=one) for one in (True, False)]
        shadow = kit.restore((), 0, 1)
        self.oracle = Oracle(
            self.partition,
            shadow,
            lambda save: kit.restore(save.documents, save.position.now_ms, 1),
            kit.fold(shadow),
            saves_checked_every=kit.saves_checked_every,
        )
        self.talk = kit.talk(self.rng, self.oracle.shadow)
        self._engine_error: Exception | None = None

    @property
    def digest(self) -> str:
        """The whole run in one word: what happened, and every byte that was written."""
        written = self._digest.copy()
        for stored in self.partition.decisions:
            written.update(stored.value)
        return written.hexdigest()

    def run(self) -> None:
        """All of it: faults, then peace, then the last checks."""
        self._assign(self.processes[0])
        for _ in range(self._steps):
            self._step()
        Peace(self).settle()
        self.oracle.check_all_saves()

    def note(self, kind: str, **values: object) -> None:
        """Put a line on the trace and count it."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        told = " ".join(f"{name}={value}" for name, value in values.items())
        line = f"{self.now_ms - self.start_ms:>7} {kind} {told}"
        self.trace.append(line)
        self._digest.update(line.encode())

    def strikes(self, chance: float) -> bool:
        """Whether this fault happens now."""
        return chance > 0 and self.rng.random() < chance

    def later(self, work: Callable[[], None]) -> None:
        """Do it after a while, in no order; it may never be answered."""
        if not self.strikes(self.faults.answer_lost):
            self._pending.append(work)

    def new_producer(self, process: Process) -> Producer:
        """A producer for one takeover."""
        producer = Producer(process.name, self.partition)
        self._producers.append(producer)
        return producer

    def send_off(self, errand: Callable[[], None]) -> None:
        """Somebody is on their way with it and arrives after a while, in no order."""
        self._pending.append(errand)

    def ended(self, process: Process, end: e.End) -> None:
        """A takeover ended; none may ask for a person here, since nothing was really lost."""
        self.note("end", owner=process.name, reason=end.reason)
        require(not end.is_paging, f"nobody is paged without a loss: {end.reason} {end.cause}")

    def crash(self, process: Process) -> None:
        """Kill it."""
        self.note("crash", owner=process.name)
        process.crash()

    def freeze(self, process: Process) -> None:
        """Stop it in mid-air; its session may expire, which it will learn when it wakes."""
        process.is_frozen = True
        self.note("freeze", owner=process.name)
        others = [one for one in self.processes if one is not process]
        if self.assigned is process and self.strikes(0.8):
            self._assign(self.rng.choice(others))

    def engine_failed(self, error: Exception) -> None:
        """The engine raised: only poison may make it."""
        if POISON not in str(error):
            self._engine_error = error

    def _step(self) -> None:
        self._pass_time()
        self._break_something()
        choice = self.rng.random()
        if choice < self.kit.event_chance:
            for _ in range(self.rng.choice((1, 1, 1, 5))):
                self.hear([self.talk.next(self.log_ms)])
        elif choice < self.kit.event_chance + 0.07:
            self._read()
        for _ in range(self.kit.works):
            self._work()

    def _pass_time(self) -> None:
        passed_ms = self.rng.randrange(1, 8)
        self.now_ms += passed_ms
        self.wall_ms += passed_ms * self.pace
        self.log_ms += passed_ms * self.pace
        if self.pace > 1 and self.strikes(self.kit.jump_chance):
            # The broker's clock was set right, or wrong: forward, or back by as much.
            jump_ms = self.rng.randrange(self.rng.choice((500, 5_000, self.kit.jump_ms_max)))
            self.log_ms += self.rng.choice((jump_ms, jump_ms, -jump_ms))
            self.note("clock jumps", to=self.log_ms - self.start_ms)

    def hear(self, values: Iterable[bytes]) -> None:
        """These events are in the log now."""
        for value in values:
            self.partition.events.append((self.log_ms, value))
            self.note("event", offset=len(self.partition.events) - 1)

    def revive_all(self) -> None:
        """Everybody lives, somebody owns the partition, and the clocks agree."""
        for process in self.processes:
            process.is_frozen = False
            if not process.is_alive:
                self._restart(process)
        self._assign(self.rng.choice(self.processes))
        self.pace = 1
        # A clock that was set back stands still for the engine until it is caught up with.
        self.log_ms = max(self.log_ms, self.oracle.shadow.now_ms)

    def step_in_peace(self) -> None:
        """Time passes and something happens, and nothing breaks."""
        self._pass_time()
        self._read()
        for _ in range(self.kit.works):
            self._work()

    def _work(self) -> None:
        choice = self.rng.random()
        if choice < 0.2 and self._producers:
            driven = [one for one in self._producers if not self._is_left_behind(one)]
            is_driven = driven and self.rng.random() > LATE_DELIVERY
            self._deliver_some(self.rng.choice(driven if is_driven else self._producers))
        elif choice < 0.3 and self._pending:
            self._pending.pop(self.rng.randrange(len(self._pending)))()
        elif choice < 0.36 and self.store.pending:
            self._land_save()
        else:
            self._let_work(self._whoever_is_next())

    def _whoever_is_next(self) -> Process:
        process = self.rng.choice(self.processes)
        is_owners_turn = self.assigned is not None and self.strikes(self.kit.diligence)
        return self.assigned if is_owners_turn and self.assigned else process

    def _let_work(self, process: Process) -> None:
        if not process.is_alive or process.is_frozen:
            return
        done = process.step()
        if self._engine_error is not None:
            raise BrokenPromiseError(f"the engine failed: {self._engine_error!r}")
        if done not in ("idle", "timer"):
            self.note(done, owner=process.name)

    def _deliver_some(self, producer: Producer) -> None:
        most = self.kit.deliveries
        for _ in range(self.rng.randrange(most) + 1 if most > 1 else 1):
            if producer in self._producers:
                self._deliver(producer)

    def _deliver(self, producer: Producer) -> None:
        if producer.is_idle:
            if producer.is_closed:
                self._producers.remove(producer)
            return
        if producer.is_closed and not self.strikes(self.faults.late_landing):
            fate = Fate.FAILED_ALONE
        else:
            fate = draw_fate(self.faults, self.strikes)
        fate, offset = producer.step(fate)
        header = self.partition.decisions[offset].header if offset >= 0 else None
        number = f"{header.epoch}/{header.number}" if header else ""
        self.note(fate, producer=producer.name, offset=offset, number=number)
        self.oracle.catch_up()

    def _is_left_behind(self, producer: Producer) -> bool:
        """Whether nobody drives it any more: what is queued lands when it lands."""
        return producer.is_closed or any(
            process.producer is producer and process.is_frozen for process in self.processes
        )

    def _land_save(self) -> None:
        write = self.rng.choice(self.store.pending)
        is_lost = self.strikes(self.faults.outcome_lost)
        if is_lost and self.strikes(0.3):
            self.store.pending.remove(write)
            write.on_unknown()
            return
        is_stored = self.store.land(write, is_outcome_lost=is_lost)
        self.note("save", offset=write.save.position.offset, is_stored=is_stored)
        stored = self.store.load()
        if is_stored and stored:
            self.oracle.check_save(stored)

    def _read(self) -> None:
        reader = self.rng.choice(self.readers)
        if self.strikes(self.faults.kill_reader):
            reader.kill()
        if reader.is_behind:
            reader.step()

    def _break_something(self) -> None:
        process = self.rng.choice(self.processes)
        if process.is_alive and self.strikes(self.faults.crash):
            self.crash(process)
        elif not process.is_alive and self.strikes(0.01):
            self._restart(process)
        elif process.is_frozen and self.strikes(0.008):
            process.is_frozen = False
            self.note("thaw", owner=process.name)
        elif process.is_alive and self.strikes(self.faults.freeze):
            self.freeze(process)
        elif self._is_to_move():
            self._assign(process)
        elif self.strikes(self.faults.truncate):
            self._truncate()

    def _is_to_move(self) -> bool:
        has_expired = self.assigned is not None and not self.assigned.is_alive
        return self.strikes(self.faults.move) or (has_expired and self.strikes(0.02))

    def _restart(self, process: Process) -> None:
        process.is_alive = True
        if self.strikes(self.faults.upgrade):
            process.version = 3 - process.version
        if self.assigned is process:
            process.notices.append(True)
        self.note("restart", owner=process.name, version=process.version)

    def _assign(self, process: Process) -> None:
        """Move the partition; who loses it may learn that much later than who gets it."""
        if self.assigned and self.assigned.is_alive:
            self.assigned.notices.append(False)
        self.assigned = process
        if process.is_alive:
            process.notices.append(True)
        self.note("assigned", owner=process.name)

    def _truncate(self) -> None:
        """Retention: only what is saved, and what the readers that remember have read."""
        position = self.store.position
        if position is None:
            return
        kept = min(position.offset + 1, self.readers[0].next_offset)
        self.partition.decisions_start = max(self.partition.decisions_start, kept)
        self.partition.events_start = position.event_offset + 1
        self.note("truncated", start=self.partition.decisions_start)
