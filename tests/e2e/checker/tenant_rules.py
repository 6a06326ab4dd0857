"""Rules about tenants and desks: nothing of one is ever decided for, or told to, another."""

from collections.abc import Iterator

from libs.common.contracts.decisions import ConversationOpened
from libs.common.contracts.events import PARTITION_EVENT_TYPES
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History


def decisions_stay_on_their_desk(history: History) -> Iterator[Finding]:
    """What a desk's event causes concerns that desk; ticks and liveness may concern several."""
    events = {
        (placed.raw.partition, placed.raw.offset): placed.event
        for placed in history.events
        if placed.event is not None
    }
    for placed in history.decisions:
        record = placed.record
        event = events.get((placed.counted.partition, record.event_offset))
        if event is None or record.event_type in PARTITION_EVENT_TYPES:
            continue
        if (placed.decision.tenant_id, placed.decision.desk_id) != (event.tenant_id, event.desk_id):
            seen = f"{placed.decision.tenant_id}/{placed.decision.desk_id}"
            yield Finding(rule="tenants don't mix", subject=placed.place, seen=seen)


def events_lie_under_their_desk(history: History) -> Iterator[Finding]:
    """An event's key is its desk; the events of one desk are all in one partition."""
    partitions: dict[tuple[str, str], int] = {}
    for placed in history.events:
        event = placed.event
        if event is None or event.type in PARTITION_EVENT_TYPES:
            continue
        desk = (event.tenant_id, event.desk_id)
        if placed.raw.key != "/".join(desk).encode():
            yield Finding(rule="events lie under their desk", subject=placed.place, seen="the key")
        if partitions.setdefault(desk, placed.raw.partition) != placed.raw.partition:
            yield Finding(rule="a desk is one partition", subject=placed.place, seen="/".join(desk))


def agents_hear_only_of_their_tenant(history: History) -> Iterator[Finding]:
    """No agent was told of a conversation that is another tenant's."""
    tenants = {
        opened.conversation_id: opened.tenant_id
        for _, opened in history.of_type(ConversationOpened)
    }
    for line in history.material.outside:
        if line["kind"] != "heard" or line.get("conversation_id") is None:
            continue
        tenant = tenants.get(line["conversation_id"])
        if tenant != line["tenant_id"]:
            seen = f"agent of {line['tenant_id']} heard of {tenant}"
            yield Finding(rule="tenants don't mix", subject=line["conversation_id"], seen=seen)


def the_timeline_keeps_tenants_apart(history: History) -> Iterator[Finding]:
    """Every entry of a conversation is its tenant's and its desk's."""
    desks = {
        opened.conversation_id: (opened.tenant_id, opened.desk_id)
        for _, opened in history.of_type(ConversationOpened)
    }
    for entry in history.material.timeline:
        conversation_id = entry.get("conversation_id")
        if conversation_id is None:
            continue
        if desks.get(conversation_id) != (entry["tenant_id"], entry["desk_id"]):
            seen = f"entry of {entry['tenant_id']}/{entry['desk_id']}"
            yield Finding(rule="tenants don't mix", subject=conversation_id, seen=seen)
