"""The router's HTTP API: why, why not, and what if, answered from saved states by any replica."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from libs.common.bodies import require_media_type
from libs.common.contracts.terms import Name
from libs.common.decision_log import LogPosition
from libs.common.documents.desk_document import read_desk_configuration
from libs.common.errors import NotFoundError
from services.router.access import Administrator, Asked, Supervisor, require_own
from services.router.core.dry_run import DryRun, dry_run
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.inquiry_agents import WhyNot, why_not
from services.router.core.inquiry_promises import Promised, promised
from services.router.core.inquiry_waiting import WhyWaiting, why_waiting
from services.router.inquiries import Inquiries
from services.router.openapi import (
    BEARER,
    BODY_PROBLEMS,
    JSON,
    PROBLEMS,
    YAML_TYPES,
    configuration_body,
)
from services.router.saves import FoundEntity
from services.router.views import AsOf, DryRunView, PromisedView, WhyNotView, WhyWaitingView

ID_LENGTH_MAX = 128

Id = Annotated[str, Path(min_length=1, max_length=ID_LENGTH_MAX)]
router = APIRouter(prefix="/v1", dependencies=[Depends(BEARER)], responses=PROBLEMS)


@router.get("/work-items/{work_item_id}/why")
async def item_why(work_item_id: Id, caller: Supervisor, asked: Asked) -> WhyWaitingView:
    """Where an open work item stands: why it waits and what would change that, or whom it was
    offered or given to and why.
    """
    found = require_own(caller, await asked.find("work_item", work_item_id), "work item")
    return await _why(asked, found, work_item_id)


@router.get("/conversations/{conversation_id}/why")
async def conversation_why(conversation_id: Id, caller: Supervisor, asked: Asked) -> WhyWaitingView:
    """The same for a conversation's open work item."""
    found = require_own(caller, await asked.find("conversation", conversation_id), "conversation")
    work_item_id = found.document["work_item_id"]
    if work_item_id is None:
        raise NotFoundError("the conversation has no open work item")
    return await _why(asked, found, work_item_id)


@router.get("/conversations/{conversation_id}/clocks")
async def conversation_clocks(
    conversation_id: Id, caller: Supervisor, asked: Asked
) -> PromisedView:
    """What is promised to an open conversation and what escalates: which clocks run, which stand
    still and why, what fires next and when. Instants are engine time in milliseconds.
    """
    found = require_own(caller, await asked.find("conversation", conversation_id), "conversation")

    def question(engine: Engine, _position: LogPosition) -> Promised:
        return promised(engine.state, conversation_id)

    answer, position = await asked.ask(found.partition, _desk_of(found), question)
    return PromisedView(as_of=AsOf.of(found.partition, position), promised=answer)


@router.get("/work-items/{work_item_id}/why-not/{agent_id}")
async def item_why_not(
    work_item_id: Id, agent_id: Id, caller: Supervisor, asked: Asked
) -> WhyNotView:
    """Everything that keeps this agent from an open work item, or who came first and why."""
    found = require_own(caller, await asked.find("work_item", work_item_id), "work item")

    def question(engine: Engine, _position: LogPosition) -> WhyNot:
        return why_not(engine.state, _need(engine, work_item_id), agent_id)

    answer, position = await asked.ask(found.partition, _desk_of(found), question)
    return WhyNotView(as_of=AsOf.of(found.partition, position), agent=answer)


@router.post(
    "/desks/{desk_id}/configuration/dry-run",
    openapi_extra=configuration_body(),
    responses=BODY_PROBLEMS,
)
async def configuration_dry_run(
    desk_id: Annotated[Name, Path()], request: Request, caller: Administrator, asked: Asked
) -> DryRunView:
    """What this configuration (YAML or JSON, as ingest takes it) would change for the desk's open
    work if it came into force now. Nothing is published.
    """
    caller.require_desk(desk_id)
    is_json = require_media_type(request, JSON, *YAML_TYPES) == JSON
    body = await request.body()
    key = (caller.tenant_id, desk_id)
    found = require_own(caller, await asked.find("desk", "/".join(key)), "desk")
    configuration = await asked.in_thread(lambda: read_desk_configuration(body, is_json=is_json))

    def question(engine: Engine, position: LogPosition) -> DryRun:
        next_offset = position.event_offset + 1
        return dry_run(engine.state, key, configuration, next_offset=next_offset)

    answer, position = await asked.ask(found.partition, key, question, is_spending=True)
    return DryRunView(as_of=AsOf.of(found.partition, position), dry_run=answer)


async def _why(asked: Inquiries, found: FoundEntity, work_item_id: str) -> WhyWaitingView:
    def question(engine: Engine, _position: LogPosition) -> WhyWaiting:
        return why_waiting(engine.state, _need(engine, work_item_id))

    answer, position = await asked.ask(found.partition, _desk_of(found), question)
    return WhyWaitingView(as_of=AsOf.of(found.partition, position), item=answer)


def _need(engine: Engine, work_item_id: str) -> WorkItem:
    """Raises NotFoundError for one that was completed since it was found."""
    item = engine.state.get(WorkItem, work_item_id)
    if item is None:
        raise NotFoundError("no such work item in the saved state")
    return item


def _desk_of(found: FoundEntity) -> tuple[str, str]:
    return (found.document["tenant_id"], found.document["desk_id"])
