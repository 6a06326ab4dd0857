"""How notifications lie in MongoDB: their documents, their indexes, and reading them in order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from libs.common.contracts.terms import DeskId, TenantId
from libs.common.mongo import ASCENDING, Collection, Document, IndexModel, translated
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification

PAGE_SIZE = 500
INDEXES = (
    IndexModel(
        [
            ("tenant_id", ASCENDING),
            ("desk_id", ASCENDING),
            ("audiences", ASCENDING),
            ("offset", ASCENDING),
            ("told", ASCENDING),
        ],
        name="stream",
    ),
    IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose notifications a stream shows: some audiences of one desk, in its partition.

    The audiences must be chosen so that at most one view of a decision is theirs.
    """

    tenant_id: TenantId
    desk_id: DeskId
    partition: int
    audiences: tuple[str, ...]


def document_of(partition: int, told: Notification, expires_at: datetime) -> Document:
    """The notification as it is stored."""
    # Named by place: an event's id may come back when deduplication has forgotten it.
    return {
        "_id": f"{partition}.{told.cursor}.{told.audiences[0]}",
        "id": told.id,
        "type": told.type,
        "tenant_id": told.tenant_id,
        "desk_id": told.desk_id,
        "audiences": list(told.audiences),
        "offset": told.cursor.offset,
        "told": told.cursor.told,
        "traceparent": told.traceparent,
        "message": told.message,
        "expires_at": expires_at,
    }


async def read_between(
    notifications: Collection, scope: Scope, *, after: Cursor, until: Cursor
) -> AsyncIterator[Notification]:
    """The notifications of this scope behind `after`, up to and with `until`, in order.

    Raises UnavailableError.
    """
    while True:
        with translated():
            found = notifications.find(
                _query(scope, after=after, until=until),
                sort=[("offset", ASCENDING), ("told", ASCENDING)],
                limit=PAGE_SIZE,
            )
            page = [_notification(document) async for document in found]
        for notification in page:
            yield notification
        if len(page) < PAGE_SIZE:
            return
        after = page[-1].cursor


def _query(scope: Scope, *, after: Cursor, until: Cursor) -> Document:
    return {
        "tenant_id": scope.tenant_id,
        "desk_id": scope.desk_id,
        "audiences": {"$in": list(scope.audiences)},
        "offset": {"$gte": after.offset, "$lte": until.offset},
        "$nor": [
            {"offset": after.offset, "told": {"$lte": after.told}},
            {"offset": until.offset, "told": {"$gt": until.told}},
        ],
    }


def _notification(document: Document) -> Notification:
    return Notification(
        id=document["id"],
        type=document["type"],
        tenant_id=document["tenant_id"],
        desk_id=document["desk_id"],
        audiences=tuple(document["audiences"]),
        cursor=Cursor(document["offset"], document["told"]),
        traceparent=document["traceparent"],
        message=document["message"],
    )
