"""Which rule each event is for: checks what the event names, then hands over.

By a table of types: an event is one of twenty, and to ask of which class it is costs as much, for
each class, as a small rule.
"""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import events as e
from libs.common.contracts.terms import ParticipantKind, RefusalReason
from libs.common.contracts.thread_events import SpamMarked, UnblockRequested
from libs.common.contracts.wire import Event
from services.router.core import (
    blocking,
    configuring,
    conversations,
    follow_ups,
    memory,
    merging,
    participants,
    presence,
    reservations,
    splitting,
    work,
)
from services.router.core.entities import Agent, Conversation, Desk, WorkItem
from services.router.core.escalation_chains import acknowledge
from services.router.core.links import link, unlink
from services.router.core.snoozing import snooze
from services.router.core.ticking import tick
from services.router.core.turn import Refused, Turn


def dispatch(turn: Turn, event: Event | None) -> None:
    """Decide one event within its turn. Raises Refused, having changed nothing."""
    if event is None:
        raise Refused(RefusalReason.UNDECODABLE)
    rule = _RULES.get(type(event.data))
    if rule is None:
        _for_partition(turn, event)
        return
    rule(turn, _desk_of(turn, event), event.data)


def _desk_of(turn: Turn, event: Event) -> Desk:
    """The desk of an event that comes in time; refuses otherwise."""
    if memory.is_too_old(turn.state, event.time_ms):
        raise Refused(RefusalReason.TOO_OLD)
    if memory.is_from_the_future(turn.state, event.time_ms):
        raise Refused(RefusalReason.FROM_THE_FUTURE)
    desk = turn.state.get(Desk, event.tenant_id, event.desk_id)
    if desk is None:
        raise Refused(RefusalReason.DESK_NOT_CONFIGURED)
    return desk


def _for_partition(turn: Turn, event: Event) -> None:
    """What is for no configured desk."""
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
            _desk_of(turn, event)
            raise Refused(RefusalReason.UNPROCESSABLE, detail="not a routing event")


def _connect(turn: Turn, desk: Desk, said: e.AgentConnected) -> None:
    presence.connect(turn, _configured(turn, desk, said.agent_id), said)


def _set_presence(turn: Turn, desk: Desk, said: e.AgentPresenceSet) -> None:
    presence.set_presence(turn, _configured(turn, desk, said.agent_id), said.presence)


def _disconnect(turn: Turn, desk: Desk, said: e.AgentDisconnected) -> None:
    """A stream ends whatever the configuration says by then: its agent may be configured again."""
    agent = _agent(turn, desk, said.agent_id)
    presence.disconnect(turn, agent, connection_id=said.connection_id, cause="disconnected")


def _configured(turn: Turn, desk: Desk, agent_id: str) -> Agent:
    agent = _agent(turn, desk, agent_id)
    if agent_id not in turn.state.index_of(desk.key).profiles.of_agent:
        raise Refused(RefusalReason.UNKNOWN_AGENT, subject_id=agent_id)
    return agent


def _agent(turn: Turn, desk: Desk, agent_id: str) -> Agent:
    agent = turn.state.get(Agent, *desk.key, agent_id)
    if agent is None:
        raise Refused(RefusalReason.UNKNOWN_AGENT, subject_id=agent_id)
    return agent


def _accept(turn: Turn, desk: Desk, said: e.ReservationAccepted) -> None:
    reservations.accept(turn, desk, agent_id=said.agent_id, reservation_id=said.reservation_id)


def _reject(turn: Turn, desk: Desk, said: e.ReservationRejected) -> None:
    reservations.reject(turn, desk, agent_id=said.agent_id, reservation_id=said.reservation_id)


def _invite(turn: Turn, desk: Desk, invited: e.ParticipantInvited) -> None:
    """A monitor needs no invitation by the owner: who may monitor was checked at the door."""
    if invited.kind is ParticipantKind.MONITOR:
        item = conversations.owned_item(turn, desk, invited.conversation_id)
    else:
        _, item = _owned(turn, desk, invited)
    participants.invite(turn, desk, item, invited)


def _transfer(turn: Turn, desk: Desk, request: e.TransferRequested) -> None:
    _, item = _owned(turn, desk, request)
    work.transfer(turn, desk, item, request)


def _park(turn: Turn, desk: Desk, request: e.ParkRequested) -> None:
    _, item = _owned(turn, desk, request)
    work.park(turn, desk, item)


def _snooze(turn: Turn, desk: Desk, request: e.SnoozeRequested) -> None:
    _, item = _owned(turn, desk, request)
    snooze(turn, desk, item, request)


def _follow_up(turn: Turn, desk: Desk, request: e.FollowUpRequested) -> None:
    _, item = _owned(turn, desk, request)
    follow_ups.schedule(turn, desk, item, request)


def _close(turn: Turn, desk: Desk, request: e.CloseRequested) -> None:
    conversation, item = _owned(turn, desk, request)
    work.close_if_seen(turn, desk, conversation, item, after_sequence=request.after_sequence)


def _split(turn: Turn, desk: Desk, request: e.SplitRequested) -> None:
    splitting.split(turn, desk, *_owned(turn, desk, request), request)


def _mark_spam(turn: Turn, desk: Desk, marked: SpamMarked) -> None:
    blocking.mark_spam(turn, desk, *_owned(turn, desk, marked), marked)


def _leave_to_successor(turn: Turn, desk: Desk, left: e.OwnerLeft) -> None:
    _, item = _owned(turn, desk, left)
    participants.succeed(turn, desk, item, left)


def _owned(
    turn: Turn,
    desk: Desk,
    request: e.TransferRequested
    | e.ParkRequested
    | e.SnoozeRequested
    | e.FollowUpRequested
    | e.CloseRequested
    | e.SplitRequested
    | SpamMarked
    | e.OwnerLeft
    | e.ParticipantInvited,
) -> tuple[Conversation, WorkItem]:
    """What the request is about, if who asks owns it; refuses otherwise."""
    conversation = conversations.owned_conversation(
        turn, desk, agent_id=request.agent_id, conversation_id=request.conversation_id
    )
    return conversation, turn.state.need(WorkItem, conversation.work_item_id or "")


_RULES: dict[type[e.EventData], Callable[[Turn, Desk, Any], None]] = {
    e.MessageReceived: conversations.receive_message,
    e.ReplySent: conversations.send_reply,
    e.DeliveryReported: conversations.report_delivery,
    e.ContactEnded: conversations.end_conversation,
    e.ContactPointsLinked: link,
    e.ContactPointsUnlinked: unlink,
    e.AgentConnected: _connect,
    e.AgentDisconnected: _disconnect,
    e.AgentPresenceSet: _set_presence,
    e.ReservationAccepted: _accept,
    e.ReservationRejected: _reject,
    e.WrapUpFinished: work.finish_wrap_up,
    e.EscalationAcknowledged: acknowledge,
    e.TransferRequested: _transfer,
    e.ParkRequested: _park,
    e.SnoozeRequested: _snooze,
    e.FollowUpRequested: _follow_up,
    e.FollowUpCancelRequested: follow_ups.cancel,
    e.CloseRequested: _close,
    e.MergeRequested: merging.merge,
    e.SplitRequested: _split,
    SpamMarked: _mark_spam,
    UnblockRequested: blocking.unblock,
    e.OwnerLeft: _leave_to_successor,
    e.ParticipantInvited: _invite,
    e.ParticipantLeft: participants.leave_conversation,
}
