"""The vocabulary of a history that is written by hand: what each party says, in one line each."""

from typing import Any, TypedDict

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import (
    AddressFamily,
    DeliveryOutcome,
    QueueingReason,
    ReservationOutcome,
    Role,
)
from tests.unit.e2e_checker.forging import START_MS, STEP_MS


class DeskFields(TypedDict):
    """Whose a decision is."""

    tenant_id: str
    desk_id: str


ACME: DeskFields = {"tenant_id": "acme", "desk_id": "support"}
OTHER: DeskFields = {"tenant_id": "other", "desk_id": "sales"}
OTHER_PARTITION = 1
WHY = d.Why(
    policy="longest_idle", configuration_version=1, idle_since_ms=0, waited_ms=0, passed_over={}
)


def configuration(*agents: str, capacity_units: int = 1) -> DeskConfiguration:
    """One queue, these agents."""
    return DeskConfiguration.model_validate(
        {
            "queues": [{"queue_id": "general"}],
            "agents": [
                {"agent_id": agent, "queues": {"general": 1}, "capacity_units": capacity_units}
                for agent in agents
            ],
            "default": {"queue": "general"},
        }
    )


def address(number: int, endpoint_id: str = "bot") -> ReplyAddress:
    """Where customer `number` is answered."""
    return ReplyAddress(
        channel="telegram",
        endpoint_id=endpoint_id,
        contact_point_id=f"ctp_{number:020x}",
        family=AddressFamily.TELEGRAM,
        address=str(number),
    )


def said(number: int, text: str, message: int, endpoint_id: str = "bot") -> e.MessageReceived:
    """A message of customer `number`."""
    return e.MessageReceived(
        reply_to=address(number, endpoint_id),
        provider_message_id=f"{number}/{message}",
        content=Content(text=text),
    )


def sent(number: int, text: str, message: int, endpoint_id: str = "bot") -> dict[str, Any]:
    """The provider's line for that message."""
    return {
        "kind": "sent",
        "channel": "telegram",
        "endpoint_id": endpoint_id,
        "provider_message_id": f"{number}/{message}",
        "text": text,
        "status": 200,
    }


def opened(number: int, desk: DeskFields = ACME) -> d.ConversationOpened:
    """Customer `number`'s conversation begins."""
    return d.ConversationOpened(
        **desk,
        conversation_id=f"c{number}",
        customer_id=f"cus_{number:020x}",
        contact_point_id=f"ctp_{number:020x}",
        channel="telegram",
    )


def filed(
    number: int,
    sequence: int,
    event_id: str,
    text: str,
    *,
    desk: DeskFields = ACME,
    endpoint_id: str = "bot",
) -> d.MessageFiled:
    """The message has its place."""
    return d.MessageFiled(
        **desk,
        conversation_id=f"c{number}",
        sequence=sequence,
        message_id=event_id,
        customer_id=f"cus_{number:020x}",
        reply_to=address(number, endpoint_id),
        content=Content(text=text),
    )


def queued(
    number: int, reason: QueueingReason = QueueingReason.ARRIVED, desk: DeskFields = ACME
) -> d.WorkItemQueued:
    """Its item stands in the line."""
    return d.WorkItemQueued(
        **desk,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        queue_id="general",
        requires={},
        channel="telegram",
        weight=1,
        strict_class=5,
        virtual_time_ms=START_MS,
        sequence=1,
        reason=reason,
        rule_id="default",
        configuration_version=1,
    )


def offered(number: int, offer: int, agent_id: str, desk: DeskFields = ACME) -> d.ReservationOpened:
    """It is offered to an agent."""
    return d.ReservationOpened(
        **desk,
        reservation_id=f"i{number}.{offer}",
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        queue_id="general",
        agent_id=agent_id,
        channel="telegram",
        weight=1,
        expires_at_ms=START_MS + 20_000,
        why=WHY,
    )


def timed_out(number: int, offer: int, agent_id: str) -> d.ReservationEnded:
    """Nobody answered the offer."""
    return d.ReservationEnded(
        **ACME,
        reservation_id=f"i{number}.{offer}",
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        agent_id=agent_id,
        outcome=ReservationOutcome.TIMED_OUT,
    )


def assigned(number: int, offer: int, agent_id: str, desk: DeskFields = ACME) -> d.WorkItemAssigned:
    """The agent owns the conversation."""
    return d.WorkItemAssigned(
        **desk,
        reservation_id=f"i{number}.{offer}",
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        queue_id="general",
        agent_id=agent_id,
        waited_ms=0,
    )


def replied(number: int, sequence: int, event_id: str, text: str, agent_id: str) -> d.ReplyFiled:
    """The owner answers."""
    return d.ReplyFiled(
        **ACME,
        conversation_id=f"c{number}",
        sequence=sequence,
        reply_id=event_id,
        agent_id=agent_id,
        customer_id=f"cus_{number:020x}",
        reply_to=address(number),
        content=Content(text=text),
    )


def went_out(number: int, reply_id: str) -> d.DeliveryFiled:
    """The provider took the answer."""
    return d.DeliveryFiled(
        **ACME,
        conversation_id=f"c{number}",
        reply_id=reply_id,
        outcome=DeliveryOutcome.SENT,
        attempt=1,
    )


def closed(number: int, agent_id: str) -> tuple[d.ConversationClosed, d.WorkItemCompleted]:
    """The end."""
    return (
        d.ConversationClosed(
            **ACME,
            conversation_id=f"c{number}",
            customer_id=f"cus_{number:020x}",
            agent_id=agent_id,
        ),
        d.WorkItemCompleted(
            **ACME, work_item_id=f"i{number}", conversation_id=f"c{number}", agent_id=agent_id
        ),
    )


def escalated(number: int) -> d.EscalationFired:
    """It waited too long."""
    return d.EscalationFired(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        queue_id="general",
        level=1,
        due_ms=START_MS + STEP_MS,
        waited_ms=STEP_MS,
        notify_roles=(Role.SUPERVISOR,),
    )
