"""The read side of the memory: pages of entries, conversations, and who is linked to whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.mongo import ASCENDING, DESCENDING, Database, Document, translated
from services.history.core.linking import CONTACT_POINTS_MAX, LinkedContactPoints, begin_at, follow
from services.history.documents import CONVERSATIONS, LINKS, TIMELINE, conversation_key

READ_TIMEOUT_MS = 5_000
# Several desks may have made the same link, so there can be more links than contact points.
LINKS_READ_MAX = CONTACT_POINTS_MAX * CONTACT_POINTS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the caller may see: one tenant, and there some desks, or all where `desks` is None.

    What belongs to no desk (an order, a visit) is everyone's in the tenant.
    """

    tenant_id: str
    desks: frozenset[str] | None = None

    def includes(self, desk_id: str) -> bool:
        """Whether the desk is one of the caller's."""
        return self.desks is None or desk_id in self.desks


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries are wanted; an empty tuple means all. `before` is a position."""

    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    before: str | None = None


class HistoryReads:
    """Answers from MongoDB. Every method raises UnavailableError when that does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def linked(self, tenant_id: str, contact_point_id: str) -> LinkedContactPoints:
        """All contact points that are one customer with this one, by the links of now."""
        known = begin_at(contact_point_id)
        # Each round finds at least one more, or is the last.
        while known.frontier:
            known = follow(known, await self._links(tenant_id, known.frontier))
        return known

    async def timeline(
        self, scope: Scope, customer_ids: Sequence[str], wanted: EntryFilter, *, limit: int
    ) -> list[Document]:
        """At most `limit` entries of these customers, newest first."""
        query = _of_customers(scope, customer_ids)
        if wanted.kinds:
            query["kind"] = {"$in": list(wanted.kinds)}
        if wanted.channels:
            query["channel"] = {"$in": list(wanted.channels)}
        if wanted.before is not None:
            query["position"] = {"$lt": wanted.before}
        return await self._entries(query, direction=DESCENDING, limit=limit)

    async def transcript(
        self, tenant_id: str, conversation_id: str, *, after: str | None, limit: int
    ) -> list[Document]:
        """At most `limit` entries of the conversation, oldest first, behind position `after`."""
        query: Document = {"tenant_id": tenant_id, "conversation_id": conversation_id}
        if after is not None:
            query["position"] = {"$gt": after}
        return await self._entries(query, direction=ASCENDING, limit=limit)

    async def conversation(self, tenant_id: str, conversation_id: str) -> Document | None:
        """The conversation as it is now."""
        key = conversation_key(tenant_id, conversation_id)
        with translated():
            found: Document | None = await self._database[CONVERSATIONS].find_one(
                {"_id": key}, max_time_ms=READ_TIMEOUT_MS
            )
        return found

    async def knows(self, scope: Scope, customer_ids: Sequence[str]) -> bool:
        """Whether anything ever happened to one of these customers."""
        query = _of_customers(scope, customer_ids)
        with translated():
            found = await self._database[TIMELINE].find_one(
                query, {"_id": 1}, max_time_ms=READ_TIMEOUT_MS
            )
        return found is not None

    async def latest_with_address(self, scope: Scope, customer_id: str) -> Document | None:
        """The contact point's latest entry that names its address."""
        query = _of_customers(scope, [customer_id]) | {"address": {"$exists": True}}
        found = await self._entries(query, direction=DESCENDING, limit=1)
        return found[0] if found else None

    async def _entries(self, query: Document, *, direction: int, limit: int) -> list[Document]:
        cursor = self._database[TIMELINE].find(query, max_time_ms=READ_TIMEOUT_MS)
        with translated():
            found: list[Document] = (
                await cursor.sort("position", direction).limit(limit).to_list(limit)
            )
        return found

    async def _links(self, tenant_id: str, frontier: Sequence[str]) -> list[tuple[str, str]]:
        cursor = self._database[LINKS].find(
            {
                "tenant_id": tenant_id,
                "contact_point_ids": {"$in": list(frontier)},
                "is_active": True,
            },
            {"contact_point_ids": 1},
            max_time_ms=READ_TIMEOUT_MS,
        )
        with translated():
            found = await cursor.sort("_id", ASCENDING).to_list(LINKS_READ_MAX)
        return [(link["contact_point_ids"][0], link["contact_point_ids"][1]) for link in found]


def _of_customers(scope: Scope, customer_ids: Sequence[str]) -> Document:
    query: Document = {"tenant_id": scope.tenant_id, "customer_id": {"$in": list(customer_ids)}}
    if scope.desks is not None:
        query["desk_id"] = {"$in": [*sorted(scope.desks), ""]}
    return query
