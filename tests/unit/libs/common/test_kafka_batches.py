"""What happens to a batch whose handler fails."""

from collections import Counter

import pytest

from libs.common import clock
from libs.common.decision_log import LogContradictionError
from libs.common.errors import InvalidInputError, UnavailableError, UnprocessableError
from libs.common.kafka_batches import BatchFailedError, BatchProcessor, ProcessingLimits
from libs.common.kafka_records import PartitionBatch, Record, StalePositionError


class World:
    """A handler with planned failures, a dead-letter box, and a clock that sleeping moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.poison: dict[int, Exception] = {}
        self.outages: list[Exception] = []
        self.handled: list[int] = []
        self.tries: Counter[int] = Counter()
        self.calls = 0
        self.letters: list[tuple[int, str, int]] = []
        self.skipped: list[int] = []
        monkeypatch.setattr(clock, "monotonic_s", lambda: self.now_s)

    async def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now_s += seconds

    async def handle(self, batch: PartitionBatch) -> None:
        """Fail as planned, else remember."""
        self.calls += 1
        self.tries.update(record.offset for record in batch.records)
        if self.outages:
            raise self.outages.pop(0)
        for record in batch.records:
            if record.offset in self.poison:
                raise self.poison[record.offset]
        self.handled += [record.offset for record in batch.records]

    async def dead_letter(self, record: Record, error: Exception, tries: int) -> None:
        """Remember the letter."""
        self.letters.append((record.offset, type(error).__name__, tries))

    async def skip(self, record: Record) -> None:
        """Remember the position."""
        self.skipped.append(record.offset)

    async def process(self, count: int) -> None:
        """Process a batch of so many records."""
        processor = BatchProcessor(
            handle=self.handle,
            dead_letter=self.dead_letter,
            skip=self.skip,
            sleep=self.sleep,
            limits=ProcessingLimits(outage_s_max=60),
        )
        records = tuple(
            Record(topic="t", partition=0, offset=offset, key=None, value=b"")
            for offset in range(count)
        )
        await processor.process(PartitionBatch(topic="t", partition=0, records=records))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without failures."""
    return World(monkeypatch)


async def test_good_batch_is_handled_in_one_call(world: World) -> None:
    """Nothing fails, nothing is repeated."""
    await world.process(500)

    assert world.calls == 1
    assert world.handled == list(range(500))


@pytest.mark.parametrize("count", [1, 2, 24, 26, 500])
async def test_no_record_is_tried_more_than_three_times(world: World, count: int) -> None:
    """Whatever the size of the batch, the poison is found in its third try."""
    world.poison[count // 2] = KeyError("bug")

    await world.process(count)

    assert world.letters == [(count // 2, "KeyError", 3)]
    assert max(world.tries.values()) <= 3
    assert world.handled == [offset for offset in range(count) if offset != count // 2]
    assert world.skipped == [count // 2]
    assert world.calls < 60
    assert world.now_s < 1


async def test_several_poison_records_each_become_a_letter_in_order(world: World) -> None:
    """Neighbours, first and last: every good record still passes, in order."""
    bad = (0, 30, 31, 99)
    world.poison = dict.fromkeys(bad, KeyError("bug"))

    await world.process(100)

    assert [offset for offset, _, _ in world.letters] == list(bad)
    assert world.handled == [offset for offset in range(100) if offset not in bad]


@pytest.mark.parametrize("error", [UnprocessableError("known"), InvalidInputError("wrong")])
async def test_verdict_of_the_reader_needs_no_further_try(world: World, error: Exception) -> None:
    """A reader that says that a record can't be processed is believed."""
    world.poison[0] = error

    await world.process(1)

    assert world.letters == [(0, type(error).__name__, 1)]


@pytest.mark.parametrize("error", [UnavailableError("db"), TimeoutError(), ConnectionError()])
async def test_outage_costs_no_try(world: World, error: Exception) -> None:
    """However often a dependency is away, nothing is dead-lettered."""
    world.outages = [error] * 10

    await world.process(3)

    assert world.handled == [0, 1, 2]
    assert world.letters == []
    assert world.now_s > 5


async def test_outage_is_bounded(world: World) -> None:
    """Past the limit the process has to end, with nothing handled and nothing lost."""
    world.outages = [UnavailableError("db")] * 1_000

    with pytest.raises(BatchFailedError, match="outlasted 60 s: UnavailableError"):
        await world.process(3)

    assert world.handled == []
    assert world.letters == []
    assert world.now_s <= 60


async def test_contradiction_of_the_log_is_never_dead_lettered(world: World) -> None:
    """A broken protocol stops the reader and pages."""
    world.poison[1] = LogContradictionError("offset 3 read after 4")

    with pytest.raises(BatchFailedError, match="t/0: offset 3 read after 4"):
        await world.process(3)

    assert world.letters == []


async def test_stale_position_is_the_consumers_to_solve(world: World) -> None:
    """No record is to blame when another owner was faster."""
    world.poison[1] = StalePositionError()

    with pytest.raises(StalePositionError):
        await world.process(3)

    assert world.letters == []


async def test_failing_skip_ends_the_reader(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A position that can't be stored past the letter would bring it back for ever."""
    world.poison[0] = KeyError("bug")

    async def broken(_record: Record) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(world, "skip", broken)

    with pytest.raises(BatchFailedError, match="can't go on: KeyError"):
        await world.process(1)
