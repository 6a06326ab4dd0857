"""Fair among desks, in order within each, bounded in memory, and nothing passed over for good."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.backlog import Backlog
from services.ingest.core.desk_line import DrainLimits
from services.ingest.core.spilled import SpilledEvent

FLOODED, QUIET = b"acme/flooded", b"acme/quiet"


def backlog(**limits: Any) -> Backlog:  # noqa: ANN401 - any limit
    """A backlog from offset 0, as of second 0, without rates that matter unless told."""
    rates = {"desk_rate_per_s": 1e6, "partition_rate_per_s": 1e6}
    return Backlog(start=0, limits=DrainLimits(**(rates | limits)), now_s=0)


def event(offset: int, desk: bytes = FLOODED, *, reason: bytes = b"rate") -> SpilledEvent:
    """One record of ten bytes, spilled at its offset in milliseconds."""
    return SpilledEvent(
        offset=offset,
        desk=desk,
        value=b"0123456789",
        headers=(("spill-reason", reason),),
        spilled_at_ms=offset,
    )


def flood(count: int, *, start: int = 0) -> list[SpilledEvent]:
    """So many events of the flooded desk."""
    return [event(start + number) for number in range(count)]


def send(waiting: Backlog, now_s: float) -> list[int]:
    """One round goes on; the offsets in the order sent."""
    turns = waiting.next_round(now_s)
    waiting.gone_on(turns, now_s)
    return [one.offset for turn in turns for one in turn.events]


def read_again(waiting: Backlog, log: Iterable[SpilledEvent], *, at_most: int = 500) -> None:
    """Refill the line that ran empty, if one did."""
    wanted = waiting.unread()
    if wanted is not None:
        rest = [one for one in log if one.offset >= wanted.offset]
        waiting.refill(wanted.desk, rest[:at_most])


def test_desk_behind_a_flood_waits_for_one_turn_of_it() -> None:
    """However much of another desk's stands before it in the log."""
    waiting = backlog(line_events=100)
    waiting.take_in([*flood(10_000), event(10_000, QUIET, reason=b"order")], 0)

    first = send(waiting, 0)

    assert first == [*range(25), 10_000]


def test_desks_take_turns_where_the_rate_is_scarce() -> None:
    """With room for one turn only, whoever had one stands behind the others."""
    waiting = backlog(round_events=25, partition_rate_per_s=25)
    log = [event(number, b"desk-%d" % (number % 3)) for number in range(90)]
    waiting.take_in(log, 0)

    sent = [send(waiting, second) for second in range(4)]

    desks = [[log[offset].desk for offset in offsets] for offsets in sent]
    assert desks == [
        [b"desk-0"] * 25,
        [b"desk-1"] * 25,
        [b"desk-2"] * 25,
        [b"desk-0"] * 5 + [b"desk-1"] * 5 + [b"desk-2"] * 5,
    ]


def test_desk_is_drained_at_its_rate() -> None:
    """A burst of one turn, then the rate; what is left says how long to wait."""
    waiting = backlog(desk_rate_per_s=10)
    waiting.take_in(flood(40), 0)

    sent = [len(send(waiting, second)) for second in (0, 0, 1)]

    assert sent == [25, 0, 10]
    assert waiting.wait_s(1) == 0.1
    assert waiting.waiting == 5


def test_partition_is_drained_at_its_rate() -> None:
    """Many desks together get no more than the partition's rate."""
    waiting = backlog(round_events=30, partition_rate_per_s=10)
    waiting.take_in([event(number, b"desk-%d" % number) for number in range(50)], 0)

    sent = [len(send(waiting, second)) for second in (0, 0, 1)]

    assert sent == [30, 0, 10]
    assert waiting.wait_s(1) == 0.1


def test_nothing_waits_in_an_empty_backlog() -> None:
    """No turn, no wait, no age; everything is done."""
    waiting = backlog()

    assert waiting.next_round(0) == []
    assert waiting.wait_s(0) is None
    assert waiting.oldest_at_ms is None
    assert waiting.unread() is None
    assert waiting.done_to == 0


def test_round_that_failed_is_had_again() -> None:
    """Until the log has acknowledged them, the same events stay at the head."""
    waiting = backlog()
    waiting.take_in(flood(3), 0)

    first, again = waiting.next_round(0), waiting.next_round(1)

    assert first == again
    assert waiting.done_to == 0
    waiting.gone_on(again, 1)
    assert waiting.done_to == 3
    assert waiting.waiting == 0


def test_done_to_stays_below_what_any_desk_still_waits_with() -> None:
    """Later events of other desks may have gone on; who takes over begins at the first unsent."""
    waiting = backlog(turn_events=2)
    waiting.take_in([event(0, QUIET), *flood(5, start=1)], 0)

    progress = [(send(waiting, number), waiting.done_to) for number in range(3)]

    assert progress == [([0, 1, 2], 3), ([3, 4], 5), ([5], 6)]
    assert waiting.next_offset == 6


