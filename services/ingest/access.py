"""Who may use an API door, and what they sent: credential first, then role and desk, and only then
the body.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Path, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from libs.common import clock
from libs.common.bodies import parse_json, require_media_type
from libs.common.contracts.envelope import TRACEPARENT_PATTERN
from libs.common.contracts.events import EventData
from libs.common.contracts.terms import Name, Role, TenantId
from libs.common.credentials import Principal, principal
from libs.common.documents.problems import DocumentError, problems_of
from libs.common.identifiers import fresh_event_id
from libs.common.telemetry import is_sampled
from services.ingest.core.event_ids import keyed_event_id
from services.ingest.core.outgoing import OutgoingEvent

JSON = "application/json"
_TRACEPARENT = re.compile(TRACEPARENT_PATTERN)

Body = TypeVar("Body", bound=BaseModel)
Caller = Annotated[Principal, Depends(principal)]
DeskPath = Annotated[
    Name, Path(alias="desk", description="One of the credential's desks; others answer 404.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeat a request with the same key and it takes effect once."
        " Use a fresh key for each new request.",
    ),
]


class Accepted(BaseModel):
    """Kafka has acknowledged the event on all replicas; what becomes of it the streams tell."""

    model_config = ConfigDict(frozen=True)

    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCaller:
    """A caller whose credential is good for this desk and this kind of request."""

    tenant_id: TenantId
    desk_id: str
    subject: str
    traceparent: str | None = None
    idempotency_key: str | None = None

    def event(
        self, data: EventData, *, about: str | None = None, event_id: str | None = None
    ) -> OutgoingEvent:
        """The event that the request becomes. Its id is the given one, or derives from the
        caller's idempotency key, or is fresh.
        """
        return OutgoingEvent(
            event_id=event_id or self._event_id(data.type, about or ""),
            tenant_id=self.tenant_id,
            desk_id=self.desk_id,
            time=clock.now(),
            subject=about,
            data=data,
        )

    def _event_id(self, event_type: str, about: str) -> str:
        if self.idempotency_key is None:
            return fresh_event_id()
        return keyed_event_id(
            tenant_id=self.tenant_id,
            subject=self.subject,
            desk_id=self.desk_id,
            event_type=event_type,
            about=about,
            key=self.idempotency_key,
        )


def desk_caller(*roles: Role) -> Callable[..., Awaitable[DeskCaller]]:
    """A dependency that lets pass who has one of the roles on the desk in the path.

    It raises UnauthenticatedError, ForbiddenError or NotFoundError, in this order.
    """

    async def dependency(
        request: Request, caller: Caller, desk_id: DeskPath, idempotency_key: IdempotencyKey = None
    ) -> DeskCaller:
        caller.require_role(*roles)
        caller.require_desk(desk_id)
        return DeskCaller(
            tenant_id=caller.tenant_id,
            desk_id=desk_id,
            subject=caller.subject,
            traceparent=trace_of(request),
            idempotency_key=idempotency_key,
        )

    return dependency


def trace_of(request: Request) -> str | None:
    """The trace that an authenticated caller wants the request to be part of, if it is sampled."""
    traceparent = request.headers.get("traceparent", "")
    is_valid = _TRACEPARENT.match(traceparent) is not None
    return traceparent if is_valid and is_sampled(traceparent) else None


async def read_body(request: Request, model: type[Body], *, may_be_empty: bool = False) -> Body:
    """The body as this model.

    Raises UnsupportedMediaError, MalformedBodyError, or DocumentError with the field of each
    mistake; never repeats a value.
    """
    body = await request.body()
    if body or not may_be_empty:
        require_media_type(request, JSON)
    value = parse_json(body) if body or not may_be_empty else {}
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DocumentError("the body has mistakes", problems_of(error)) from error
