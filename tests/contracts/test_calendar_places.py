"""Zones and holiday places that a document could once name can be named in every later release.

The router folds documents that were accepted years ago. A new pin of `tzdata` or `holidays` that
lost one of these would stop it, so it is found here; a place that is new is added to the samples.
"""

from pathlib import Path

from libs.common.calendars.holiday_dates import subdivisions_by_country
from libs.common.calendars.zones import zone_names

SAMPLES = Path(__file__).parent / "samples"


def published(name: str) -> set[str]:
    """The lines of a sample."""
    return set((SAMPLES / name).read_text(encoding="utf-8").splitlines())


def test_no_zone_is_lost() -> None:
    """Renamed zones stay as old names."""
    assert zone_names() == published("calendar.zones.txt")


def test_no_holiday_place_is_lost() -> None:
    """Countries, and their parts by every code and name that they have."""
    countries = subdivisions_by_country()
    parts = {f"{country} {part}" for country, known in countries.items() for part in known}

    assert countries.keys() | parts == published("calendar.places.txt")
