"""The report as a log shows it: complete, without colour, at most 100 columns wide."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from demo.accounts.balance import Balance
from demo.outcome import Hours, Outcome
from demo.people.record import Record
from demo.report.pages import print_introduction, print_report
from demo.report.result import Result
from demo.traffic.material import SAMPLE, find_material
from tests.unit.demo.report.test_hours import CLOCKS
from tests.unit.demo.traces.build import message_trace

RESULT = Result(
    balance=Balance(messages=12, events=3, replies=12, lost=(), doubled=()),
    repeated=1,
    refused=0,
    conversations=5,
    assigned=5,
    reassigned=0,
    closed=4,
    left_open=1,
    unanswered=0,
    dead_letters={},
    escalations=1,
    webhooks_verified=1,
    acknowledged=1,
    latencies_ms=[10, 20, 90],
    played_s=30,
)
ENTRY = {
    "appended_at": "2026-02-03T04:05:06Z",
    "channel": "web_chat",
    "kind": "reply",
    "agent_id": "anna",
    "content": {"text": "Доброе утро\n" * 20},
    "delivery": {"outcome": "sent"},
    "details": {},
}


def _report(result: Result) -> list[str]:
    log = StringIO()
    hours = Hours(clocks=CLOCKS, days="The office\nTue closed\n", picture=Path("hours.svg"))
    outcome = Outcome(
        result=result, record=Record(), timeline=[ENTRY], traces=[message_trace()], hours=hours
    )
    print_report(Console(file=log, width=100, highlight=False), outcome, took_s=42)
    return log.getvalue().splitlines()


def test_the_report_fits_and_ends_with_the_verdict() -> None:
    """Whoever reads the last line knows."""
    lines = _report(RESULT)

    assert max(map(len, lines)) <= 100
    assert "\x1b" not in "".join(lines)
    assert lines[-3:-1][0] == "  Drawn: hours.svg"
    assert lines[-1].startswith("✓ Nothing was lost and nothing doubled.")
    assert RESULT.is_good


def test_what_went_wrong_is_named() -> None:
    """Each lost thing has a line, and the verdict counts what happened."""
    balance = replace(RESULT.balance, lost=("message m1",), doubled=("reply r1",))
    result = replace(RESULT, balance=balance, unanswered=2, dead_letters={"too_old": 1})

    lines = _report(result)

    assert not result.is_good
    assert lines[-1].startswith("✗ 1 lost, 1 doubled, 2 unanswered.")
    text = "\n".join(lines)
    assert "message m1" in text
    assert "1 refused by the router, as too_old" in text


def test_a_message_refused_at_the_door_is_no_success() -> None:
    """What was never taken can't be lost, and yet somebody wrote in vain."""
    assert not replace(RESULT, refused=1).is_good


def test_a_conversation_that_nobody_closed_is_no_success() -> None:
    """Whose agent forgot them is answered, and yet not done with."""
    result = replace(RESULT, closed=3)

    assert not result.is_good
    assert _report(result)[-1].startswith("✗ 0 lost, 0 doubled, 1 not closed.")


def test_the_introduction_says_what_is_played() -> None:
    """The sample is not passed off as all of the data."""
    log = StringIO()

    print_introduction(Console(file=log, width=100, highlight=False), find_material(SAMPLE))

    assert "16 Russian support questions" in log.getvalue()
    assert "the sample in demo/sample" in log.getvalue()
