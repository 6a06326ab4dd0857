"""The order of all that happened: one text per entry that sorts as the entries do.

Time comes first, so that entries of several partitions and topics stand in one order that never
changes. The log's time never falls inside a partition of decisions, so inside a conversation,
which lives in one partition, this order is the order of the log.
"""

import re
from enum import StrEnum
from typing import NamedTuple

POSITION_PATTERN = re.compile(r"[0-9a-f]{12}[cd][0-9a-f]{4}[0-9a-f]{12}[0-9a-f]{3}")


class Log(StrEnum):
    """Which topic a record stands in. Between equal times this decides, so it must never change."""

    CUSTOMER_EVENTS = "c"
    DECISIONS = "d"


class Place(NamedTuple):
    """Where a record stands in the log, and the log's time for it in milliseconds."""

    log: Log
    partition: int
    offset: int
    appended_ms: int


def position_of(place: Place, index: int) -> str:
    """The sort text of the record's entry number `index` (from 0)."""
    return f"{place.appended_ms:012x}{place.log}{place.partition:04x}{place.offset:012x}{index:03x}"
