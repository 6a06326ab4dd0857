"""How errands lie in MongoDB: their documents and their indexes."""

from datetime import UTC, datetime

from libs.common.mongo import ASCENDING, Document, IndexModel
from services.notifier.core.errands import Errand

DELIVERIES = "notifier_deliveries"
WEBHOOKS = "notifier_webhooks"
ALERTS = "notifier_alerts"

_OPEN = {"is_open": True}
INDEXES = (
    # Over all tenants by design: this is our own waiting line, and nobody else reads it.
    IndexModel(
        [
            ("lane", ASCENDING),
            ("due_at", ASCENDING),
            ("offset", ASCENDING),
            ("index", ASCENDING),
        ],
        name="lane",
        partialFilterExpression=_OPEN,
    ),
    IndexModel([("due_at", ASCENDING)], name="due", partialFilterExpression=_OPEN),
    IndexModel(
        [
            ("tenant_id", ASCENDING),
            ("thread", ASCENDING),
            ("offset", ASCENDING),
            ("index", ASCENDING),
        ],
        name="thread",
        partialFilterExpression=_OPEN,
    ),
    IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
)


def errand_document(errand: Errand, *, due_at_ms: int) -> Document:
    """A new errand as it is stored, without its id."""
    return {
        "tenant_id": errand.tenant_id,
        "lane": errand.lane,
        "thread": errand.thread,
        "offset": errand.offset,
        "index": errand.index,
        "traceparent": errand.traceparent,
        "content": errand.content,
        "is_open": True,
        "state": "waiting",
        "due_at": datetime.fromtimestamp(due_at_ms / 1000, UTC),
        "lease": "",
        "leases": 0,
        "attempts": 0,
        "parts_done": 0,
    }


def errand_of(document: Document) -> Errand:
    """The errand in a stored document."""
    return Errand(
        id=document["_id"],
        lane=document["lane"],
        thread=document["thread"],
        tenant_id=document["tenant_id"],
        offset=document["offset"],
        index=document["index"],
        traceparent=document["traceparent"],
        content=document["content"],
    )