def test_records_read_twice_count_once() -> None:
    """A fetch that begins before the place reached changes nothing."""
    waiting = backlog()
    waiting.take_in(flood(3), 0)
    waiting.take_in(flood(4), 0)

    assert waiting.waiting == 4
    assert send(waiting, 0) == [0, 1, 2, 3]


def test_memory_is_bounded_by_number_and_bytes_of_events() -> None:
    """A line keeps so many events and so many bytes; all lines together so many bytes."""
    by_number = backlog(line_events=10)
    by_bytes = backlog(line_bytes=50)
    together = backlog(kept_bytes=30)
    for one in (by_number, by_bytes, together):
        one.take_in([*flood(30), event(30, QUIET)], 0)

    kept = [len(one.next_round(0)[0].events) for one in (by_number, by_bytes, together)]

    assert kept == [10, 5, 3]
    assert [one.waiting for one in (by_number, by_bytes, together)] == [31, 31, 31]


def test_line_that_ran_empty_is_read_again_and_goes_on_in_order() -> None:
    """Other desks' records in between are passed over; at the end nothing is unread."""
    waiting = backlog(line_events=10)
    log = [event(n, QUIET if n % 7 == 3 else FLOODED) for n in range(100)]
    waiting.take_in(log, 0)
    sent: list[int] = []

    for step in range(100):
        sent += send(waiting, step)
        read_again(waiting, log, at_most=9)

    assert sorted(sent) == list(range(100))
    for desk in (FLOODED, QUIET):
        mine = [offset for offset in sent if log[offset].desk == desk]
        assert mine == sorted(mine)
    assert waiting.done_to == 100
    assert waiting.unread() is None


def test_line_keeps_one_event_though_there_is_room_for_none() -> None:
    """However full the memory is with other desks' events, each line goes on."""
    waiting = backlog(kept_bytes=20)
    waiting.take_in([*flood(2), event(2, QUIET), event(3, QUIET)], 0)
    log = [*flood(2), event(2, QUIET), event(3, QUIET)]

    read_again(waiting, log)

    assert send(waiting, 0) == [0, 1, 2]


def test_refill_takes_nothing_that_was_not_read_in_order_yet() -> None:
    """Reading again may reach further than the first reading; that part comes by itself."""
    waiting = backlog(line_events=1)
    waiting.take_in(flood(2), 0)
    send(waiting, 0)

    read_again(waiting, flood(5))
    waiting.take_in(flood(3, start=2), 1)

    assert send(waiting, 1) == [1]
    assert waiting.waiting == 3
    assert waiting.done_to == 2


def test_refill_of_a_line_that_needs_none_changes_nothing() -> None:
    """An answer that comes late is harmless."""
    waiting = backlog()
    waiting.take_in(flood(2), 0)

    waiting.refill(FLOODED, flood(2))

    assert send(waiting, 0) == [0, 1]


def test_desk_is_told_held_back_once_and_released_after_a_quiet_while() -> None:
    """A flood that comes in waves is one flood; a desk that only stood behind it is none."""
    waiting = backlog()

    told = waiting.take_in([*flood(2), event(2, QUIET, reason=b"order")], 0)
    told += waiting.take_in(flood(1, start=3), 1)
    held = waiting.desks_held_back
    send(waiting, 2)
    early, late = waiting.forget_quiet(11), waiting.forget_quiet(12)

    assert told == [FLOODED]
    assert held == 1
    assert early == []
    assert late == [FLOODED]
    assert waiting.desks_held_back == 0
    assert waiting.take_in(flood(1, start=4), 13) == [FLOODED]


def test_waiting_desk_is_not_forgotten() -> None:
    """Quiet senders, but their events wait."""
    waiting = backlog()
    waiting.take_in(flood(1), 0)

    assert waiting.forget_quiet(1_000) == []
    assert waiting.oldest_at_ms == 0


@given(
    desks=st.lists(st.integers(0, 4), max_size=80),
    reads=st.lists(st.integers(1, 30), min_size=1, max_size=10),
    line_events=st.integers(1, 8),
    crash_after=st.integers(0, 12),
)
def test_takeover_at_any_place_keeps_each_desks_order(
    desks: list[int], reads: list[int], line_events: int, crash_after: int
) -> None:
    """Two owners, the second from what the first had committed: every event arrives, and each
    desk's first arrivals stand in the spill's order.
    """
    log = [event(offset, b"desk-%d" % desk) for offset, desk in enumerate(desks)]
    arrived: list[int] = []
    start = 0
    for rounds in (crash_after, 400):
        limits = DrainLimits(
            desk_rate_per_s=1e6, partition_rate_per_s=1e6, turn_events=3, line_events=line_events
        )
        owner = Backlog(start=start, limits=limits, now_s=0)
        for number in range(rounds):
            first = owner.next_offset
            owner.take_in(log[first : first + reads[number % len(reads)]], number)
            arrived += send(owner, number)
            read_again(owner, log, at_most=reads[number % len(reads)])
        start = owner.done_to

    firsts = list(dict.fromkeys(arrived))
    assert sorted(firsts) == list(range(len(log)))
    for desk in {one.desk for one in log}:
        mine = [offset for offset in firsts if log[offset].desk == desk]
        assert mine == sorted(mine)
