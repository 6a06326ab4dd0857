"""The API over a small memory, for readers of two tenants."""

from collections.abc import Sequence

import httpx
from fastapi import FastAPI

from libs.common.api_keys import ApiKeys
from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import Role, TenantId
from libs.common.credentials import Authenticator, Principal
from libs.common.decision_log import LogPosition
from libs.common.errors import UnauthenticatedError
from libs.common.mongo import Document
from services.history import documents
from services.history.app import create_app
from services.history.readers import CUSTOMER_EVENTS, DECISIONS, Reading
from tests.unit.services.history.fakes import FakeReads
from tests.unit.services.history.logs import customer_record, log_of_decisions


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


def memory_of(steps: Sequence[Sequence[AnyDecision]], events: Sequence[bytes] = ()) -> FakeReads:
    """What history knows after these decisions and customer events."""
    reading = Reading(position=LogPosition())
    for record in log_of_decisions(steps):
        DECISIONS.read(reading, record)
    reading.position = LogPosition()
    for offset, event in enumerate(events):
        CUSTOMER_EVENTS.read(reading, customer_record(event, offset=offset))
    writes = reading.writes
    return FakeReads(
        entries=[documents.entry_document(entry) for entry in writes.entries.values()],
        conversations=[documents.conversation_document(c) for c in writes.conversations.values()],
        links=[link.contact_point_ids for link in writes.links.values() if link.is_active],
    )


def app_over(reads: FakeReads) -> FastAPI:
    """The API, with callers that are taken at their word."""
    return create_app(reads=reads, authenticator=KnownCallers())


async def get(
    reads: FakeReads, path: str, *, caller: str = "acme:agent:*", **parameters: object
) -> httpx.Response:
    """One request by this caller, "tenant:role:desks"."""
    transport = httpx.ASGITransport(app=app_over(reads))
    query = {name: value for name, value in parameters.items() if value is not None}
    async with httpx.AsyncClient(transport=transport, base_url="http://history") as client:
        return await client.get(
            path,
            params=query,  # type: ignore[arg-type]  # whatever a test wants to send
            headers={"Authorization": f"Bearer {caller}"} if caller else {},
        )


def ids_of(answer: httpx.Response) -> list[str]:
    """The ids of a page's entries."""
    entries: list[Document] = answer.json()["entries"]
    return [entry["entry_id"] for entry in entries]
