"""Rows of the bank's log as calls, by the cleaning rules, and the month's known figures."""

from pathlib import Path
from statistics import mean, median

import pytest

from benchmarks.call_center.bank_log import DAY_MS, FILE, read_bank_log
from benchmarks.call_center.calls import CallOutcome, CustomerClass

HEADER = (
    "vru+line call_id customer_id priority type date vru_entry vru_exit vru_time"
    " q_start q_exit q_time outcome ser_start ser_exit ser_time server"
)
NEVER = "0:00:00"


def _row(  # a row of the log, as it stands there
    outcome: str,
    *,
    call_id: int = 1,
    priority: int = 2,
    queue: tuple[str, str, int] = (NEVER, NEVER, 0),
    service: tuple[str, str, int] = (NEVER, NEVER, 0),
    server: str = "NO_SERVER",
) -> str:
    menu = ("7:00:00", "7:00:10", 10)
    fields = ("AA0101", call_id, 0, priority, "PS", "990102", *menu, *queue)
    return "\t".join(map(str, (*fields, outcome, *service, server)))


def _file(folder: Path, *rows: str) -> Path:
    file = folder / "january.txt"
    file.write_text("\n".join([HEADER.replace(" ", "\t"), *rows]) + "\n", encoding="utf-8")
    return file


def test_an_answered_call_keeps_its_times_and_names(tmp_path: Path) -> None:
    """Times count from the first midnight of the month, in milliseconds."""
    row = _row(
        "AGENT",
        queue=("7:00:10", "7:00:40", 30),
        service=("7:00:40", "7:01:40", 60),
        server="ANAT",
    )

    (call,) = read_bank_log(_file(tmp_path, row)).calls

    assert call.arrives_ms == DAY_MS + 7 * 3_600_000 + 10_000
    assert (call.wait_ms, call.talk_ms, call.agent_id) == (30_000, 60_000, "anat")
    assert (call.customer_class, call.call_type) == (CustomerClass.PREFERRED, "ps")


def test_only_who_asked_for_an_agent_is_a_call(tmp_path: Path) -> None:
    """Technical rows and hang-ups in the menu are left out and counted."""
    gone = _row("HANG", call_id=3, queue=("7:00:10", "7:00:40", 30))
    log = read_bank_log(_file(tmp_path, _row("PHANTOM"), _row("HANG", call_id=2), gone))

    assert [(call.call_id, call.outcome) for call in log.calls] == [
        ("aa0101-3", CallOutcome.ABANDONED)
    ]
    assert log.rows == 3
    assert log.cleaned == {
        "left out: technical (PHANTOM)": 1,
        "left out: hung up in the menu": 1,
    }


def test_the_class_of_whoever_did_not_wait_is_unknown(tmp_path: Path) -> None:
    """By a fault of the bank's system their priority is 0, whoever they are."""
    row = _row("AGENT", priority=0, service=("7:00:10", "7:01:10", 60), server="ANAT")

    (call,) = read_bank_log(_file(tmp_path, row)).calls

    assert call.customer_class is None
    assert call.wait_ms == 0


@pytest.mark.skipif(not FILE.exists(), reason="the shared data is not beside the repository")
def test_the_month_has_its_known_figures() -> None:
    """What the description of the data says of those who waited."""
    log = read_bank_log(FILE)
    waiters = [call for call in log.calls if call.wait_ms > 0]
    waits_s = [call.wait_ms / 1_000 for call in waiters]
    talks_s = [call.talk_ms / 1_000 for call in log.calls if call.talk_ms > 0]

    assert log.rows == 31_599
    assert (len(waiters), median(waits_s)) == (16_665, 46)
    assert mean(waits_s) == pytest.approx(68.2, abs=0.05)
    assert mean(not call.is_answered for call in waiters) == pytest.approx(0.185, abs=0.0005)
    assert (round(mean(talks_s)), median(talks_s)) == (185, 114)
