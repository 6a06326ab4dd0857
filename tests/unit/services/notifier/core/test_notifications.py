"""Tests of what a counted record tells, and to whom."""

from typing import Any

import orjson
import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration, QueueConfiguration, Route
from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import (
    AddressFamily,
    DeliveryOutcome,
    HoldKind,
    ParticipantKind,
    Presence,
    QueueingReason,
    RefusalReason,
    ReservationOutcome,
    Role,
)
from services.notifier.core import audiences
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification, notifications_of
from tests.unit.services.notifier import builders as b

ADA = audiences.agent(b.AGENT)


def told(*decisions: AnyDecision, offset: int = 7) -> tuple[Notification, ...]:
    """What a record with these decisions tells."""
    return notifications_of(b.record(*decisions, traceparent=b.TRACEPARENT), offset)


def body_of(notification: Notification) -> dict[str, Any]:
    """The body that a stream shows."""
    body: dict[str, Any] = orjson.loads(notification.message)["body"]
    return body


def test_offer_is_told_to_its_agent_and_the_supervisors() -> None:
    """The agent sees what is offered until when and why; the desk's overview sees it too."""
    (notification,) = told(b.reservation_opened())

    assert notification.type == "reservation.opened"
    assert notification.audiences == (ADA, audiences.SUPERVISORS)
    assert body_of(notification)["expires_at_ms"] == b.NOW_MS + 20_000
    assert body_of(notification)["why"]["policy"] == "longest_idle"


def test_message_names_its_place_its_decision_and_its_trace() -> None:
    """Cursor, id, time and trace stand in every message, and the envelope's fields only there."""
    _, second = told(b.work_item_queued(), b.reservation_opened())

    message = orjson.loads(second.message)

    assert second.cursor == Cursor(7, 2)
    assert message["cursor"] == "7.2"
    assert message["id"] == second.id == "event-1.1"
    assert message["time"] == "2025-06-15T15:06:40.000+00:00"
    assert message["traceparent"] == b.TRACEPARENT
    assert {"tenant_id", "desk_id", "type"}.isdisjoint(message["body"])


def test_message_of_a_customer_is_for_its_owner_alone() -> None:
    """What a customer wrote goes to the owner; before there is one, to nobody."""
    (owned,) = told(b.message_filed())

    assert owned.audiences == (ADA,)
    assert body_of(owned)["content"]["text"] == "Where is my parcel?"
    assert told(b.message_filed(owner_id=None)) == ()


def test_reply_on_the_web_has_a_view_for_the_customer() -> None:
    """The customer sees the answer and not who gave it; both views share one cursor."""
    desk, customer = told(b.reply_filed())

    assert desk.audiences == (ADA,)
    assert customer.audiences == (audiences.customer("site", b.reply_address().contact_point_id),)
    assert desk.cursor == customer.cursor
    assert body_of(customer)["content"]["text"] == "It comes tomorrow."
    assert set(body_of(customer)) == {"conversation_id", "sequence", "reply_id", "content"}


def test_reply_elsewhere_has_no_view_for_a_stream() -> None:
    """On other channels the provider brings the answer."""
    reply = b.reply_filed(
        reply_to=b.reply_address(channel="telegram", family=AddressFamily.TELEGRAM, address="7")
    )

    (desk,) = told(reply)

    assert desk.audiences == (ADA,)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (DeliveryOutcome.SENT, (ADA,)),
        (DeliveryOutcome.FAILED, (ADA, audiences.SUPERVISORS)),
    ],
)
def test_failed_delivery_reaches_the_supervisors_too(
    outcome: DeliveryOutcome, expected: tuple[str, ...]
) -> None:
    """The agent hears of every delivery, supervisors of those that failed."""
    (notification,) = told(b.delivery_filed(outcome))

    assert notification.audiences == expected


def test_delivery_without_an_owner_is_told_to_nobody_unless_it_failed() -> None:
    """A conversation that was closed meanwhile has nobody to tell."""
    assert told(b.delivery_filed(agent_id=None)) == ()


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (RefusalReason.NOT_THE_OWNER, (ADA,)),
        (RefusalReason.TOO_OLD, (ADA, audiences.SUPERVISORS)),
    ],
)
def test_refusal_answers_its_sender_and_losses_reach_supervisors(
    reason: RefusalReason, expected: tuple[str, ...]
) -> None:
    """Who was late hears why; what a person may want to replay reaches the supervisors."""
    (notification,) = told(b.event_refused(reason))

    assert notification.audiences == expected


def test_transfer_is_told_to_who_gave_it_away() -> None:
    """The queue's overview sees the item again, and the agent that it left."""
    (notification,) = told(
        b.work_item_queued(reason=QueueingReason.TRANSFERRED, by_agent_id=b.AGENT)
    )

    assert notification.audiences == (ADA, audiences.SUPERVISORS)


def test_escalation_reaches_agents_only_where_the_policy_says_so() -> None:
    """Supervisors always hear; all agents when their role is named."""
    (for_supervisors,) = told(b.escalation_fired())
    (for_all,) = told(b.escalation_fired(Role.AGENT, Role.SUPERVISOR))

    assert for_supervisors.audiences == (audiences.SUPERVISORS,)
    assert for_all.audiences == (audiences.AGENTS, audiences.SUPERVISORS)


