"""The agents' door for what shall happen later: put a conversation aside, promise to be back.

202 says that the event is safe; whether it takes effect the router decides, as for every action
of an agent. A time that has passed or is years ahead is refused here already.
"""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field, NaiveDatetime, model_validator

from libs.common import clock
from libs.common.contracts.events import (
    FollowUpCancelRequested,
    FollowUpRequested,
    SnoozeRequested,
)
from libs.common.contracts.terms import ShortText
from services.ingest.access import Accepted, read_body
from services.ingest.action_doors import ActionDoor, Agent, ConversationId, action_routes
from services.ingest.core.agent_actions import ActionInput, NothingInput, agent_id_of
from services.ingest.core.due_times import due_ms_of, instant_of
from services.ingest.publisher import EventPublisher


class SnoozeInput(ActionInput):
    """Until when the conversation is put aside; its customer's next message ends it before."""

    until: AwareDatetime = Field(examples=["2026-12-01T15:00:00+01:00"])


class FollowUpInput(ActionInput):
    """When the customer was promised to hear from us: an instant (`at`), or what the clock shows
    where they are (`local`, in `zone`). The note is for whoever keeps the promise.
    """

    at: AwareDatetime | None = Field(default=None, examples=["2026-12-01T15:00:00+01:00"])
    local: NaiveDatetime | None = Field(default=None, examples=["2026-12-01T15:00"])
    zone: ShortText | None = Field(default=None, examples=["Europe/Berlin"])
    note: ShortText = ""

    @model_validator(mode="after")
    def _names_one_time(self) -> Self:
        if (self.at is None) == (self.local is None) or (self.local is not None) != bool(self.zone):
            raise ValueError("name either `at`, or `local` and `zone`")
        return self

    def instant(self) -> datetime:
        """The one time that is meant. Raises InvalidInputError for a zone that there is not."""
        return self.at or instant_of(self.local or datetime.min, self.zone or "")  # noqa: DTZ901 - local by its meaning, and never reached


class TimedDoor(ActionDoor):
    """What an agent wants to happen later."""

    async def snooze(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Put a conversation that you own aside until a time, at most 366 days ahead.

        It comes back to you, or to its queue if you are not there. Calls can't be put aside.
        """
        sent = await read_body(request, SnoozeInput)
        data = SnoozeRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            until_ms=due_ms_of(sent.until, now=clock.now(), field="until"),
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def follow_up(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Promise the customer of a conversation that you own to be back, at most 366 days ahead.

        Said again, it is put off. At that time the work is yours if you are there, even if the
        conversation was closed; otherwise it goes before what waits in its queue.
        """
        sent = await read_body(request, FollowUpInput)
        data = FollowUpRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            due_ms=due_ms_of(sent.instant(), now=clock.now(), field="at" if sent.at else "local"),
            zone=sent.zone or "",
            note=sent.note,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def cancel_follow_up(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Take back what you promised."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = FollowUpCancelRequested(
            agent_id=agent_id_of(agent.subject), conversation_id=conversation_id
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))


def timed_routes(publisher: EventPublisher) -> APIRouter:
    """The routes below a conversation that name a later time."""
    door = TimedDoor(publisher)
    prefix = "/v1/desks/{desk}/conversations/{conversation}"
    routes = (
        ("/snooze", door.snooze, SnoozeInput),
        ("/follow-up", door.follow_up, FollowUpInput),
        ("/follow-up/cancel", door.cancel_follow_up, NothingInput),
    )
    return action_routes(prefix, routes, may_be_empty={NothingInput})
