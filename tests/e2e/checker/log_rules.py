"""Rules about the two logs: every event is decided once, in order, and time never goes back."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.events import PARTITION_EVENT_TYPES
from tests.e2e.checker.counting import Counted
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History, PlacedEvent


def every_event_is_decided_once(history: History) -> Iterator[Finding]:
    """Consecutive counted records have event offsets n, n+1, from the first event to the last."""
    events = _by_partition(history)
    for partition, placed in events.items():
        expected = [event.raw.offset for event in placed]
        decided = [one.record.event_offset for one in history.counting.counted[partition]]
        for before, after in pairwise(decided):
            if after != before + 1:
                yield _finding(
                    "event offsets follow", f"events/{partition}", f"{after} after {before}"
                )
        for offset in sorted(set(expected) - set(decided)):
            yield _finding("every event is decided", f"events/{partition}/{offset}", "no record")
        for offset in sorted(set(decided) - set(expected)):
            yield _finding("only events are decided", f"events/{partition}/{offset}", "no event")


def records_name_their_event(history: History) -> Iterator[Finding]:
    """A record's event id and type are those of the event at its offset; engine time is at least
    the event's append time and never falls.
    """
    for partition, placed in _by_partition(history).items():
        by_offset = {event.raw.offset: event for event in placed}
        now_ms = 0
        for counted in history.counting.counted[partition]:
            event = by_offset.get(counted.record.event_offset)
            if event is not None:
                yield from _named(counted, event)
            if counted.record.now_ms < now_ms:
                yield _finding("time never goes back", counted.place, f"before {now_ms}")
            now_ms = max(now_ms, counted.record.now_ms)


def an_event_id_takes_effect_once(history: History) -> Iterator[Finding]:
    """Of all records that one event id caused (a sender's repeats), one at most has effects."""
    effective: dict[tuple[int, str], list[str]] = defaultdict(list)
    for counted in history.counting.all():
        record = counted.record
        is_refusal = all(isinstance(decision, EventRefused) for decision in record.decisions)
        if record.event_type not in PARTITION_EVENT_TYPES and not is_refusal:
            effective[counted.partition, record.event_id].append(counted.place)
    for (_, event_id), places in effective.items():
        if len(places) > 1:
            yield _finding("an event takes effect once", event_id, ", ".join(places))


def _named(counted: Counted, placed: PlacedEvent) -> Iterator[Finding]:
    record = counted.record
    if placed.event is None:
        if not record.decisions or not isinstance(record.decisions[0], EventRefused):
            yield _finding("what can't be read is refused", counted.place, "not refused")
        return
    if (record.event_id, record.event_type) != (placed.event.id, placed.event.type):
        yield _finding("records name their event", counted.place, f"{record.event_id}")
    if record.now_ms < placed.raw.time_ms:
        seen = f"now {record.now_ms} before the append time {placed.raw.time_ms}"
        yield _finding("time follows the log", counted.place, seen)


def _by_partition(history: History) -> dict[int, list[PlacedEvent]]:
    found: dict[int, list[PlacedEvent]] = defaultdict(list)
    for event in history.events:
        found[event.raw.partition].append(event)
    for partition in history.counting.counted:
        found.setdefault(partition, [])
    return found


def _finding(rule: str, subject: str, seen: str) -> Finding:
    return Finding(rule=rule, subject=subject, seen=seen)
