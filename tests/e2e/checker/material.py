"""What the checker reads: the outside's log, every record of every topic, the stored timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """One Kafka record as it lies in its partition; `time_ms` is the broker's append time."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    time_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEndpoint:
    """One address of ours as it was configured. `through` is how its provider's log names it: a
    bot's token, a mailbox, an endpoint id.
    """

    tenant_id: str
    desk_id: str
    channel: str
    through: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything there is to judge. Records of a topic stand in the order of each partition."""

    outside: tuple[Mapping[str, Any], ...]
    events: tuple[RawRecord, ...]
    decisions: tuple[RawRecord, ...]
    customer_events: tuple[RawRecord, ...]
    dead_letters: tuple[RawRecord, ...]
    timeline: tuple[Mapping[str, Any], ...]
    endpoints: Mapping[str, KnownEndpoint]
    # The (tenant, desk) pairs whose escalations somebody subscribed to.
    alerted_desks: frozenset[tuple[str, str]] = field(default_factory=frozenset)
