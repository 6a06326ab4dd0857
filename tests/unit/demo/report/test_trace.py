"""How a trace is chosen and drawn."""

from io import StringIO

from rich.console import Console

from demo.report.trace import choose_trace, print_trace
from tests.unit.demo.traces.build import message_trace


def test_a_typical_trace_is_chosen() -> None:
    """Neither the one that shows least nor the one that took longest."""
    told_less = message_trace()
    quick, typical, slow = (message_trace(pushes=2, wrote_at_ms=at_ms) for at_ms in (20, 30, 900))

    assert choose_trace([told_less, slow, quick, typical]) is typical


def test_without_a_whole_trace_there_is_none() -> None:
    """A trace that lacks an edge of the way is not shown as if it were one."""
    assert choose_trace([message_trace()[:2]]) is None


def test_the_tree_shows_parents_times_and_no_colour_in_a_log() -> None:
    """A CI log shows what a terminal shows."""
    log = StringIO()

    print_trace(Console(file=log, width=100, highlight=False), message_trace())

    lines = [line.rstrip() for line in log.getvalue().splitlines()]
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "ingest.receive",
        "└─ router.decide",
        "",
        "",
    ]
    assert "├─ notifier.push reservation.opened" in lines[3]
    assert "└─ history.write" in lines[4]
    assert lines[1].split()[1:3] == ["0.0", "8.0"]
    assert max(map(len, lines)) <= 100
