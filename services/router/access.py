"""Who may ask the router, and for which desks."""

from typing import Annotated

from fastapi import Depends, Request

from libs.common.contracts.terms import Role
from libs.common.credentials import Principal, principal
from libs.common.errors import NotFoundError
from services.router.inquiries import Inquiries
from services.router.saves import FoundEntity


async def supervisor(caller: Annotated[Principal, Depends(principal)]) -> Principal:
    """One who may see all work of a desk. Raises ForbiddenError for others."""
    caller.require_role(Role.SUPERVISOR, Role.ADMINISTRATOR)
    return caller


async def administrator(caller: Annotated[Principal, Depends(principal)]) -> Principal:
    """One who may configure a desk. Raises ForbiddenError for others."""
    caller.require_role(Role.ADMINISTRATOR)
    return caller


def require_own(caller: Principal, found: FoundEntity | None, what: str) -> FoundEntity:
    """What was found, if it is of one of the caller's desks.

    Raises NotFoundError otherwise: what belongs to others does not exist.
    """
    if found is None or found.document["tenant_id"] != caller.tenant_id:
        raise NotFoundError(f"no such {what} in the saved state")
    caller.require_desk(found.document["desk_id"])
    return found


def inquiries_of(request: Request) -> Inquiries:
    """The saved states that this application asks."""
    inquiries: Inquiries = request.app.state.inquiries
    return inquiries


Supervisor = Annotated[Principal, Depends(supervisor)]
Administrator = Annotated[Principal, Depends(administrator)]
Asked = Annotated[Inquiries, Depends(inquiries_of)]
