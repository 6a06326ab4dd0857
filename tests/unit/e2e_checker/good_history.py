"""A good run of two tenants, by hand: answered, timed out, escalated, repeated, taken over."""

from libs.common import clock
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import AddressFamily, DeliveryOutcome, QueueingReason
from libs.common.contracts.wire import encode_event
from tests.e2e.checker import RawRecord
from tests.e2e.checker.material import KnownEndpoint
from tests.unit.e2e_checker.deciding import (
    ACME,
    OTHER,
    OTHER_PARTITION,
    assigned,
    closed,
    configuration,
    escalated,
    filed,
    offered,
    opened,
    queued,
    replied,
    said,
    sent,
    timed_out,
    went_out,
)
from tests.unit.e2e_checker.forging import START_MS, Forgery
from tests.unit.e2e_checker.outside import acted, alerted, heard, reached, remembered


def good_history() -> Forgery:
    """The run that every forged one starts from."""
    run = Forgery(
        endpoints={
            "bot": KnownEndpoint(
                tenant_id="acme", desk_id="support", channel="telegram", through="token"
            ),
            "other-bot": KnownEndpoint(
                tenant_id="other", desk_id="sales", channel="telegram", through="other-token"
            ),
        },
        alerted_desks=frozenset({("acme", "support")}),
    )
    run.take_over(0)
    run.take_over(OTHER_PARTITION)
    _first_conversation(run)
    run.take_over(0)
    _second_conversation(run)
    _other_tenant(run)
    _timeline(run)
    _order(run)
    return run


def _first_conversation(run: Forgery) -> None:
    applied = d.ConfigurationApplied(**ACME, version=1, configuration=configuration("anna", "ben"))
    run.happen("cfg", e.DeskConfigured(configuration=applied.configuration), [applied])
    run.happen(
        "m1",
        said(7, "hello", 1),
        [opened(7), filed(7, 1, "m1", "hello"), queued(7), offered(7, 1, "anna")],
    )
    accepted = e.ReservationAccepted(agent_id="anna", reservation_id="i7.1")
    run.happen("a1", accepted, [assigned(7, 1, "anna")])
    run.happen("m2", said(7, "more", 2), [filed(7, 2, "m2", "more")])
    reply = e.ReplySent(agent_id="anna", conversation_id="c7", text="answer")
    run.happen("r1", reply, [replied(7, 3, "r1", "answer", "anna")])
    run.happen("o1", _outcome(7, "r1"), [went_out(7, "r1")])
    close = e.CloseRequested(agent_id="anna", conversation_id="c7")
    run.happen("x1", close, closed(7, "anna"))
    run.outside += [sent(7, "hello", 1), sent(7, "more", 2), reached(7, "answer")]
    run.outside += [acted("anna", "a1"), acted("anna", "r1"), heard(7, "anna")]


def _second_conversation(run: Forgery) -> None:
    tick = e.ClockTicked(owner="o")
    run.happen(
        "m3",
        said(8, "help", 1),
        [opened(8), filed(8, 1, "m3", "help"), queued(8), offered(8, 1, "anna")],
    )
    again: list[AnyDecision] = [
        timed_out(8, 1, "anna"),
        queued(8, QueueingReason.TIMED_OUT),
        offered(8, 2, "ben"),
    ]
    run.happen("t1", tick, again, desk=("", ""))
    run.happen("t2", tick, [escalated(8)], desk=("", ""))
    accepted = e.ReservationAccepted(agent_id="ben", reservation_id="i8.2")
    run.happen("a2", accepted, [assigned(8, 2, "ben")])
    reply = e.ReplySent(agent_id="ben", conversation_id="c8", text="done")
    run.happen("r2", reply, [replied(8, 2, "r2", "done", "ben")])
    run.happen("o2", _outcome(8, "r2"), [went_out(8, "r2")])
    run.happen("m3", said(8, "help", 1))  # The provider repeats itself; nothing follows.
    run.outside += [sent(8, "help", 1), sent(8, "help", 1), reached(8, "done"), alerted(8)]


def _other_tenant(run: Forgery) -> None:
    desk, partition = ("other", "sales"), OTHER_PARTITION
    applied = d.ConfigurationApplied(**OTHER, version=1, configuration=configuration("olga"))
    run.happen(
        "cfg2",
        e.DeskConfigured(configuration=applied.configuration),
        [applied],
        desk=desk,
        partition=partition,
    )
    filed_there = filed(9, 1, "m9", "ola", desk=OTHER, endpoint_id="other-bot")
    run.happen(
        "m9",
        said(9, "ola", 1, "other-bot"),
        [opened(9, OTHER), filed_there, queued(9, desk=OTHER), offered(9, 1, "olga", OTHER)],
        desk=desk,
        partition=partition,
    )
    run.outside.append(sent(9, "ola", 1, "other-bot"))


def _timeline(run: Forgery) -> None:
    run.timeline += [
        remembered(7, 1, "hello"),
        remembered(7, 2, "more"),
        remembered(7, 3, "answer", kind="reply"),
        remembered(8, 1, "help"),
        remembered(8, 2, "done", kind="reply"),
        remembered(9, 1, "ola", desk=OTHER),
    ]


def _order(run: Forgery) -> None:
    data = e.CustomerEventRecorded(
        kind="order_placed",
        family=AddressFamily.TELEGRAM,
        address="7",
        contact_point_id=f"ctp_{7:020x}",
        summary="order 1",
    )
    value = encode_event(data, event_id="e1", source="shop", time=clock.now(), tenant_id="acme")
    run.customer_events.append(
        RawRecord(partition=0, offset=0, key=b"acme/cus", value=value, time_ms=START_MS)
    )
    run.outside.append(
        {
            "kind": "sent",
            "channel": "events",
            "endpoint_id": "shop",
            "provider_message_id": "1",
            "text": "order 1",
            "status": 202,
        }
    )
    run.timeline.append(
        {
            "tenant_id": "acme",
            "desk_id": "",
            "origin": "customer",
            "kind": "order_placed",
            "position": "0",
            "details": {"summary": "order 1"},
        }
    )


def _outcome(number: int, reply_id: str) -> e.DeliveryReported:
    return e.DeliveryReported(
        conversation_id=f"c{number}",
        reply_id=reply_id,
        outcome=DeliveryOutcome.SENT,
        attempt=1,
    )
