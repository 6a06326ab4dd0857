"""The topics, their keys and their settings: created from here, and checked at every start."""

from dataclasses import dataclass

ROUTING_EVENTS = "routing.events.v1"
# What a desk sends above its rate waits here on its way to the events: same bytes, same key.
ROUTING_SPILLED = "routing.spilled.v1"
ROUTING_DECISIONS = "routing.decisions.v1"
CUSTOMER_EVENTS = "customer.events.v1"

# A configuration document may have 1 MiB, and its decision repeats it in an envelope.
RECORD_BYTES_MAX = 2 * 1024 * 1024
RETENTION_MS = 7 * 24 * 3_600 * 1_000
DEAD_LETTER_RETENTION_MS = 30 * 24 * 3_600 * 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic. `follows_events` marks those whose partition count is that of the events."""

    name: str
    settings: dict[str, str]
    follows_events: bool = True


def _settings(*, retention_ms: int) -> dict[str, str]:
    return {
        # Never compacted: an owner folds every record, and a reader counts without gaps.
        "cleanup.policy": "delete",
        "retention.ms": str(retention_ms),
        "max.message.bytes": str(RECORD_BYTES_MAX),
        # Engine time is the broker's append time, whatever the producers' clocks say.
        "message.timestamp.type": "LogAppendTime",
        "unclean.leader.election.enable": "false",
    }


def dead_letter_topic(topic: str) -> str:
    """Where records of that topic go when they can't be processed."""
    return f"{topic}.dlq"


TOPICS = (
    Topic(name=ROUTING_EVENTS, settings=_settings(retention_ms=RETENTION_MS)),
    Topic(name=ROUTING_SPILLED, settings=_settings(retention_ms=RETENTION_MS)),
    Topic(name=ROUTING_DECISIONS, settings=_settings(retention_ms=RETENTION_MS)),
    Topic(name=CUSTOMER_EVENTS, settings=_settings(retention_ms=RETENTION_MS)),
    *(
        Topic(
            name=dead_letter_topic(name),
            settings=_settings(retention_ms=DEAD_LETTER_RETENTION_MS),
            follows_events=False,
        )
        for name in (ROUTING_EVENTS, ROUTING_SPILLED, ROUTING_DECISIONS, CUSTOMER_EVENTS)
    ),
)


def routing_key(tenant_id: str, desk_id: str) -> bytes:
    """The key of a desk's events: one desk is one ordered history."""
    return f"{tenant_id}/{desk_id}".encode()


def customer_key(tenant_id: str, customer_id: str) -> bytes:
    """The key of a customer's timeline events."""
    return f"{tenant_id}/{customer_id}".encode()
