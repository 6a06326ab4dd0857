"""What contacts are told over mail, chat and pager, and the errands that bring it to them.

The words name the desk, the policy and the conversations by their ids, and how to acknowledge:
nothing that a customer wrote, and nobody's name, since a lock screen shows it to everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from libs.common.contracts.decisions import EscalationAlerted
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import Trouble
from libs.common.identifiers import decision_id
from services.notifier.core.errands import Errand
from services.notifier.core.notifications import time_text

OUTER_WAYS = ("mail", "chat", "pager")
_TROUBLES = {
    Trouble.WAITING: "waiting for an agent",
    Trouble.AT_RISK: "close to breaking a promise",
    Trouble.BREACHED: "past what was promised",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMessage:
    """The content of an alert's errand."""

    title: str
    body: str
    is_urgent: bool


_MESSAGE = TypeAdapter(ContactMessage)


def read_message(content: str) -> ContactMessage:
    """The content of an alert's errand, as `alerts_of` wrote it."""
    return _MESSAGE.validate_json(content)


def lane_of(*, tenant_id: str, desk_id: str, contact_id: str, way: str) -> str:
    """Where an alert goes: ways of one contact never wait for each other."""
    return f"{tenant_id}/{desk_id}/{contact_id}/{way}"


def alerts_of(record: DecisionRecord, offset: int) -> tuple[Errand, ...]:
    """What contacts are told, one errand for each way."""
    return tuple(
        errand
        for index, decision in enumerate(record.decisions)
        if isinstance(decision, EscalationAlerted) and decision.contact_id
        for errand in _errands(record, decision, offset=offset, index=index)
    )


def _errands(
    record: DecisionRecord, alert: EscalationAlerted, *, offset: int, index: int
) -> Iterator[Errand]:
    content = orjson.dumps(message_of(alert, now_ms=record.now_ms)).decode()
    for way in alert.ways:
        if way in OUTER_WAYS:
            yield Errand(
                id=f"{decision_id(record.event_id, index)}/{way}",
                lane=lane_of(
                    tenant_id=alert.tenant_id,
                    desk_id=alert.desk_id,
                    contact_id=alert.contact_id,
                    way=way,
                ),
                thread="",
                tenant_id=alert.tenant_id,
                offset=offset,
                index=index,
                traceparent=record.traceparent,
                content=content,
            )


def message_of(alert: EscalationAlerted, *, now_ms: int) -> ContactMessage:
    """The alert in words."""
    what = "1 conversation" if alert.count == 1 else f"{alert.count} conversations"
    trouble = _TROUBLES[alert.trouble]
    since = f", the first since {time_text(alert.since_ms)}" if alert.since_ms is not None else ""
    on_call = f" You are on call: {alert.target}." if alert.target != alert.contact_id else ""
    more = alert.count - len(alert.conversation_ids)
    names = [*alert.conversation_ids, *([f"and {more} more"] if more > 0 else [])]
    path = f"/v1/desks/{alert.desk_id}/conversations/<conversation>/acknowledge"
    lines = [
        f"{what} of desk {alert.desk_id} ({alert.tenant_id}): {trouble}{since}.{on_call}",
        f"Policy {alert.policy_id}, level {alert.level}, at {time_text(now_ms)}.",
        f"Conversations: {', '.join(names)}",
        f"Acknowledge, so that nobody else is told: POST {path}",
    ]
    urgent = "URGENT: " if alert.is_urgent else ""
    return ContactMessage(
        title=f"{urgent}{alert.desk_id}: {what} {trouble}",
        body="\n".join(lines),
        is_urgent=alert.is_urgent,
    )
