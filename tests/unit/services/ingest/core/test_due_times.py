"""Which later times a door takes."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.core.due_times import DueTimeError, due_ms_of

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "problem"),
    [
        (timedelta(0), "until: has passed"),
        (timedelta(days=-1), "until: has passed"),
        (timedelta(days=366, milliseconds=1), "until: more than 366 days ahead"),
    ],
)
def test_what_cant_be_meant_is_refused(ahead: timedelta, problem: str) -> None:
    """The message names the field and the limit, and repeats no value."""
    with pytest.raises(DueTimeError, match=problem) as caught:
        due_ms_of(NOW + ahead, now=NOW, field="until")

    assert caught.value.status == 422


def test_an_instant_is_told_in_milliseconds() -> None:
    """Whatever zone it was written in."""
    at = NOW + timedelta(days=366)

    assert due_ms_of(at, now=NOW, field="until") == round(at.timestamp()) * 1_000
