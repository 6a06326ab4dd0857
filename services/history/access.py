"""Who may read the memory, which part of it, and what the API reads it by."""

from collections.abc import Sequence
from typing import Annotated, Protocol

from fastapi import Depends, Request

from libs.common.contracts.terms import Role
from libs.common.credentials import ALL_DESKS, Principal, principal
from libs.common.mongo import Document
from services.history.core.linking import LinkedContactPoints
from services.history.reads import EntryFilter, Scope

READER_ROLES = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INTEGRATOR)


class Reads(Protocol):
    """What the API needs of the memory; HistoryReads is the real one."""

    async def linked(self, tenant_id: str, contact_point_id: str) -> LinkedContactPoints:
        """All contact points that are one customer with this one."""

    async def timeline(
        self, scope: Scope, customer_ids: Sequence[str], wanted: EntryFilter, *, limit: int
    ) -> list[Document]:
        """Entries, newest first."""

    async def transcript(
        self, tenant_id: str, conversation_id: str, *, after: str | None, limit: int
    ) -> list[Document]:
        """Entries, oldest first."""

    async def conversation(self, tenant_id: str, conversation_id: str) -> Document | None:
        """The conversation as it is now."""

    async def knows(self, scope: Scope, customer_ids: Sequence[str]) -> bool:
        """Whether anything ever happened to one of these customers."""

    async def latest_with_address(self, scope: Scope, customer_id: str) -> Document | None:
        """The contact point's latest entry that names its address."""


async def reader_scope(caller: Annotated[Principal, Depends(principal)]) -> Scope:
    """What the caller may see. Raises ForbiddenError for one who is no reader."""
    caller.require_role(*READER_ROLES)
    desks = None if ALL_DESKS in caller.desks else caller.desks
    return Scope(tenant_id=caller.tenant_id, desks=desks)


def reads_of(request: Request) -> Reads:
    """The memory that this application reads."""
    reads: Reads = request.app.state.reads
    return reads


Reader = Annotated[Scope, Depends(reader_scope)]
Memory = Annotated[Reads, Depends(reads_of)]
