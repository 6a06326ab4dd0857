"""Which later times a door takes."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.common.errors import InvalidInputError
from services.ingest.core.due_times import DueTimeError, due_ms_of, instant_of

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


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-07-01T15:00", "2026-07-01T13:00"),
        ("2026-12-01T15:00", "2026-12-01T14:00"),
        # The clock goes from 2 to 3: half past two is half past three.
        ("2026-03-29T02:30", "2026-03-29T01:30"),
        # It shows half past two twice: the first is meant.
        ("2026-10-25T02:30", "2026-10-25T00:30"),
    ],
)
def test_a_local_time_is_one_instant(local: str, utc: str) -> None:
    """R25, at the edges of summer time as well."""
    at = instant_of(datetime.fromisoformat(local), "Europe/Berlin")

    assert at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_zone_that_there_is_not_is_refused() -> None:
    """Neither a path nor an invented name reaches the data."""
    for zone in ("Europe/Atlantis", "../etc/passwd", ""):
        with pytest.raises(InvalidInputError):
            instant_of(datetime(2026, 7, 1, 15, tzinfo=None), zone)  # noqa: DTZ001 - a local time