def test_an_alert_reaches_the_roles_that_it_names_over_streams_alone() -> None:
    """Firings of a policy and alerts over webhooks are on no stream."""
    (for_supervisors,) = told(b.escalation_alerted())
    (for_agents,) = told(b.escalation_alerted(Role.AGENT))

    assert for_supervisors.audiences == (audiences.SUPERVISORS,)
    assert for_agents.audiences == (audiences.AGENTS,)
    assert told(b.escalation_alerted(ways=("webhook",))) == ()
    assert told(b.escalation_fired(policy_id="help", notify_roles=())) == ()


def test_presence_is_told_to_the_agent() -> None:
    """An agent whom silence set away hears of it."""
    (notification,) = told(
        d.AgentPresenceChanged(
            tenant_id=b.TENANT,
            desk_id=b.DESK,
            agent_id=b.AGENT,
            presence=Presence.AWAY,
            cause="ring_no_answer",
        )
    )

    assert notification.audiences == (ADA, audiences.SUPERVISORS)


def test_configuration_is_told_by_its_version_alone() -> None:
    """A document of a megabyte does not go through every stream."""
    configuration = DeskConfiguration(
        queues=(QueueConfiguration(queue_id="general"),), default=Route(queue="general")
    )

    (notification,) = told(
        d.ConfigurationApplied(
            tenant_id=b.TENANT, desk_id=b.DESK, version=3, configuration=configuration
        )
    )

    assert body_of(notification) == {"version": 3}


BEN = audiences.agent("ben")


@pytest.mark.parametrize(
    ("decision", "type_", "agents"),
    [
        (
            b.work_item(d.HoldOpened, agent_id=b.AGENT, kind=HoldKind.TRANSFER, until_ms=b.NOW_MS),
            "hold.opened",
            (ADA,),
        ),
        (
            b.work_item(d.HoldEnded, agent_id=b.AGENT, kind=HoldKind.TRANSFER, cause="expired"),
            "hold.ended",
            (ADA,),
        ),
        (
            b.work_item(
                d.ParticipantJoined,
                agent_id="ben",
                kind=ParticipantKind.CONSULTANT,
                weight=1,
                by_agent_id=b.AGENT,
            ),
            "participant.joined",
            (BEN, ADA),
        ),
        (
            b.work_item(
                d.ParticipantJoined,
                agent_id="ben",
                kind=ParticipantKind.MONITOR,
                weight=0,
                by_agent_id="ben",
            ),
            "participant.joined",
            (BEN,),
        ),
        (
            b.work_item(d.ParticipantRemoved, agent_id="ben", cause="left"),
            "participant.removed",
            (BEN,),
        ),
        (
            b.work_item(d.OwnerChanged, from_agent_id=b.AGENT, agent_id="ben"),
            "owner.changed",
            (BEN, ADA),
        ),
        (
            b.work_item(d.WorkItemCanceled, queue_id="general", cause="hung_up", waited_ms=1),
            "work_item.canceled",
            (),
        ),
        (b.queue_measured((1, 5, 0)), "queue.measured", ()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_hears_what_concerns_them(
    decision: AnyDecision, type_: str, agents: tuple[str, ...]
) -> None:
    """Those whom the decision names, once each, and the supervisors."""
    (notification,) = told(decision)

    assert notification.type == type_
    assert notification.audiences == (*agents, audiences.SUPERVISORS)


def test_participants_read_along() -> None:
    """Who takes part hears what the customer says and what is answered, as the owner does."""
    message, reply, _ = told(
        b.message_filed(participant_ids=("ben",)), b.reply_filed(participant_ids=("ben",))
    )

    assert message.audiences == (ADA, BEN)
    assert reply.audiences == (ADA, BEN)


def test_broadcast_and_its_end_reach_each_agent_who_was_asked() -> None:
    """Ada is asked with Ben; he is faster, and her offer ends in the same record."""
    ended = b.work_item(
        d.ReservationEnded,
        reservation_id="itm_1.1",
        agent_id=b.AGENT,
        outcome=ReservationOutcome.CANCELED,
    )

    asked_ada, asked_ben, ended_ada = told(
        b.reservation_opened(), b.reservation_opened("ben", reservation_id="itm_1.2"), ended
    )

    assert ADA in asked_ada.audiences
    assert ADA not in asked_ben.audiences
    assert BEN in asked_ben.audiences
    assert ended_ada.audiences == (ADA, audiences.SUPERVISORS)
    assert body_of(ended_ada)["outcome"] == "canceled"


def test_refusal_tells_its_detail() -> None:
    """An agent with a wrong wrap-up code learns the right ones."""
    (notification,) = told(
        b.event_refused(RefusalReason.UNKNOWN_WRAP_UP_CODE, detail="one of: solved, sold")
    )

    assert body_of(notification)["detail"] == "one of: solved, sold"


def test_bookkeeping_is_told_to_nobody() -> None:
    """A replica's sign of life, and a refusal that concerns no desk, make no message."""
    seen = d.ReplicaSeen(tenant_id="", desk_id="", replica_id="replica-1")
    refused = b.event_refused(RefusalReason.UNDECODABLE, tenant_id="", desk_id="")

    assert told(seen, refused) == ()


def test_one_record_may_tell_several_desks() -> None:
    """A tick's decisions name their own desks, and so do the notifications."""
    first, second = told(b.escalation_fired(), b.escalation_fired(desk_id="sales"))

    assert (first.desk_id, second.desk_id) == (b.DESK, "sales")
    assert first.cursor < second.cursor
