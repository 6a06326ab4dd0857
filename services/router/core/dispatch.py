"""Which rule each event is for: checks what the event names, then hands over."""

from typing import assert_never

from libs.common.contracts import events as e
from libs.common.contracts.terms import ParticipantKind, RefusalReason
from libs.common.contracts.wire import Event
from services.router.core import (
    configuring,
    conversations,
    memory,
    participants,
    presence,
    reservations,
    work,
)
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.escalation_chains import acknowledge
from services.router.core.links import link, unlink
from services.router.core.ticking import tick
from services.router.core.turn import Refused, Turn

OwnersRequest = (
    e.TransferRequested | e.ParkRequested | e.CloseRequested | e.OwnerLeft | e.ParticipantInvited
)


def dispatch(turn: Turn, event: Event | None) -> None:
    """Decide one event within its turn. Raises Refused, having changed nothing."""
    if event is None:
        raise Refused(RefusalReason.UNDECODABLE)
    data = event.data
    match data:
        case e.ClockTicked():
            tick(turn)
        case e.NotifierAlive():
            presence.see_replica(turn, data.replica_id)
        case e.DeskConfigured():
            configuring.configure(
                turn, tenant_id=event.tenant_id, desk_id=event.desk_id, configured=data
            )
        case _:
            if memory.is_too_old(turn.state, event.time_ms):
                raise Refused(RefusalReason.TOO_OLD)
            if memory.is_from_the_future(turn.state, event.time_ms):
                raise Refused(RefusalReason.FROM_THE_FUTURE)
            desk = turn.state.get(Desk, event.tenant_id, event.desk_id)
            if desk is None:
                raise Refused(RefusalReason.DESK_NOT_CONFIGURED)
            _for_desk(turn, desk, data)


def _for_desk(turn: Turn, desk: Desk, data: e.EventData) -> None:
    match data:
        case e.MessageReceived():
            conversations.receive_message(turn, desk, data)
        case e.ReplySent():
            conversations.send_reply(turn, desk, data)
        case e.DeliveryReported():
            conversations.report_delivery(turn, desk, data)
        case e.ContactEnded():
            conversations.end_conversation(turn, desk, data)
        case e.ContactPointsLinked():
            link(turn, desk, data)
        case e.ContactPointsUnlinked():
            unlink(turn, desk, data)
        case e.AgentConnected() | e.AgentDisconnected() | e.AgentPresenceSet():
            _for_agent(turn, desk, data)
        case _:
            _for_work(turn, desk, data)


def _for_agent(
    turn: Turn, desk: Desk, said: e.AgentConnected | e.AgentDisconnected | e.AgentPresenceSet
) -> None:
    agent = turn.state.get(Agent, *desk.key, said.agent_id)
    is_configured = said.agent_id in turn.state.index_of(desk.key).profiles.of_agent
    # A stream ends whatever the configuration says by then: its agent may be configured again.
    if agent is None or not (is_configured or isinstance(said, e.AgentDisconnected)):
        raise Refused(RefusalReason.UNKNOWN_AGENT, subject_id=said.agent_id)
    match said:
        case e.AgentConnected():
            presence.connect(turn, agent, said)
        case e.AgentDisconnected():
            presence.disconnect(turn, agent, connection_id=said.connection_id, cause="disconnected")
        case e.AgentPresenceSet():
            presence.set_presence(turn, agent, said.presence)
        case _:
            assert_never(said)


def _for_work(turn: Turn, desk: Desk, data: e.EventData) -> None:
    match data:
        case e.ReservationAccepted():
            reservations.accept(
                turn, desk, agent_id=data.agent_id, reservation_id=data.reservation_id
            )
        case e.ReservationRejected():
            reservations.reject(
                turn, desk, agent_id=data.agent_id, reservation_id=data.reservation_id
            )
        case e.WrapUpFinished():
            work.finish_wrap_up(turn, desk, data)
        case e.EscalationAcknowledged():
            acknowledge(turn, desk, data)
        case e.ParticipantLeft():
            participants.leave_conversation(turn, desk, data)
        case e.ParticipantInvited() if data.kind is ParticipantKind.MONITOR:
            _for_monitor(turn, desk, data)
        case (
            e.TransferRequested()
            | e.ParkRequested()
            | e.CloseRequested()
            | e.OwnerLeft()
            | e.ParticipantInvited()
        ):
            _for_owner(turn, desk, data)
        case _:
            raise Refused(RefusalReason.UNPROCESSABLE, detail="not a routing event")


def _for_monitor(turn: Turn, desk: Desk, invited: e.ParticipantInvited) -> None:
    """A monitor needs no invitation by the owner: who may monitor was checked at the door."""
    item = conversations.owned_item(turn, desk, invited.conversation_id)
    participants.invite(turn, desk, item, invited)


def _for_owner(turn: Turn, desk: Desk, request: OwnersRequest) -> None:
    conversation = conversations.owned_conversation(
        turn, desk, agent_id=request.agent_id, conversation_id=request.conversation_id
    )
    item = turn.state.need(WorkItem, conversation.work_item_id or "")
    match request:
        case e.TransferRequested():
            work.transfer(turn, desk, item, request)
        case e.ParkRequested():
            work.park(turn, desk, item)
        case e.CloseRequested():
            work.close(turn, desk, conversation, item)
        case e.OwnerLeft():
            participants.succeed(turn, desk, item, request)
        case e.ParticipantInvited():
            participants.invite(turn, desk, item, request)
        case _:
            assert_never(request)
