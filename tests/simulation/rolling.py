"""A digest of an engine's whole state that is kept up from what each turn touched.

Computing it anew after every decision would cost more than all of the rest. It is right only if
every change marks its entity; the worlds compare it with the digest of everything now and then.
"""

from hashlib import blake2b

import orjson
from pydantic import BaseModel

from services.router.core.entities import Entity, RememberedIds
from services.router.core.state import Key, PartitionState

MODULUS = 1 << 128


class RollingDigest:
    """The sum of the digests of all entities, so that none is looked at twice."""

    def __init__(self, state: PartitionState) -> None:
        self._state = state
        self._parts: dict[tuple[str, Key], int] = {}
        self._sum = 0
        for kind, table in state.tables.items():
            for key in table:
                self._renew(kind, key)

    def follow(self) -> None:
        """Take in what the last turn touched."""
        for kind, key in self._state.touched:
            self._renew(kind, key)

    def word(self) -> str:
        """The digest, engine time included."""
        return f"{self._state.now_ms}.{self._sum:032x}"

    def _renew(self, kind: str, key: Key) -> None:
        entity = self._state.tables[kind].get(key)
        new = 0
        if entity is not None:
            written = orjson.dumps([kind, key, _short(entity)], default=_plain)
            new = int.from_bytes(blake2b(written, digest_size=16).digest())
        self._sum = (self._sum + new - self._parts.get((kind, key), 0)) % MODULUS
        self._parts[kind, key] = new


def _short(entity: Entity) -> object:
    """The entity; of ids that only ever grow in number, the number and the last few."""
    if not isinstance(entity, RememberedIds):
        return entity
    ids = entity.event_ids
    return [entity.stretch, entity.newest_ms, len(ids), ids[-8:]]


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(type(value).__name__)
