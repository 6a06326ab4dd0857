"""What the feed shows and what it leaves out."""

from io import StringIO

from rich.console import Console

from demo.report.feed import Feed
from deploy.local.simulated.provider_log import Noted


def _feed(log: StringIO) -> Feed:
    return Feed(Console(file=log, width=100, highlight=False), answered_by={"7": "anna"})


def test_an_answered_question_is_one_line() -> None:
    """Who asked what over which channel, who answered, and what arrived."""
    log = StringIO()
    feed = _feed(log)

    feed.noted(Noted.SENT, {"channel": "telegram", "address": "7", "text": "Как\nжизнь?"})
    feed.noted(Noted.REACHED, {"channel": "telegram", "address": "7", "text": "Хорошо"})
    feed.noted(Noted.REACHED, {"channel": "telegram", "address": "7", "text": "too soon"})

    [line] = log.getvalue().splitlines()
    assert line.split()[2:] == ["telegram", "Как", "жизнь?", "anna", "Хорошо"]


def test_the_first_alert_is_told_with_its_proof() -> None:
    """A signature that does not verify is never passed over."""
    log = StringIO()
    feed = _feed(log)
    fired = {"type": "escalation.fired", "body": {"queue_id": "health", "waited_ms": 5_010}}

    feed.told(fired)
    feed.noted(Noted.ALERTED, {"is_verified": False})
    feed.told(fired)

    text = log.getvalue()
    assert text.count("queue health waits too long (5 s)") == 1
    feed.noted(Noted.ALERTED, {"is_verified": True})
    assert "its signature verifies" not in log.getvalue()
    assert "ITS SIGNATURE IS WRONG" in text
