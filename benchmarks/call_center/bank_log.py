"""Reads the bank's month of calls, and counts what is left out or mended, rule by rule.

Left out: PHANTOM rows (technical), and callers who hung up in the automatic menu, for they never
asked for an agent. Mended: times of a call that runs past midnight; an answered call without a
time of service (it began when the wait ended and took none); a hang-up that names an agent (the
log's outcome holds). Menu times are not read, so the rows with a negative time in the menu stay.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.call_center.calls import CallOutcome, CustomerClass, LoggedCall

REPOSITORY = Path(__file__).parents[2]
FILE = REPOSITORY.parent / "shared" / "data" / "callcenter_technion" / "january.txt"
FIRST_DAY = date(1999, 1, 1)
DAY_MS = 86_400_000
DAYS = 31

_NO_AGENT = "NO_SERVER"
_NEVER = "0:00:00"
_CLASSES = {
    "0": CustomerClass.UNIDENTIFIED,
    "1": CustomerClass.ORDINARY,
    "2": CustomerClass.PREFERRED,
}
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLog:
    """The calls in the order of their arrival; how many rows each cleaning rule touched."""

    calls: tuple[LoggedCall, ...]
    rows: int
    cleaned: Mapping[str, int]


def read_bank_log(file: Path) -> BankLog:
    """Read the month. Raises OSError without the file, ValueError or KeyError on a foreign row."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    cleaned: Counter[str] = Counter()
    calls = []
    for row in rows:
        for rule in _mended(row):
            cleaned[rule] += 1
        if (reason := _reason_to_leave_out(row)) is not None:
            cleaned[reason] += 1
        else:
            calls.append(_call(row))
    calls.sort(key=lambda call: (call.arrives_ms, call.call_id))
    return BankLog(calls=tuple(calls), rows=len(rows), cleaned=cleaned)


def _reason_to_leave_out(row: Row) -> str | None:
    if row["outcome"] == "PHANTOM":
        return "left out: technical (PHANTOM)"
    if row["outcome"] == "HANG" and row["q_start"] == _NEVER:
        return "left out: hung up in the menu"
    return None


def _mended(row: Row) -> list[str]:
    is_answered = row["outcome"] == "AGENT"
    is_past_midnight = is_answered and _clock_s(row["ser_exit"]) < _clock_s(row["ser_start"])
    found = {
        "mended: runs past midnight": is_past_midnight or _waits_past_midnight(row),
        "mended: answered without a time of service": is_answered and row["ser_start"] == _NEVER,
        "mended: hung up, yet names an agent": row["outcome"] == "HANG"
        and row["server"] != _NO_AGENT,
        "kept: answered by an agent without a name": is_answered and row["server"] == _NO_AGENT,
    }
    return [rule for rule, applies in found.items() if applies]


def _waits_past_midnight(row: Row) -> bool:
    return _clock_s(row["q_exit"]) < _clock_s(row["q_start"])


def _call(row: Row) -> LoggedCall:
    is_answered = row["outcome"] == "AGENT"
    wait_s = int(row["q_time"])
    has_queued = row["q_start"] != _NEVER
    is_known = wait_s > 0 or row["priority"] != "0"
    named = is_answered and row["server"] != _NO_AGENT
    begins = row["q_start"] if has_queued else row["ser_start"]
    return LoggedCall(
        call_id=f"{row['vru+line']}-{row['call_id']}".lower(),
        customer_class=_CLASSES[row["priority"]] if is_known else None,
        call_type=row["type"].lower(),
        arrives_ms=_midnight_ms(row["date"]) + _clock_s(begins) * 1_000,
        wait_ms=wait_s * 1_000,
        outcome=CallOutcome.ANSWERED if is_answered else CallOutcome.ABANDONED,
        talk_ms=int(row["ser_time"]) * 1_000 if is_answered else 0,
        agent_id=row["server"].lower() if named else None,
    )


def _midnight_ms(day: str) -> int:
    """`day` is YYMMDD."""
    then = date(1900 + int(day[:2]), int(day[2:4]), int(day[4:]))
    return (then - FIRST_DAY).days * DAY_MS


def _clock_s(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3_600 + minutes * 60 + seconds
