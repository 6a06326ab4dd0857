"""Time zones from the pinned `tzdata` package, never from the machine's own files.

Two machines whose systems were updated on different days would else decide differently.
"""

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from libs.common.errors import UnprocessableError

_ZONES_CACHED_MAX = 1_024
_DATA = files("tzdata")


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every zone that there is, old names included."""
    return frozenset(_DATA.joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=_ZONES_CACHED_MAX)
def zone_of(name: str) -> ZoneInfo:
    """The zone with its rules.

    Raises UnprocessableError when the pinned data does not have it.
    """
    if name not in zone_names():
        raise UnprocessableError(f"zone {name}: not in the pinned tzdata")
    with _DATA.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
