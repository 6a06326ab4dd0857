"""Handmade decisions about Ann, her agent Ada and one conversation, for the tests of history."""

from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import (
    AddressFamily,
    DeliveryOutcome,
    HoldKind,
    ParticipantKind,
    QueueingReason,
    Role,
    TenantId,
)
from libs.common.identifiers import contact_point_id_of, customer_id_of

TENANT = TenantId("acme")
DESK = "support"
START_MS = 1_700_000_000_000
CONVERSATION = "cnv_1"
ANN = contact_point_id_of(TENANT, AddressFamily.TELEGRAM, "1001")
ANN_MAIL = contact_point_id_of(TENANT, AddressFamily.EMAIL, "ann@example.com")
AT: dict[str, Any] = {"tenant_id": TENANT, "desk_id": DESK}
ITEM: dict[str, Any] = {"work_item_id": "itm_1", "conversation_id": CONVERSATION}
TRACEPARENT = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


def address(contact_point_id: str = ANN) -> ReplyAddress:
    """Where an answer to Ann goes."""
    is_mail = contact_point_id == ANN_MAIL
    return ReplyAddress(
        channel="email" if is_mail else "telegram",
        endpoint_id="acme-mail" if is_mail else "acme-bot",
        contact_point_id=contact_point_id,
        family=AddressFamily.EMAIL if is_mail else AddressFamily.TELEGRAM,
        address="ann@example.com" if is_mail else "1001",
    )


def opened() -> d.ConversationOpened:
    """Ann's conversation begins."""
    return d.ConversationOpened(
        **AT,
        conversation_id=CONVERSATION,
        customer_id=customer_id_of(ANN),
        contact_point_id=ANN,
        channel="telegram",
    )


def message(sequence: int = 1, text: str = "hello") -> d.MessageFiled:
    """Ann says something."""
    return d.MessageFiled(
        **AT,
        conversation_id=CONVERSATION,
        sequence=sequence,
        message_id=f"msg-{sequence}",
        customer_id=customer_id_of(ANN),
        reply_to=address(),
        content=Content(text=text),
        sender_name="Ann",
    )


def reply(sequence: int = 2, reply_id: str = "rep-1") -> d.ReplyFiled:
    """Ada answers."""
    return d.ReplyFiled(
        **AT,
        conversation_id=CONVERSATION,
        sequence=sequence,
        reply_id=reply_id,
        agent_id="ada",
        customer_id=customer_id_of(ANN),
        reply_to=address(),
        content=Content(text="good day"),
    )


def delivery(
    outcome: DeliveryOutcome, *, attempt: int = 1, reply_id: str = "rep-1"
) -> d.DeliveryFiled:
    """What became of Ada's answer."""
    return d.DeliveryFiled(
        **AT, conversation_id=CONVERSATION, reply_id=reply_id, outcome=outcome, attempt=attempt
    )


def queued(reason: QueueingReason = QueueingReason.ARRIVED) -> d.WorkItemQueued:
    """The conversation waits."""
    return d.WorkItemQueued(
        **AT,
        **ITEM,
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


def reserved() -> d.ReservationOpened:
    """It is offered to Ada."""
    why = d.Why(
        policy="longest_idle",
        configuration_version=1,
        idle_since_ms=START_MS,
        waited_ms=0,
        passed_over={},
    )
    return d.ReservationOpened(
        **AT,
        **ITEM,
        reservation_id="rsv_1",
        queue_id="general",
        agent_id="ada",
        channel="telegram",
        weight=1,
        expires_at_ms=START_MS,
        why=why,
    )


def assigned(agent_id: str = "ada") -> d.WorkItemAssigned:
    """Ada takes it."""
    return d.WorkItemAssigned(
        **AT, **ITEM, reservation_id="rsv_1", queue_id="general", agent_id=agent_id, waited_ms=900
    )


def completed(code: str | None = "solved") -> d.WorkItemCompleted:
    """Nothing is left to do."""
    return d.WorkItemCompleted(**AT, **ITEM, agent_id="ada", code=code)


def escalated() -> d.EscalationFired:
    """It waited too long."""
    return d.EscalationFired(
        **AT,
        **ITEM,
        queue_id="general",
        level=1,
        due_ms=START_MS,
        waited_ms=60_000,
        notify_roles=(Role.SUPERVISOR,),
    )


def closed() -> d.ConversationClosed:
    """Ada ends it."""
    return d.ConversationClosed(
        **AT,
        conversation_id=CONVERSATION,
        customer_id=customer_id_of(ANN),
        agent_id="ada",
    )


def linked(first: str = ANN, second: str = ANN_MAIL) -> d.LinkAdded:
    """Both contact points are one customer."""
    return d.LinkAdded(**AT, contact_point_ids=(first, second))


def unlinked(first: str = ANN, second: str = ANN_MAIL) -> d.LinkRemoved:
    """They no longer are."""
    return d.LinkRemoved(**AT, contact_point_ids=(first, second))


def canceled(cause: str = "hung_up") -> d.WorkItemCanceled:
    """Ann left before anybody had time."""
    return d.WorkItemCanceled(**AT, **ITEM, queue_id="general", cause=cause, waited_ms=40_000)


def relaxed(step: int = 1, queue_id: str = "general") -> d.WorkItemRelaxed:
    """It has waited, and more agents are asked."""
    return d.WorkItemRelaxed(
        **AT,
        **ITEM,
        step=step,
        queue_id=queue_id,
        requires={},
        prefers={},
        also_queues=(),
        also_groups=(),
        is_for_anyone=False,
        strict_class=4,
        virtual_time_ms=START_MS,
        waited_ms=60_000,
    )


def hold_opened(kind: HoldKind = HoldKind.TRANSFER) -> d.HoldOpened:
    """It is kept for Ada, or Ada for it."""
    return d.HoldOpened(**AT, **ITEM, agent_id="ada", kind=kind, until_ms=START_MS)


def hold_ended(kind: HoldKind = HoldKind.TRANSFER) -> d.HoldEnded:
    """It no longer is."""
    return d.HoldEnded(**AT, **ITEM, agent_id="ada", kind=kind, cause="expired")


def joined(agent_id: str = "b.en") -> d.ParticipantJoined:
    """Ben helps Ada."""
    return d.ParticipantJoined(
        **AT,
        **ITEM,
        agent_id=agent_id,
        kind=ParticipantKind.CONSULTANT,
        weight=1,
        by_agent_id="ada",
    )


def left(agent_id: str = "b.en") -> d.ParticipantRemoved:
    """Ben has helped."""
    return d.ParticipantRemoved(**AT, **ITEM, agent_id=agent_id, cause="left")


def owner_changed(agent_id: str = "b.en") -> d.OwnerChanged:
    """Ada leaves and Ben goes on."""
    return d.OwnerChanged(**AT, **ITEM, from_agent_id="ada", agent_id=agent_id)
