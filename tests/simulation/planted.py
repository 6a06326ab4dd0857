"""Mistakes planted on purpose: for each rule somebody might find needless, what happens without.

Each is a small patch of the machine or of its world. Those in routing are in `routing.planted_*`.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

from libs.common import decision_log
from libs.common.contracts.records import (
    DecisionRecord,
    RecordHeader,
    RecordKind,
    encode_record,
    headers_of,
)
from libs.common.decision_log import LogContradictionError, LogPosition, Verdict
from services.router.core import ownership_effects as e
from services.router.core import ownership_recovery, ownership_tenure
from services.router.core.ownership import Takeover
from services.router.core.ownership_deciding import Heard
from services.router.core.ownership_pipeline import Pipeline, Sent
from services.router.core.ownership_tenure import Tenure
from services.router.core.ownership_ticks import Ticks
from services.router.core.ownership_writer import Writer
from tests.simulation import readers
from tests.simulation.broker import Producer
from tests.simulation.process import Process
from tests.simulation.readers import Reader
from tests.simulation.tiny_engine import TinyEngine
from tests.simulation.world import World

Patches = Callable[[ExitStack], None]
Judge = Callable[
    [LogPosition, int, RecordHeader | None],
    tuple[LogPosition, Verdict],
]
_judge: Judge = decision_log.judge


def _put(stack: ExitStack, owner: object, name: str, replacement: object) -> None:
    stack.enter_context(patch.object(owner, name, replacement))


def _judge_everywhere(stack: ExitStack, judge: Judge) -> None:
    _put(stack, ownership_recovery, "judge", judge)
    _put(stack, readers, "judge", judge)


def save_on_ack(stack: ExitStack) -> None:
    """The save is taken as of a record that Kafka has acknowledged."""
    honest = Process._acked

    def acked(self: Process, machine: Takeover, effect: e.PublishRecord, at: int) -> list[e.Effect]:
        effects = honest(self, machine, effect, at)
        tenure, record = machine.tenure, effect.record
        if tenure and isinstance(record, DecisionRecord):
            position = LogPosition(
                offset=at,
                epoch=record.epoch,
                number=record.number,
                event_offset=record.event_offset,
                now_ms=record.now_ms,
            )
            tenure._saves.counted(record.number, position)
            effects += machine._run(tenure.advance)
        return effects

    _put(stack, Process, "_acked", acked)


def no_tail_reader(stack: ExitStack) -> None:
    """The owner trusts acknowledgements and does not look at what else is in its log."""

    def publish_acked(self: Tenure, number: int) -> None:
        if len(self._pipeline) and self._pipeline._sent[0].number == number:
            sent = self._pipeline.read_back(number)
            self.__dict__.setdefault("acked_only", {})[number] = sent
            self.advance()

    def log_read(self: Tenure, offset: int, header: RecordHeader | None) -> None:
        self._position, verdict = ownership_recovery.judged(self._position, offset, header)
        if verdict is Verdict.COUNTS and header and header.epoch == self._epoch:
            acked = self.__dict__.get("acked_only", {}).pop(header.number, None)
            self._counted(acked or self._pipeline.read_back(header.number))
        self.advance()

    _put(stack, Tenure, "publish_acked", publish_acked)
    _put(stack, Tenure, "log_read", log_read)


def hole_counted(stack: ExitStack) -> None:
    """A record behind a hole counts."""

    def judge(
        position: LogPosition, offset: int, header: RecordHeader | None
    ) -> tuple[LogPosition, Verdict]:
        if header and header.epoch == position.epoch and header.number > position.number:
            position = replace(position, number=header.number - 1)
        return _judge(position, offset, header)

    def read_back(self: Pipeline, number: int) -> Sent:
        while self._sent[0].number < number:
            self._sent.popleft()
        return self._sent.popleft()

    _judge_everywhere(stack, judge)
    _put(stack, Pipeline, "read_back", read_back)


def hole_stops(stack: ExitStack) -> None:
    """A hole is an error that stops whoever meets it."""

    def judge(
        position: LogPosition, offset: int, header: RecordHeader | None
    ) -> tuple[LogPosition, Verdict]:
        if header and header.epoch == position.epoch and header.number > position.number + 1:
            raise LogContradictionError("a hole")
        return _judge(position, offset, header)

    _judge_everywhere(stack, judge)


def start_from_committed(stack: ExitStack) -> None:
    """The new owner starts at the group's committed offset."""
    honest = Process._carry_out

    def carry_out(self: Process, machine: Takeover, effect: e.Effect) -> None:
        if isinstance(effect, e.SeekEvents) and machine.tenure:
            machine.tenure._writer.next_event = self._world.committed
            effect = e.SeekEvents(self._world.committed)
        honest(self, machine, effect)

    _put(stack, Process, "_carry_out", carry_out)


