"""The state of one partition: the entities, what is derived from them, and what has changed.

Only `evolve` changes entities, and it takes them through `changing`: that marks what the next save
must write. After every change the entity is indexed anew from its own fields (`indexing`), so
lines, loads and deadlines can't disagree with the entities, live or restored.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

import msgspec
from pydantic import BaseModel
from sortedcontainers import SortedSet

from libs.common.calendars import BusinessClock
from libs.common.contracts.configuration import QueueConfiguration
from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.alert_windows import AlertWindow
from services.router.core.bench import Bench
from services.router.core.capacity import Held, Kinds
from services.router.core.deadlines import Deadlines
from services.router.core.entities import (
    Agent,
    ContactPoint,
    Conversation,
    Desk,
    DeskKey,
    Entity,
    QueuePace,
    RememberedIds,
    Replica,
    WorkItem,
)
from services.router.core.policies import Routes
from services.router.core.profiles import Profiles
from services.router.core.promises import DeskPromises, Escalation, SlaInstance
from services.router.core.queueing import Lines
from services.router.core.shifts import Shift

Key = tuple[str, ...]
T = TypeVar("T", bound=Entity)
KINDS: Final[dict[str, type[Entity]]] = {
    "desk": Desk,
    "queue_pace": QueuePace,
    "contact_point": ContactPoint,
    "conversation": Conversation,
    "work_item": WorkItem,
    "agent": Agent,
    "replica": Replica,
    "remembered_ids": RememberedIds,
    "desk_promises": DeskPromises,
    "sla_instance": SlaInstance,
    "escalation": Escalation,
    "alert_window": AlertWindow,
    "closed_conversation": ClosedConversation,
    "follow_up": FollowUp,
}
_SHARED = (Replica, RememberedIds)
_KIND_OF: dict[type[object], str] = {entity: kind for kind, entity in KINDS.items()}


class Change(NamedTuple):
    """What a save writes for one entity, as JSON; no document means that it is gone.

    `desk` is the desk that it is of; empty for what all desks of a partition share.
    """

    kind: str
    id: str
    document: bytes | None
    desk: str = ""


class DeskIndex:
    """What is derived for one desk: its lines, its bench, and who is kept for whom."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.unkept = Lines()
        self.bench = Bench()
        self.kinds = Kinds()
        self.routes = Routes()
        self.profiles = Profiles()
        self.queues: dict[str, QueueConfiguration] = {}
        self.refused_items: SortedSet[str] = SortedSet()
        self.agents: SortedSet[str] = SortedSet()
        self.kept_items: dict[str, SortedSet[str]] = {}
        self.clocks: dict[str, BusinessClock] = {}
        self.shifts: dict[str, Shift] = {}

    def clock_of(self, queue_id: str) -> BusinessClock:
        """The clock that a queue with a calendar opens by; only such a queue is ever closed."""
        return self.clocks[self.queues[queue_id].calendar or ""]


class _Indexes(dict[DeskKey, DeskIndex]):
    """The indexes by desk, each made when it is first asked for."""

    def __missing__(self, desk: DeskKey) -> DeskIndex:
        found = self[desk] = DeskIndex()
        return found


class PartitionState:
    """Everything the engine knows about one partition's desks."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.tables: dict[str, dict[Key, Entity]] = {kind: {} for kind in KINDS}
        self._table_of: dict[type[object], dict[Key, Entity]] = {
            entity: self.tables[kind] for kind, entity in KINDS.items()
        }
        self.deadlines = Deadlines()
        self.remembered: dict[str, int] = {}
        self.held: dict[Key, dict[str, Held]] = {}
        self.holders_of: dict[str, dict[Key, Held]] = {}
        self.hold_of: dict[str, str] = {}
        self.over_limit: dict[Key, None] = {}
        self.agents_of_replica: dict[str, SortedSet[Key]] = {}
        # The derived part of one desk, empty for a desk that is not configured yet. A dict's own
        # method: asked for so often that a function around it is 3 % of all that an event costs.
        self.index_of: Callable[[DeskKey], DeskIndex] = _Indexes().__getitem__
        self._changed: dict[tuple[str, Key], None] = {}
        self.touched: dict[tuple[str, Key], None] = {}

    def get(self, kind: type[T], *key: str) -> T | None:
        """The entity under this key, to look at."""
        return self._table_of[kind].get(key)  # type: ignore[return-value]

    def need(self, kind: type[T], *key: str) -> T:
        """The entity under this key, to look at; KeyError is a bug of ours."""
        return self._table_of[kind][key]  # type: ignore[return-value]

    def changing(self, kind: type[T], *key: str) -> T:
        """The entity under this key, to change: the next save writes it."""
        # In a line of its own, though `_mark` does the same: asked for several times an event.
        name = (_KIND_OF[kind], key)
        self._changed[name] = self.touched[name] = None
        return self._table_of[kind][key]  # type: ignore[return-value]

    def add(self, entity: Entity, *key: str) -> None:
        """A new entity under this key."""
        self._mark(type(entity), key)
        self._table_of[type(entity)][key] = entity

    def drop(self, kind: type[Entity], *key: str) -> None:
        """The entity is gone."""
        self._mark(kind, key)
        del self._table_of[kind][key]

    def work_items(self) -> list[WorkItem]:
        """All open items; their order means nothing."""
        return list(self.tables["work_item"].values())  # type: ignore[arg-type]

    def _mark(self, kind: type[object], key: Key) -> None:
        name = (_KIND_OF[kind], key)
        self._changed[name] = self.touched[name] = None

    def held_units(self, agent: Key) -> int:
        """An agent's load: the sum of what work items hold of it."""
        return sum([held.units for held in self.held.get(agent, {}).values()])

    def take_changes(self) -> tuple[Change, ...]:
        """What has changed since the last take, as documents."""
        changed, self._changed = self._changed, {}
        return tuple(self._change(kind, key) for kind, key in changed)

    def documents(self) -> tuple[Change, ...]:
        """All entities as documents, in a fixed order."""
        return tuple(self._change(kind, key) for kind in KINDS for key in sorted(self.tables[kind]))

    def _change(self, kind: str, key: Key) -> Change:
        entity = self.tables[kind].get(key)
        if entity is None:
            return Change(kind, "/".join(key), None)
        return Change(kind, "/".join(key), _ENCODER.encode(entity), _desk_of(entity))


def _desk_of(entity: Entity) -> str:
    if isinstance(entity, _SHARED):
        return ""
    return f"{entity.tenant_id}/{entity.desk_id}"


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"nobody knows how to save a {type(value).__name__}")


# Half of orjson's time for dataclasses: a save of many entities is made between two events.
_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)
