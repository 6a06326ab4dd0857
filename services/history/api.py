"""The memory's HTTP API: timelines, transcripts and customers, for one tenant's people."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from libs.channels.addresses import ADDRESS_LENGTH_MAX, normalised
from libs.common.contracts.terms import (
    AddressFamily,
    ContactPointId,
    CustomerId,
    Name,
    TenantId,
)
from libs.common.errors import NotFoundError
from libs.common.identifiers import contact_point_id_of, customer_id_of
from libs.common.mongo import Document
from services.history.access import Memory, Reader, Reads
from services.history.core.cursors import CURSOR_LENGTH_MAX, Listing, read_cursor, write_cursor
from services.history.core.linking import LinkedContactPoints, contact_point_of
from services.history.openapi import BEARER, PROBLEMS
from services.history.reads import EntryFilter, Scope
from services.history.views import (
    ContactPointView,
    ConversationView,
    CustomerView,
    EntryView,
    TimelinePage,
    TranscriptPage,
)

PAGE_ENTRIES = 50
PAGE_ENTRIES_MAX = 200
FILTER_VALUES_MAX = 16
ID_LENGTH_MAX = 128

Id = Annotated[str, Path(min_length=1, max_length=ID_LENGTH_MAX)]
Cursor = Annotated[str | None, Query(max_length=CURSOR_LENGTH_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ENTRIES_MAX)]
Values = Annotated[list[Name] | None, Query(max_length=FILTER_VALUES_MAX)]
router = APIRouter(prefix="/v1", dependencies=[Depends(BEARER)], responses=PROBLEMS)


@router.get("/customers/{customer_id}/timeline")
async def timeline(
    customer_id: Id,
    scope: Reader,
    reads: Memory,
    *,
    cursor: Cursor = None,
    limit: Limit = PAGE_ENTRIES,
    kind: Values = None,
    channel: Values = None,
) -> TimelinePage:
    """All that happened to the customer over all linked contact points, newest first."""
    before = read_cursor(Listing.TIMELINE, cursor) if cursor is not None else None
    wanted = EntryFilter(kinds=tuple(kind or ()), channels=tuple(channel or ()), before=before)
    linked = await _linked(reads, scope, contact_point_of(CustomerId(customer_id)))
    customer_ids = _customers(linked)
    if customer_id not in customer_ids:
        raise NotFoundError("no such customer")
    found = await reads.timeline(scope, customer_ids, wanted, limit=limit + 1)
    entries, next_cursor = _page(Listing.TIMELINE, found, limit)
    return TimelinePage(
        customer_id=customer_id,
        contact_point_ids=list(linked.found),
        is_partial=linked.is_partial,
        entries=entries,
        next_cursor=next_cursor,
    )


@router.get("/customers")
async def find_customer(
    family: AddressFamily,
    address: Annotated[str, Query(min_length=1, max_length=ADDRESS_LENGTH_MAX)],
    scope: Reader,
    reads: Memory,
) -> CustomerView:
    """The customer who has this address, with all linked contact points."""
    tenant_id = TenantId(scope.tenant_id)
    own = contact_point_id_of(tenant_id, family, normalised(family, address))
    linked = await _linked(reads, scope, own)
    points = await asyncio.gather(*(_contact_point(reads, scope, point) for point in linked.found))
    return CustomerView(
        customer_id=customer_id_of(own), contact_points=points, is_partial=linked.is_partial
    )


@router.get("/conversations/{conversation_id}/transcript")
async def transcript(
    conversation_id: Id,
    scope: Reader,
    reads: Memory,
    *,
    cursor: Cursor = None,
    limit: Limit = PAGE_ENTRIES,
) -> TranscriptPage:
    """What was said and decided in the conversation, oldest first."""
    after = read_cursor(Listing.TRANSCRIPT, cursor) if cursor is not None else None
    conversation = await reads.conversation(scope.tenant_id, conversation_id)
    if conversation is None or not scope.includes(conversation["desk_id"]):
        raise NotFoundError("no such conversation")
    found = await reads.transcript(scope.tenant_id, conversation_id, after=after, limit=limit + 1)
    entries, next_cursor = _page(Listing.TRANSCRIPT, found, limit)
    return TranscriptPage(
        conversation=ConversationView.of(conversation), entries=entries, next_cursor=next_cursor
    )


async def _linked(reads: Reads, scope: Scope, own: ContactPointId) -> LinkedContactPoints:
    """Raises NotFoundError when the caller may see nothing of this customer."""
    linked = await reads.linked(scope.tenant_id, own)
    if not await reads.knows(scope, _customers(linked)):
        raise NotFoundError("no such customer")
    return linked


async def _contact_point(reads: Reads, scope: Scope, contact_point_id: str) -> ContactPointView:
    customer_id = customer_id_of(ContactPointId(contact_point_id))
    latest = await reads.latest_with_address(scope, customer_id)
    return ContactPointView.of(contact_point_id, customer_id, latest)


def _customers(linked: LinkedContactPoints) -> list[str]:
    return [customer_id_of(ContactPointId(point)) for point in linked.found]


def _page(
    listing: Listing, found: Sequence[Document], limit: int
) -> tuple[list[EntryView], str | None]:
    """One more than the page was asked for, so that the last page knows that it is the last."""
    kept = found[:limit]
    has_more = len(found) > limit
    cursor = write_cursor(listing, kept[-1]["position"]) if has_more else None
    return [EntryView.of(document) for document in kept], cursor
