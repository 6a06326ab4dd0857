"""Builders of decisions and records for the notifier's tests."""

# ruff: noqa: ANN401 - a builder takes any field of what it builds

from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import (
    AddressFamily,
    DeliveryOutcome,
    QueueingReason,
    RefusalReason,
    Role,
    SlaTarget,
    TenantId,
    Trouble,
)
from libs.common.identifiers import contact_point_id_of

TENANT = "acme"
DESK = "support"
AGENT = "ada"
NOW_MS = 1_750_000_000_000
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_DESK: dict[str, Any] = {"tenant_id": TENANT, "desk_id": DESK}


def record(*decisions: Any, event_id: str = "event-1", **changes: Any) -> DecisionRecord:
    """A counted record with these decisions."""
    fields: dict[str, Any] = {
        "epoch": 0,
        "number": 1,
        "event_offset": 0,
        "event_id": event_id,
        "event_type": "switchboard.event.message-received.v1",
        "now_ms": NOW_MS,
        "decisions": decisions,
        "traceparent": None,
    }
    return DecisionRecord(**(fields | changes))


def reply_address(
    *,
    channel: str = "web_chat",
    endpoint_id: str = "site",
    family: AddressFamily = AddressFamily.WEB,
    address: str = "visitor-1",
) -> ReplyAddress:
    """Where an answer goes."""
    return ReplyAddress(
        channel=channel,
        endpoint_id=endpoint_id,
        contact_point_id=contact_point_id_of(TenantId(TENANT), family, address),
        family=family,
        address=address,
    )


def reservation_opened(agent_id: str = AGENT, **changes: Any) -> d.ReservationOpened:
    """An offer to an agent."""
    fields: dict[str, Any] = {
        "reservation_id": "itm_1.1",
        "work_item_id": "itm_1",
        "conversation_id": "cnv_1",
        "queue_id": "general",
        "agent_id": agent_id,
        "channel": "web_chat",
        "weight": 1,
        "expires_at_ms": NOW_MS + 20_000,
        "why": d.Why(
            policy="longest_idle",
            configuration_version=1,
            idle_since_ms=0,
            waited_ms=10,
            passed_over={},
        ),
    }
    return d.ReservationOpened(**(_DESK | fields | changes))


def work_item_queued(**changes: Any) -> d.WorkItemQueued:
    """An item in a line."""
    fields: dict[str, Any] = {
        "work_item_id": "itm_1",
        "conversation_id": "cnv_1",
        "queue_id": "general",
        "requires": {"english": 3},
        "channel": "web_chat",
        "weight": 1,
        "strict_class": 5,
        "virtual_time_ms": NOW_MS,
        "sequence": 1,
        "reason": QueueingReason.ARRIVED,
        "rule_id": "default",
        "configuration_version": 1,
    }
    return d.WorkItemQueued(**(_DESK | fields | changes))


def message_filed(owner_id: str | None = AGENT, **changes: Any) -> d.MessageFiled:
    """A customer's message in its place."""
    fields: dict[str, Any] = {
        "conversation_id": "cnv_1",
        "sequence": 1,
        "message_id": "msg-1",
        "customer_id": "cus_1",
        "reply_to": reply_address(),
        "content": Content(text="Where is my parcel?"),
        "owner_id": owner_id,
    }
    return d.MessageFiled(**(_DESK | fields | changes))


def reply_filed(reply_id: str = "reply-1", **changes: Any) -> d.ReplyFiled:
    """An agent's answer in its place."""
    fields: dict[str, Any] = {
        "conversation_id": "cnv_1",
        "sequence": 2,
        "reply_id": reply_id,
        "agent_id": AGENT,
        "customer_id": "cus_1",
        "reply_to": reply_address(),
        "content": Content(text="It comes tomorrow."),
    }
    return d.ReplyFiled(**(_DESK | fields | changes))


def delivery_filed(
    outcome: DeliveryOutcome = DeliveryOutcome.SENT, **changes: Any
) -> d.DeliveryFiled:
    """What became of a reply."""
    fields: dict[str, Any] = {
        "conversation_id": "cnv_1",
        "reply_id": "reply-1",
        "outcome": outcome,
        "attempt": 1,
        "agent_id": AGENT,
    }
    return d.DeliveryFiled(**(_DESK | fields | changes))


def escalation_fired(*notify_roles: Role, **changes: Any) -> d.EscalationFired:
    """An item that waited too long."""
    fields: dict[str, Any] = {
        "work_item_id": "itm_1",
        "conversation_id": "cnv_1",
        "queue_id": "general",
        "level": 1,
        "due_ms": NOW_MS,
        "waited_ms": 60_000,
        "notify_roles": notify_roles or (Role.SUPERVISOR,),
    }
    return d.EscalationFired(**(_DESK | fields | changes))


def escalation_alerted(*notify_roles: Role, **changes: Any) -> d.EscalationAlerted:
    """Two items in the same trouble."""
    fields: dict[str, Any] = {
        "policy_id": "help",
        "level": 1,
        "trouble": Trouble.WAITING,
        "count": 2,
        "work_item_ids": ("itm_1", "itm_2"),
        "conversation_ids": ("cnv_1", "cnv_2"),
        "notify_roles": notify_roles or (Role.SUPERVISOR,),
        "ways": ("stream", "webhook"),
    }
    return d.EscalationAlerted(**(_DESK | fields | changes))


def sla_breached(**changes: Any) -> d.SlaBreached:
    """A promise that was not kept."""
    fields: dict[str, Any] = {
        "work_item_id": "itm_1",
        "conversation_id": "cnv_1",
        "queue_id": "general",
        "policy_id": "gold",
        "target": SlaTarget.FIRST_RESPONSE,
        "due_ms": NOW_MS,
    }
    return d.SlaBreached(**(_DESK | fields | changes))


def connection_changed(connection_id: str | None, **changes: Any) -> d.AgentConnectionChanged:
    """The router's word on an agent's connection."""
    fields: dict[str, Any] = {
        "agent_id": AGENT,
        "connection_id": connection_id,
        "replica_id": "replica-1" if connection_id else None,
        "cause": "agent",
    }
    return d.AgentConnectionChanged(**(_DESK | fields | changes))


def event_refused(reason: RefusalReason, **changes: Any) -> d.EventRefused:
    """An event that changed nothing."""
    fields: dict[str, Any] = {
        "reason": reason,
        "event_type": "switchboard.event.reply-sent.v1",
        "agent_id": AGENT,
        "subject_id": "cnv_1",
    }
    return d.EventRefused(**(_DESK | fields | changes))


def queue_measured(*places: tuple[int, int, int], **changes: Any) -> d.QueueMeasured:
    """A queue's measure; one a minute is served."""
    fields: dict[str, Any] = {
        "queue_id": "general",
        "waiting": places[-1][0] if places else 0,
        "places": places,
        "served": 5,
        "served_over_s": 300,
    }
    return d.QueueMeasured(**(_DESK | fields | changes))


def work_item(made: Any, /, **fields: Any) -> Any:
    """Any decision about the item of the conversation."""
    item = {"work_item_id": "itm_1", "conversation_id": "cnv_1"}
    return made(**(_DESK | item | fields))
