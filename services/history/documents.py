"""How the memory's changes look as MongoDB documents, and the operations that store them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from libs.common.contracts.content import Content
from libs.common.decision_log import LogPosition
from libs.common.mongo import Document, UpdateOne
from services.history.core.changes import (
    ConversationChange,
    Delivery,
    DeliveryChange,
    Entry,
    LinkChange,
    Scalar,
)

TIMELINE = "history_timeline"
CONVERSATIONS = "history_conversations"
LINKS = "history_links"
POSITIONS = "history_positions"


def entry_key(tenant_id: str, entry_id: str) -> str:
    """The `_id` of an entry: unique over all tenants, whose names hold no slash."""
    return f"{tenant_id}/{entry_id}"


def conversation_key(tenant_id: str, conversation_id: str) -> str:
    """The `_id` of a conversation."""
    return f"{tenant_id}/{conversation_id}"


def position_key(topic: str, partition: int) -> str:
    """The `_id` of a partition's position."""
    return f"{topic}/{partition}"


def entry_document(entry: Entry) -> Document:
    """The entry as stored; what it doesn't have takes no room."""
    document: Document = {
        "_id": entry_key(entry.tenant_id, entry.entry_id),
        "tenant_id": entry.tenant_id,
        "desk_id": entry.desk_id,
        "position": entry.position,
        "entry_id": entry.entry_id,
        "origin": entry.origin.value,
        "kind": str(entry.kind),
        "appended_ms": entry.appended_ms,
        "occurred_ms": entry.occurred_ms,
        "conversation_id": entry.conversation_id,
        "sequence": entry.sequence,
        "agent_id": entry.agent_id,
    }
    if entry.party is not None:
        document |= entry.party._asdict()
    if entry.content is not None:
        document["content"] = _content_document(entry.content)
    if entry.delivery is not None:
        document["delivery"] = _delivery_document(entry.delivery)
    if entry.details is not None:
        document["details"] = _known(dict(entry.details))
    if entry.attributes:
        # As text: an integrator's JSON may hold what BSON can't (large numbers, depth, odd keys).
        document["attributes"] = orjson.dumps(entry.attributes).decode()
    return _known(document)


def conversation_document(change: ConversationChange) -> Document:
    """A conversation whose first record this is."""
    return {
        "_id": conversation_key(change.tenant_id, change.conversation_id),
        **_conversation_identity(change),
        **_nested(change.fields),
    }


def conversation_update(change: ConversationChange) -> UpdateOne:
    """What is new about a conversation; it is made when the log that we know began after it."""
    return UpdateOne(
        {"_id": conversation_key(change.tenant_id, change.conversation_id)},
        {"$set": change.fields, "$setOnInsert": _conversation_identity(change)},
        upsert=True,
    )


def delivery_update(change: DeliveryChange) -> UpdateOne:
    """Moves a reply's delivery status on, and never back: documents compare by their first field,
    which is the progress.
    """
    return UpdateOne(
        {"_id": entry_key(change.tenant_id, change.entry_id)},
        {"$max": {"delivery": _delivery_document(change.delivery)}},
    )


def link_update(change: LinkChange) -> UpdateOne:
    """A desk's link as it is now. Each desk's is its own, so desks can't undo each other's."""
    first, second = change.contact_point_ids
    return UpdateOne(
        {"_id": f"{change.tenant_id}/{change.desk_id}/{first}/{second}"},
        {
            "$set": {"is_active": change.is_active, "since_ms": change.since_ms},
            "$setOnInsert": {
                "tenant_id": change.tenant_id,
                "desk_id": change.desk_id,
                "contact_point_ids": [first, second],
            },
        },
        upsert=True,
    )


def position_document(position: LogPosition) -> Document:
    """All that judging the next record needs."""
    return asdict(position)


def position_from(document: Document) -> LogPosition:
    """The stored position."""
    return LogPosition(**{name: document[name] for name in LogPosition.__dataclass_fields__})


def _conversation_identity(change: ConversationChange) -> Document:
    return {
        "tenant_id": change.tenant_id,
        "desk_id": change.desk_id,
        "conversation_id": change.conversation_id,
    }


def _nested(fields: Mapping[str, Scalar]) -> Document:
    """The fields with what stands below another (`participants.anna`) in its place."""
    document: Document = {}
    for path, value in fields.items():
        name, _, below = path.partition(".")
        if below:
            document.setdefault(name, {})[below] = value
        else:
            document[name] = value
    return document


def _known(fields: Document) -> Document:
    return {name: value for name, value in fields.items() if value is not None}


def _delivery_document(delivery: Delivery) -> Document:
    return {
        "progress": delivery.progress,
        "outcome": delivery.outcome.value,
        "attempt": delivery.attempt,
        "detail": delivery.detail,
    }


def _content_document(content: Content) -> Document:
    document: dict[str, Any] = {"text": content.text}
    if content.subject is not None:
        document["subject"] = content.subject
    if content.attachments:
        document["attachments"] = [asdict(attachment) for attachment in content.attachments]
    if content.is_cut:
        document["is_cut"] = True
    return document
