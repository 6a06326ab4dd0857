"""What has to be brought outside because of a counted record: replies and webhooks.

An errand is written in the same transaction as the notifications, so it exists exactly once, and is
then run at least once. Its id is the same however often it is written or run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import orjson
from pydantic import TypeAdapter

from libs.common.contracts.decisions import (
    Decision,
    EscalationAlerted,
    EscalationFired,
    ReplyFiled,
    SlaAtRisk,
    SlaBreached,
)
from libs.common.contracts.records import DecisionRecord
from libs.common.identifiers import decision_id
from services.notifier.core.notifications import time_text

ESCALATION_FIRED = "escalation.fired"
Alarm = EscalationFired | EscalationAlerted | SlaAtRisk | SlaBreached
WEBHOOK_TYPE_OF: dict[type[Decision], str] = {
    EscalationFired: ESCALATION_FIRED,
    EscalationAlerted: "escalation.alerted",
    SlaAtRisk: "sla.at_risk",
    SlaBreached: "sla.breached",
}
WEBHOOK_TYPES = frozenset(WEBHOOK_TYPE_OF.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """`lane` is where it goes (an endpoint, a webhook): lanes never wait for each other.

    Errands of one `thread` in a lane run one after the other by `offset` and `index`; an empty
    thread asks for no order. `content` is JSON: a `FiledReply`, or the body of the webhook.
    """

    id: str
    lane: str
    thread: str
    tenant_id: str
    offset: int
    index: int
    traceparent: str | None
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledReply:
    """The content of a reply's errand: the decision, and the `now` of its record."""

    filed_at_ms: int
    reply: ReplyFiled


_FILED_REPLY = TypeAdapter(FiledReply)


def read_filed_reply(content: str) -> FiledReply:
    """The content of a reply's errand, as `replies_of` wrote it."""
    return _FILED_REPLY.validate_json(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Another system's wish to be told; several secrets are in force during a rotation."""

    webhook_id: str
    tenant_id: str
    desk_id: str
    url: str
    secrets: tuple[str, ...]
    types: frozenset[str]


def replies_of(record: DecisionRecord, offset: int) -> tuple[Errand, ...]:
    """The replies to deliver, one errand each."""
    return tuple(
        Errand(
            id=f"{reply.tenant_id}/{reply.reply_id}",
            lane=reply.reply_to.endpoint_id,
            thread=f"{reply.tenant_id}/{reply.conversation_id}",
            tenant_id=reply.tenant_id,
            offset=offset,
            index=index,
            traceparent=record.traceparent,
            content=orjson.dumps(FiledReply(filed_at_ms=record.now_ms, reply=reply)).decode(),
        )
        for index, reply in enumerate(record.decisions)
        if isinstance(reply, ReplyFiled)
    )


def webhooks_of(
    record: DecisionRecord, offset: int, subscriptions: Sequence[Subscription]
) -> tuple[Errand, ...]:
    """The escalations and promises in danger to tell, one errand for each and subscription."""
    return tuple(
        Errand(
            id=f"{webhook_message_id(record.event_id, index)}/{subscription.webhook_id}",
            lane=subscription.webhook_id,
            thread="",
            tenant_id=decision.tenant_id,
            offset=offset,
            index=index,
            traceparent=record.traceparent,
            content=_webhook_body(decision, record.now_ms),
        )
        for index, decision in enumerate(record.decisions)
        if isinstance(decision, Alarm)
        for subscription in subscriptions
        if _is_wanted(subscription, decision)
    )


def webhook_message_id(event_id: str, index: int) -> str:
    """The `webhook-id` of a decision: stable, and without the dot that signatures join with."""
    return f"msg_{decision_id(event_id, index).replace('.', '_')}"


def _is_wanted(subscription: Subscription, decision: Alarm) -> bool:
    return (
        _is_for_webhooks(decision)
        and subscription.tenant_id == decision.tenant_id
        and subscription.desk_id == decision.desk_id
        and WEBHOOK_TYPE_OF[type(decision)] in subscription.types
    )


def _is_for_webhooks(decision: Alarm) -> bool:
    """Levels of a policy are told by their alert, one for many, over the ways that it names."""
    match decision:
        case EscalationFired():
            return not decision.policy_id
        case EscalationAlerted():
            return "webhook" in decision.ways
        case _:
            return True


def _webhook_body(decision: Alarm, now_ms: int) -> str:
    return orjson.dumps(
        {
            "type": WEBHOOK_TYPE_OF[type(decision)],
            "timestamp": time_text(now_ms),
            "data": {
                "tenant_id": decision.tenant_id,
                "desk_id": decision.desk_id,
                **_subject_of(decision),
                **_details_of(decision),
            },
        }
    ).decode()


def _subject_of(decision: Alarm) -> dict[str, object]:
    if isinstance(decision, EscalationAlerted):
        return {
            "work_item_ids": decision.work_item_ids,
            "conversation_ids": decision.conversation_ids,
            "count": decision.count,
        }
    return {
        "work_item_id": decision.work_item_id,
        "conversation_id": decision.conversation_id,
        "queue_id": decision.queue_id,
    }


def _details_of(decision: Alarm) -> dict[str, object]:
    match decision:
        case EscalationFired():
            return {
                "level": decision.level,
                "due_at": time_text(decision.due_ms),
                "waited_ms": decision.waited_ms,
                "notify_roles": decision.notify_roles,
            }
        case EscalationAlerted():
            return {
                "policy_id": decision.policy_id,
                "level": decision.level,
                "trouble": decision.trouble,
                "notify_roles": decision.notify_roles,
            }
        case SlaAtRisk():
            at_ms = decision.expected_ms
            return {
                **_promise_of(decision),
                "cause": decision.cause,
                "expected_at": time_text(at_ms) if at_ms is not None else None,
            }
        case SlaBreached():
            return _promise_of(decision)
        case _:
            assert_never(decision)


def _promise_of(decision: SlaAtRisk | SlaBreached) -> dict[str, object]:
    return {
        "policy_id": decision.policy_id,
        "target": decision.target,
        "due_at": time_text(decision.due_ms),
    }
