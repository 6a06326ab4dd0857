"""Logs: one JSON object per line, and nothing private in any of them."""

import asyncio
import gc
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from libs.common import clock, logs

Lines = Callable[[], list[dict[str, object]]]
Configure = Callable[[], Lines]


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[Configure]:
    """Configures logs when called, and returns what reads the lines written so far.

    pytest takes handlers away that were set before the test's own phase.
    """
    root = logging.getLogger()
    handlers, level = root.handlers, root.level

    def configure() -> Lines:
        logs.configure_logs("test", level="INFO")
        return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    yield configure
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_line_has_event_service_level_and_time(configured: Configure) -> None:
    """What was bound once is on every line."""
    lines = configured()
    with structlog.contextvars.bound_contextvars(tenant_id="acme"):
        structlog.get_logger("x").info("message.accepted", event_id="evt-1")

    (line,) = lines()

    assert line.pop("timestamp")
    assert line == {
        "event": "message.accepted",
        "event_id": "evt-1",
        "tenant_id": "acme",
        "service": "test",
        "level": "info",
    }


def test_private_keys_are_dropped(configured: Configure) -> None:
    """A key that may hold what people wrote never comes out, in whatever case."""
    lines = configured()
    structlog.get_logger("x").info("a.b", text="CANARY", Address="CANARY", subject="CANARY", n=1)

    (line,) = lines()

    assert line["n"] == 1
    assert "CANARY" not in json.dumps(line)


def test_exception_is_its_kind_and_its_places(configured: Configure) -> None:
    """The message of an exception may quote what it failed on."""
    lines = configured()
    try:
        int({"a": "1"}["CANARY"])
    except KeyError:
        structlog.get_logger("x").exception("handler.failed")
        logging.getLogger("library").exception("it failed")

    ours, library = lines()

    for line in (ours, library):
        assert line["error_type"] == "KeyError"
        assert "test_logs.py" in str(line["stack"])
        assert "CANARY" not in json.dumps(line)
    assert library["logger"] == "library"


async def test_forgotten_task_does_not_tell_what_it_failed_on(
    configured: Configure,
) -> None:
    """Asyncio would print the exception with its message."""
    lines = configured()

    async def fail() -> None:
        raise KeyError("CANARY")

    task = asyncio.get_running_loop().create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()

    (line,) = lines()

    assert line["event"] == "Task exception was never retrieved"
    assert "CANARY" not in json.dumps(line)


def test_flood_of_a_library_is_thinned(
    configured: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five lines per ten seconds and family pass, children included; the rest is counted."""
    lines = configured()
    now_s = 0.0
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s)

    for number in range(100):
        logging.getLogger(f"aiokafka.part{number % 3}").error("Unable to connect")
    logging.getLogger("elsewhere").error("told")
    now_s = 11.0
    logging.getLogger("aiokafka.conn").error("Unable to connect")

    written = lines()

    assert len(written) == 7
    assert written[-1]["dropped_lines"] == 95
    assert [line["event"] for line in written].count("told") == 1


def test_long_values_are_cut(configured: Configure) -> None:
    """A line stays a line."""
    lines = configured()
    structlog.get_logger("x").info("a.b", reason="x" * 10_000)

    assert len(str(lines()[0]["reason"])) == logs.VALUE_LENGTH_MAX + 1


def test_levels_below_the_configured_one_are_silent(configured: Configure) -> None:
    """INFO is configured."""
    lines = configured()
    structlog.get_logger("x").debug("a.b")
    logging.getLogger("aiokafka").info("chatter")

    assert lines() == []
