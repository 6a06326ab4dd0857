"""The operator's table."""

import pytest

from libs.common.dead_letters.__main__ import age, dead_lettered_topics, table
from libs.common.dead_letters.letters import DeadLetter
from libs.common.kafka_records import Record


def test_table_has_a_line_per_letter_and_no_content() -> None:
    """Columns line up; the value is nowhere."""
    record = Record(
        topic="e.dlq", partition=0, offset=0, key=None, value=b"CANARY", timestamp_ms=1_000
    )
    letter = DeadLetter(
        record=record, origin="e/0/7", reason="KeyError", attempts=3, event_id="evt-1"
    )

    lines = table([letter], now_ms=7_201_000).splitlines()

    assert lines[0].split("  ")[0] == "ORIGIN"
    assert lines[1].split() == ["e/0/7", "KeyError", "3", "2", "h", "evt-1"]
    assert lines[0].index("REASON") == lines[1].index("KeyError")
    assert "CANARY" not in "".join(lines)


def test_no_letters_is_said_in_words() -> None:
    """An empty table would leave doubts."""
    assert table([], now_ms=0) == "No dead letters.\n"


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [(-5, "0 s"), (999, "0 s"), (59_000, "59 s"), (60_000, "1 min"), (90_000_000, "1 d")],
)
def test_age_is_told_in_its_largest_unit(milliseconds: int, told: str) -> None:
    """Coarse, because a person reads it."""
    assert age(milliseconds) == told


def test_every_topic_of_the_platform_has_its_letters_listed() -> None:
    """All that has a dead-letter topic, and those topics not themselves."""
    names = dead_lettered_topics()

    assert "routing.events.v1" in names
    assert not [name for name in names if name.endswith(".dlq")]
