"""Zone data is the project's own, not the machine's."""

import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from libs.common.calendars.zones import zone_names, zone_of
from libs.common.errors import UnprocessableError


@pytest.fixture
def _a_machine_that_moved_berlin(tmp_path: Path) -> Iterator[None]:
    """A machine whose own file for Berlin is Tokyo's."""
    (tmp_path / "Europe").mkdir()
    tokyo = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "Europe" / "Berlin").write_bytes(tokyo)
    zoneinfo.reset_tzpath(to=[tmp_path])
    zone_of.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    zone_of.cache_clear()


@pytest.mark.usefixtures("_a_machine_that_moved_berlin")
def test_zones_come_from_the_pinned_package() -> None:
    """What the machine's own files say changes nothing."""
    machines = zoneinfo.ZoneInfo.no_cache("Europe/Berlin")

    assert datetime(2026, 1, 1, tzinfo=machines).utcoffset() == timedelta(hours=9)
    pinned = zone_of("Europe/Berlin")
    assert datetime(2026, 1, 1, tzinfo=pinned).utcoffset() == timedelta(hours=1)


def test_names_are_those_of_the_package() -> None:
    """Old names too, as documents have them."""
    assert {"Europe/Berlin", "UTC", "Asia/Calcutta", "America/Argentina/Ushuaia"} <= zone_names()
    assert "Europe/Atlantis" not in zone_names()


def test_every_name_can_be_read() -> None:
    """What the door lets in, the clock can use."""
    assert [name for name in sorted(zone_names()) if zone_of(name).key != name] == []


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../zones", "zones"])
def test_other_names_are_no_zones(name: str) -> None:
    """A name never leads to another file."""
    with pytest.raises(UnprocessableError, match="pinned"):
        zone_of(name)