def reader_forgets_number(stack: ExitStack) -> None:
    """A reader stores the epoch and not the last number, and takes the next as it comes."""
    honest = Reader.step

    def remembered(self: Reader, position: LogPosition) -> LogPosition:
        self.__dict__["has_forgotten"] = True
        return replace(position, event_offset=-1)

    def step(self: Reader) -> None:
        header = self._partition.decisions[self._position.offset + 1].header
        if self.__dict__.get("has_forgotten") and header and not header.nonce:
            self.__dict__["has_forgotten"] = False
            if header.epoch == self._position.epoch:
                self._position = replace(self._position, number=header.number - 1)
        honest(self)

    _put(stack, Reader, "_remembered", remembered)
    _put(stack, Reader, "step", step)


def no_op_without_record(stack: ExitStack) -> None:
    """An event that decides nothing is remembered and leaves no record."""
    honest = Writer._publish

    def publish(
        self: Writer, record: DecisionRecord, value: bytes, heard: Heard, **named: object
    ) -> None:
        if not isinstance(record, DecisionRecord) or record.decisions:
            honest(self, record, value, heard, **named)  # type: ignore[arg-type]

    _put(stack, Writer, "_publish", publish)


def late_epoch_ignored(stack: ExitStack) -> None:
    """An owner takes an epoch's start that lands late for a mistake of somebody else."""

    def judged(
        position: LogPosition, offset: int, header: RecordHeader | None
    ) -> tuple[LogPosition, Verdict]:
        if header and header.kind is RecordKind.EPOCH:
            return replace(position, offset=offset), Verdict.VOID
        return ownership_recovery.judged(position, offset, header)

    _put(stack, ownership_tenure, "judged", judged)


def same_producer(stack: ExitStack) -> None:
    """A takeover goes on with the producer of the one before."""
    honest = World.new_producer

    def new_producer(self: World, process: Process) -> Producer:
        kept: Producer | None = process.__dict__.get("kept")
        if kept is None:
            kept = process.__dict__["kept"] = honest(self, process)
        kept.is_closed = False
        if kept not in self._producers:
            self._producers.append(kept)
        return kept

    _put(stack, World, "new_producer", new_producer)


def tick_deduplicated(stack: ExitStack) -> None:
    """A partition's ticks have one id, and ids are remembered."""
    honest = Ticks._tick

    def tick(self: Ticks, now_ms: int, wall_ms: int | None) -> e.PublishTick:
        made = honest(self, now_ms, wall_ms)
        self._outstanding = "tick.0"
        return replace(made, event_id="tick.0")

    _put(stack, Ticks, "_tick", tick)
    _put(stack, TinyEngine, "deduplicates_ticks", True)  # noqa: FBT003 - as patch has it


def application_resends(stack: ExitStack) -> None:
    """A record whose publishing failed is published once more, under the next number."""

    def failed(self: Process, machine: Takeover, effect: e.PublishRecord) -> list[e.Effect]:
        tenure, record = machine.tenure, effect.record
        if tenure is None or not isinstance(record, DecisionRecord):
            return machine.publish_failed()
        again = replace(record, number=tenure._pipeline.next_number)
        value = encode_record(again)
        tenure._pipeline.add(
            Sent(again.number, again.event_offset, len(value), None, self._world.now_ms)
        )
        headers = headers_of(again)
        return [replace(effect, number=again.number, record=again, value=value, headers=headers)]

    _put(stack, Process, "_failed", failed)


def epoch_ignored_by_a_reader(stack: ExitStack) -> None:
    """A reader goes by the numbers alone."""

    def judge(
        position: LogPosition, offset: int, header: RecordHeader | None
    ) -> tuple[LogPosition, Verdict]:
        if header and header.kind is not RecordKind.EPOCH and position.has_memory:
            header = RecordHeader(
                kind=header.kind,
                epoch=position.epoch,
                number=header.number,
                event_offset=header.event_offset,
                now_ms=header.now_ms,
            )
        return _judge(replace(position, event_offset=-1, now_ms=0), offset, header)

    _put(stack, readers, "judge", judge)
