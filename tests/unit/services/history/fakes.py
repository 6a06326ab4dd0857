"""Stand-ins for the memory: the same promises, without a server."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.common.decision_log import LogPosition
from libs.common.kafka_records import StalePositionError
from libs.common.mongo import Document
from services.history.core.changes import Writes
from services.history.core.linking import LinkedContactPoints, begin_at, follow
from services.history.reads import EntryFilter, Scope
from services.history.store import Move


@dataclass
class FakeStore:
    """Keeps what is written; `failures` are raised first, one per write."""

    positions: dict[tuple[str, int], LogPosition] = field(default_factory=dict)
    writes: list[Writes] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    asked: int = 0

    async def position(self, topic: str, partition: int) -> LogPosition | None:
        """What the last write stored."""
        self.asked += 1
        return self.positions.get((topic, partition))

    async def write(self, move: Move, writes: Writes) -> None:
        """Compare and set, as the real one does."""
        if self.failures:
            raise self.failures.pop(0)
        if self.positions.get((move.topic, move.partition)) != move.old:
            raise StalePositionError("not where you think")
        self.positions[move.topic, move.partition] = move.new
        self.writes.append(writes)

    @property
    def entry_ids(self) -> list[str]:
        """The ids of all entries, in the order of writing."""
        return [entry_id for writes in self.writes for _, entry_id in writes.entries]


@dataclass
class FakeReads:
    """Answers from lists of documents."""

    entries: list[Document] = field(default_factory=list)
    conversations: list[Document] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    async def linked(self, tenant_id: str, contact_point_id: str) -> LinkedContactPoints:
        """By the links, which are of tenant acme."""
        known = begin_at(contact_point_id)
        links = self.links if tenant_id == "acme" else []
        while known.frontier:
            ends = set(known.frontier)
            known = follow(known, [link for link in links if ends & set(link)])
        return known

    async def timeline(
        self, scope: Scope, customer_ids: Sequence[str], wanted: EntryFilter, *, limit: int
    ) -> list[Document]:
        """Newest first."""
        found = [
            entry
            for entry in self._visible(scope, customer_ids)
            if (not wanted.kinds or entry["kind"] in wanted.kinds)
            and (not wanted.channels or entry.get("channel") in wanted.channels)
            and (wanted.before is None or entry["position"] < wanted.before)
        ]
        return sorted(found, key=lambda entry: entry["position"], reverse=True)[:limit]

    async def transcript(
        self, tenant_id: str, conversation_id: str, *, after: str | None, limit: int
    ) -> list[Document]:
        """Oldest first."""
        found = [
            entry
            for entry in self.entries
            if entry["tenant_id"] == tenant_id
            and entry.get("conversation_id") == conversation_id
            and (after is None or entry["position"] > after)
        ]
        return sorted(found, key=lambda entry: entry["position"])[:limit]

    async def conversation(self, tenant_id: str, conversation_id: str) -> Document | None:
        """The one of this tenant."""
        for found in self.conversations:
            if (found["tenant_id"], found["conversation_id"]) == (tenant_id, conversation_id):
                return found
        return None

    async def knows(self, scope: Scope, customer_ids: Sequence[str]) -> bool:
        """Whether there is any entry."""
        return bool(self._visible(scope, customer_ids))

    async def latest_with_address(self, scope: Scope, customer_id: str) -> Document | None:
        """The last one with an address."""
        found = [entry for entry in self._visible(scope, [customer_id]) if "address" in entry]
        return max(found, key=lambda entry: entry["position"], default=None)

    def _visible(self, scope: Scope, customer_ids: Sequence[str]) -> list[Document]:
        return [
            entry
            for entry in self.entries
            if entry["tenant_id"] == scope.tenant_id
            and entry.get("customer_id") in customer_ids
            and (scope.includes(entry["desk_id"]) or not entry["desk_id"])
        ]
