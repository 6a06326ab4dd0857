"""What the outside and MongoDB hold, in one line each."""

from typing import Any

from tests.unit.e2e_checker.deciding import ACME, DeskFields


def remembered(
    number: int, sequence: int, text: str, *, kind: str = "message", desk: DeskFields = ACME
) -> dict[str, Any]:
    """The entry of what was said."""
    entry: dict[str, Any] = {
        **desk,
        "origin": "routing",
        "kind": kind,
        "conversation_id": f"c{number}",
        "sequence": sequence,
        "position": f"{sequence:06d}",
        "content": {"text": text},
    }
    if kind == "reply":
        entry["delivery"] = {"outcome": "sent"}
    return entry


def reached(number: int, text: str, through: str = "token") -> dict[str, Any]:
    """The provider's line for a reply."""
    return {
        "kind": "reached",
        "channel": "telegram",
        "through": through,
        "address": str(number),
        "text": text,
        "provider_message_id": f"p{number}",
    }


def acted(subject: str, event_id: str) -> dict[str, Any]:
    """The agent's own line for a request that was taken."""
    return {
        "kind": "acted",
        "tenant_id": "acme",
        "subject": subject,
        "path": event_id,
        "status": 202,
        "event_id": event_id,
    }


def alerted(number: int, message_id: str = "msg_1") -> dict[str, Any]:
    """The subscriber's line for an escalation."""
    return {
        "kind": "alerted",
        "webhook_message_id": message_id,
        "is_verified": True,
        "type": "escalation.fired",
        "told": {
            "data": {"tenant_id": "acme", "work_item_id": f"i{number}", "queue_id": "general"}
        },
    }


def heard(number: int, agent_id: str) -> dict[str, Any]:
    """An agent's line for something told."""
    return {
        "kind": "heard",
        "tenant_id": "acme",
        "agent_id": agent_id,
        "type": "reservation.opened",
        "conversation_id": f"c{number}",
    }
