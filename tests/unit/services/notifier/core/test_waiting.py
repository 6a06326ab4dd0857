"""Customers who wait in a web chat are told their place; nobody else is, and nobody twice."""

from typing import Any

import orjson

from libs.common.contracts import decisions as d
from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import AddressFamily
from services.notifier.core import audiences
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification
from services.notifier.core.waiting import WaitingCustomers
from tests.unit.services.notifier import builders as b

VISITOR = audiences.customer("site", b.reply_address().contact_point_id)
ARRIVES = (b.message_filed(owner_id=None), b.work_item_queued())
MEASURED = b.queue_measured((1, 5, b.NOW_MS - 9), (2, 5, b.NOW_MS))


def follow(
    customers: WaitingCustomers, *decisions: AnyDecision, is_heard: bool = True
) -> list[Notification]:
    """What follows from one record with these decisions."""
    told = customers.follow(b.record(*decisions), 7, is_heard=lambda *_: is_heard)
    return list(told)


def places_after(*decisions: AnyDecision, measured: d.QueueMeasured = MEASURED) -> list[int]:
    """The places that are told when the queue is measured after a visitor came, and then this."""
    customers = WaitingCustomers()
    follow(customers, *ARRIVES, *decisions)
    return [body_of(told)["position"] for told in follow(customers, measured)]


def body_of(notification: Notification) -> dict[str, Any]:
    """The body that the customer sees."""
    body: dict[str, Any] = orjson.loads(notification.message)["body"]
    return body


def test_waiting_customer_is_told_their_place_and_nothing_of_the_desk() -> None:
    """Place, length, estimate, and what they are worth; at the cursor of the measure."""
    customers = WaitingCustomers()
    follow(customers, *ARRIVES)

    (told,) = follow(customers, MEASURED)

    assert told.audiences == (VISITOR,)
    assert (told.type, told.cursor) == ("queue.position", Cursor(7, 1))
    assert body_of(told) == {
        "conversation_id": "cnv_1",
        "position": 2,
        "waiting": 2,
        "estimated_wait_s": 120,
        "basis": "within this queue, before skills",
    }


def test_nothing_is_worked_out_for_who_does_not_listen() -> None:
    """A closed browser costs nothing."""
    customers = WaitingCustomers()
    follow(customers, *ARRIVES)

    assert follow(customers, MEASURED, is_heard=False) == []


def test_other_queues_measure_tells_nothing() -> None:
    """A place is within one queue, of one desk."""
    assert places_after(measured=b.queue_measured((1, 5, 0), queue_id="mail")) == []
    assert places_after(measured=b.queue_measured((1, 5, 0), desk_id="sales")) == []


def test_customer_of_another_channel_has_no_stream() -> None:
    """A mail waits as well, and nobody looks at it."""
    address = b.reply_address(channel="email", family=AddressFamily.EMAIL, address="a@b.example")
    customers = WaitingCustomers()
    follow(customers, b.message_filed(None, reply_to=address), b.work_item_queued())

    assert follow(customers, MEASURED) == []


def test_assignment_cancelation_and_end_are_the_end_of_waiting() -> None:
    """Who is served or gone has no place."""
    assigned = b.work_item(
        d.WorkItemAssigned,
        reservation_id="itm_1.1",
        queue_id="general",
        agent_id=b.AGENT,
        waited_ms=1,
    )
    canceled = b.work_item(d.WorkItemCanceled, queue_id="general", cause="left", waited_ms=1)
    closed = d.ConversationClosed(
        tenant_id=b.TENANT,
        desk_id=b.DESK,
        conversation_id="cnv_1",
        customer_id="cus_1",
        agent_id=b.AGENT,
    )

    assert places_after(assigned) == []
    assert places_after(canceled) == []
    assert places_after(canceled, closed) == []
    assert places_after(closed, b.work_item_queued()) == []


def test_transfer_puts_the_customer_into_the_other_queue() -> None:
    """After an assignment the place begins anew, where the item now waits."""
    elsewhere = b.work_item_queued(queue_id="mail")
    there = b.queue_measured((1, 5, b.NOW_MS + 1), queue_id="mail")

    assert places_after(elsewhere) == []
    assert places_after(elsewhere, measured=there) == [1]


def test_relaxation_and_promotion_move_the_place() -> None:
    """A step may change class and virtual time, a promotion changes the class."""
    relaxed = b.work_item(
        d.WorkItemRelaxed,
        step=1,
        queue_id="general",
        requires={},
        prefers={},
        also_queues=(),
        also_groups=(),
        is_for_anyone=False,
        strict_class=5,
        virtual_time_ms=b.NOW_MS - 20,
        waited_ms=1,
    )
    promoted = b.work_item(d.WorkItemPromoted, strict_class=4, has_best_rank=False)

    assert places_after(relaxed) == [1]
    assert places_after(promoted) == [1]


def test_decisions_about_others_change_nothing() -> None:
    """A promotion of who is not known, and an owner's message that is filed later."""
    unknown = b.work_item(
        d.WorkItemPromoted, conversation_id="cnv_9", strict_class=1, has_best_rank=False
    )

    assert places_after(unknown, b.message_filed(owner_id=None), b.reservation_opened()) == [2]


def test_memory_is_bounded_and_the_oldest_is_forgotten() -> None:
    """A flood of visitors costs places, never the process."""
    customers = WaitingCustomers(conversations_max=2)
    for number in (1, 2, 3):
        conversation = {"conversation_id": f"cnv_{number}"}
        follow(
            customers,
            b.message_filed(None, **conversation),
            b.work_item_queued(**conversation),
            b.message_filed(None, **conversation),
        )

    told = [body_of(one)["conversation_id"] for one in follow(customers, MEASURED)]

    assert told == ["cnv_2", "cnv_3"]
