"""The router's API over saves that a small world made, for callers who are taken at their word."""

import httpx
import orjson
from fastapi import FastAPI

from libs.common.api_keys import ApiKeys
from libs.common.contracts.terms import Role, TenantId
from libs.common.credentials import Authenticator, Principal
from libs.common.decision_log import LogPosition
from libs.common.errors import UnauthenticatedError, UnavailableError
from services.router.app import create_app
from services.router.core.entities import DeskKey
from services.router.core.ownership_effects import StoredSave
from services.router.inquiries import Inquiries, InquiryLimits
from services.router.saves import KINDS_OF_A_DESK, FoundEntity
from tests.unit.services.router.core.world import World

PARTITION = 3
LIMITS = InquiryLimits(partitions=6, entities_max=1_000, desks_kept=2, waiting_max=4, timeout_s=5.0)


class FakeSaves:
    """The newest save of one partition; `loads` counts how often a desk was read."""

    def __init__(self, world: World) -> None:
        self.loads = 0
        self.is_up = True
        self.save(world)

    def save(self, world: World) -> None:
        """What the world's engine is now is the newest save."""
        now_ms = world.engine.now_ms
        offset = world.offset
        self.newest: LogPosition | None = LogPosition(
            offset=offset + 100, epoch=7, number=offset, event_offset=offset, now_ms=now_ms
        )
        self._changes = world.engine.state.documents()

    async def find(self, kind: str, entity_id: str, *, partitions: int) -> FoundEntity | None:
        """As the store does."""
        assert partitions == LIMITS.partitions
        for change in self._changes:
            if (change.kind, change.id) == (kind, entity_id) and change.document is not None:
                return FoundEntity(partition=PARTITION, document=orjson.loads(change.document))
        return None

    async def position(self, partition: int) -> LogPosition | None:
        """As the store does."""
        assert partition == PARTITION
        return self.newest

    async def load_desk(
        self, partition: int, desk: DeskKey, *, entities_max: int
    ) -> StoredSave | None:
        """As the store does."""
        assert (partition, len(desk)) == (PARTITION, 2)
        if not self.is_up:
            raise UnavailableError("MongoDB does not answer")
        self.loads += 1
        if self.newest is None:
            return None
        stored = tuple(change for change in self._changes if change.kind in KINDS_OF_A_DESK)
        assert len(stored) <= entities_max
        return StoredSave(position=self.newest, documents=stored)


class KnownCallers(Authenticator):
    """Takes a credential "tenant:role:desk,desk" at its word."""

    def __init__(self) -> None:
        super().__init__(tokens=None, api_keys=ApiKeys([]))

    async def authenticate(self, credential: str) -> Principal:
        """The caller that the credential spells out."""
        parts = credential.split(":")
        if len(parts) != 3 or parts[1] not in list(Role):
            raise UnauthenticatedError("credential missing or not valid")
        tenant, role, desks = parts
        return Principal(
            tenant_id=TenantId(tenant),
            subject="ada",
            roles=frozenset({Role(role)}),
            desks=frozenset(desks.split(",")),
        )


def app_over(saves: FakeSaves, limits: InquiryLimits = LIMITS) -> FastAPI:
    """The API over these saves."""
    return create_app(inquiries=Inquiries(saves, limits), authenticator=KnownCallers())


async def request(
    saves: FakeSaves,
    method: str,
    path: str,
    *,
    caller: str = "acme:supervisor:*",
    content: bytes | str | None = None,
    content_type: str = "application/yaml",
) -> httpx.Response:
    """One request by this caller, "tenant:role:desks"."""
    transport = httpx.ASGITransport(app=app_over(saves))
    headers = {"Authorization": f"Bearer {caller}"} if caller else {}
    if content is not None:
        headers["content-type"] = content_type
    async with httpx.AsyncClient(transport=transport, base_url="http://router") as client:
        return await client.request(method, path, headers=headers, content=content)
