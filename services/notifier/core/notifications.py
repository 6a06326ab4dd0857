"""What a counted record tells, and to whom: one notification per decision and view.

A decision is told in up to two views: to the desk (its agents and supervisors) and to the customer
on the web, who sees the answer and nothing about who gave it or how. Everything derives from the
record itself, so the live stream and the durable copy, and every replica, tell exactly the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime

import orjson

from libs.common.contracts.decisions import (
    Decision,
    EscalationAlerted,
    EscalationFired,
    ReplyFiled,
)
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import AddressFamily, Role
from libs.common.identifiers import decision_id
from services.notifier.core import audiences
from services.notifier.core.cursors import Cursor
from services.notifier.core.tellings import TELLINGS, Telling

_ENVELOPE_FIELDS = frozenset({"type", "tenant_id", "desk_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing told. `message` is the JSON text as every stream shows it, written once."""

    id: str
    type: str
    tenant_id: str
    desk_id: str
    audiences: tuple[str, ...]
    cursor: Cursor
    traceparent: str | None
    message: str


def notifications_of(record: DecisionRecord, offset: int) -> tuple[Notification, ...]:
    """All that the counted record at `offset` of its partition tells, in order."""
    return tuple(
        notification
        for index, decision in enumerate(record.decisions)
        for notification in _views(record, decision, offset=offset, index=index)
    )


def write_message(
    *,
    cursor: Cursor,
    message_id: str,
    message_type: str,
    time_ms: int,
    traceparent: str | None,
    body: dict[str, object],
) -> str:
    """One message of a stream, as JSON text."""
    return orjson.dumps(
        {
            "cursor": str(cursor),
            "id": message_id,
            "type": message_type,
            "time": time_text(time_ms),
            "traceparent": traceparent,
            "body": body,
        }
    ).decode()


def time_text(time_ms: int) -> str:
    """A moment in milliseconds since the Unix epoch as RFC 3339 text in UTC."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _views(
    record: DecisionRecord, decision: Decision, *, offset: int, index: int
) -> tuple[Notification, ...]:
    telling = TELLINGS.get(type(decision))
    if telling is None:
        return ()
    views = [(_desk_audiences(telling, decision), _desk_body(telling, decision))]
    if isinstance(decision, ReplyFiled) and decision.reply_to.family is AddressFamily.WEB:
        views.append((_customer_audiences(decision), _customer_body(decision)))
    identifier, cursor = decision_id(record.event_id, index), Cursor(offset, index + 1)
    return tuple(
        Notification(
            id=identifier,
            type=telling.type,
            tenant_id=decision.tenant_id,
            desk_id=decision.desk_id,
            audiences=heard_by,
            cursor=cursor,
            traceparent=record.traceparent,
            message=write_message(
                cursor=cursor,
                message_id=identifier,
                message_type=telling.type,
                time_ms=record.now_ms,
                traceparent=record.traceparent,
                body=body,
            ),
        )
        for heard_by, body in views
        if heard_by
    )


def _desk_audiences(telling: Telling, decision: Decision) -> tuple[str, ...]:
    heard_by = [audiences.agent(agent_id) for agent_id in _named(telling, decision)]
    if _tells_agents(decision):
        heard_by.append(audiences.AGENTS)
    if telling.supervisors(decision):
        heard_by.append(audiences.SUPERVISORS)
    # Once each: a monitor joins by their own word.
    return tuple(dict.fromkeys(heard_by)) if decision.tenant_id else ()


def _tells_agents(decision: Decision) -> bool:
    if isinstance(decision, EscalationAlerted):
        return "stream" in decision.ways and Role.AGENT in decision.notify_roles
    return isinstance(decision, EscalationFired) and Role.AGENT in decision.notify_roles


def _named(telling: Telling, decision: Decision) -> Iterator[str]:
    for field in telling.agent_fields:
        named = getattr(decision, field)
        yield from named if isinstance(named, tuple) else filter(None, (named,))


def _desk_body(telling: Telling, decision: Decision) -> dict[str, object]:
    withheld = _ENVELOPE_FIELDS.union(telling.withheld)
    return {
        field.name: getattr(decision, field.name)
        for field in fields(decision)
        if field.name not in withheld
    }


def _customer_audiences(reply: ReplyFiled) -> tuple[str, ...]:
    return (audiences.customer(reply.reply_to.endpoint_id, reply.reply_to.contact_point_id),)


def _customer_body(reply: ReplyFiled) -> dict[str, object]:
    return {
        "conversation_id": reply.conversation_id,
        "sequence": reply.sequence,
        "reply_id": reply.reply_id,
        "content": reply.content,
    }
