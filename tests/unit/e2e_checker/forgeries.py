"""The forged histories: one mistake each in a good one, and the rule that must find it."""

from collections.abc import Callable

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason
from tests.e2e.checker import RawRecord
from tests.unit.e2e_checker import deciding as good
from tests.unit.e2e_checker import outside
from tests.unit.e2e_checker.forging import START_MS, Forgery

Forge = Callable[[Forgery], None]


def _lost_event(run: Forgery) -> None:
    run.outside.append(good.sent(11, "gone", 1))


def _never_filed(run: Forgery) -> None:
    run.drop_decision("m2", 0)


def _two_ids(run: Forgery) -> None:
    run.happen("m1-again", good.said(7, "hello", 1), [good.opened(7)])


def _filed_twice(run: Forgery) -> None:
    run.add_decision("m2", good.filed(7, 3, "m2", "more"))


def _made_up(run: Forgery) -> None:
    run.happen("m0", good.said(12, "nobody", 1))


def _altered(run: Forgery) -> None:
    run.outside[0]["text"] = "something else"


def _lost_action(run: Forgery) -> None:
    run.outside.append(outside.acted("anna", "vanished"))


def _event_skipped(run: Forgery) -> None:
    run.written.remove(run.record_of("o2"))


def _void_counted(run: Forgery) -> None:
    """The record behind a hole is decided on as if it counted: its event stays undecided."""
    run.change("r2", number=9)


def _undecided_tail(run: Forgery) -> None:
    run.events.append(
        RawRecord(
            partition=0,
            offset=14,
            key=b"acme/support",
            value=run.events[-1].value,
            time_ms=START_MS + 20_000,
        )
    )


def _wrong_event(run: Forgery) -> None:
    run.change("m2", event_id="m1")


def _time_goes_back(run: Forgery) -> None:
    run.change("t1", now_ms=START_MS)


def _repeat_takes_effect(run: Forgery) -> None:
    run.happen("m3", good.said(8, "help", 1), [good.filed(8, 3, "m3", "help")])


def _gap_in_sequence(run: Forgery) -> None:
    run.change_decision("m2", 0, sequence=3)
    run.timeline[1]["sequence"] = 3


def _two_open(run: Forgery) -> None:
    opened = d.ConversationOpened(
        **good.ACME,
        conversation_id="c7b",
        customer_id="cus",
        contact_point_id=f"ctp_{7:020x}",
        channel="telegram",
    )
    run.add_decision("m2", opened)


def _after_the_end(run: Forgery) -> None:
    run.happen("m4", good.said(7, "late", 3), [good.filed(7, 4, "m4", "late")])


def _to_a_stranger(run: Forgery) -> None:
    """Customer 8's message stands in customer 7's conversation."""
    run.change_decision("m2", 0, reply_to=good.address(8))


def _two_owners(run: Forgery) -> None:
    run.add_decision("m2", good.offered(7, 2, "ben"))
    run.add_decision("m2", good.assigned(7, 2, "ben"))


def _accepted_after_timeout(run: Forgery) -> None:
    run.change_decision("a2", 0, reservation_id="i8.1", agent_id="anna")


def _ended_twice(run: Forgery) -> None:
    run.add_decision("t2", good.timed_out(8, 1, "anna"))


def _offered_while_assigned(run: Forgery) -> None:
    run.add_decision("a2", good.offered(8, 3, "anna"))


def _over_capacity(run: Forgery) -> None:
    run.change_decision("cfg", 0, configuration=good.configuration("anna", capacity_units=1))


def _heavier_than_allowed(run: Forgery) -> None:
    run.change_decision("m1", 2, weight=2)


def _requeued_without_end(run: Forgery) -> None:
    run.drop_decision("t1", 0)


def _completed_twice(run: Forgery) -> None:
    run.add_decision("x1", good.closed(7, "anna")[1])


def _back_from_the_dead(run: Forgery) -> None:
    run.add_decision("t1", good.queued(7, QueueingReason.TAKEN_BACK))


def _foreign_answer(run: Forgery) -> None:
    run.change_decision("r1", 0, agent_id="ben")


def _foreign_close(run: Forgery) -> None:
    run.change_decision("x1", 0, agent_id="ben")


def _escalated_twice(run: Forgery) -> None:
    run.add_decision("t2", good.escalated(8))


def _escalated_early(run: Forgery) -> None:
    run.change_decision("t2", 0, due_ms=START_MS + 60_000)


def _escalated_after_answer(run: Forgery) -> None:
    run.add_decision("a2", good.escalated(8))


def _escalation_told_twice(run: Forgery) -> None:
    run.outside.append(outside.alerted(8, "msg_2"))


def _escalation_untold(run: Forgery) -> None:
    run.outside = [line for line in run.outside if line["kind"] != "alerted"]


def _wrong_signature(run: Forgery) -> None:
    next(line for line in run.outside if line["kind"] == "alerted")["is_verified"] = False


def _never_delivered(run: Forgery) -> None:
    run.outside = [line for line in run.outside if line.get("text") != "done"]


def _delivered_unfiled(run: Forgery) -> None:
    run.outside.append(outside.reached(7, "never said"))


def _delivered_through_another(run: Forgery) -> None:
    next(line for line in run.outside if line["kind"] == "reached")["through"] = "other-token"


def _no_outcome(run: Forgery) -> None:
    run.drop_decision("o2", 0)


def _outcome_of_nothing(run: Forgery) -> None:
    run.change_decision("o1", 0, reply_id="r9")


def _lost_in_timeline(run: Forgery) -> None:
    del run.timeline[1]


def _doubled_in_timeline(run: Forgery) -> None:
    run.timeline.append(dict(run.timeline[0]))


def _reordered_timeline(run: Forgery) -> None:
    run.timeline[0]["position"] = "999999"


def _other_words_in_timeline(run: Forgery) -> None:
    run.timeline[0]["content"] = {"text": "other words"}


def _undelivered_in_timeline(run: Forgery) -> None:
    run.timeline[2]["delivery"] = {"outcome": "failed"}


def _order_lost(run: Forgery) -> None:
    run.timeline = [entry for entry in run.timeline if entry["origin"] != "customer"]


def _order_doubled(run: Forgery) -> None:
    run.timeline.append(dict(run.timeline[-1]))


def _foreign_tenant(run: Forgery) -> None:
    run.change_decision("a1", 0, **good.OTHER)


def _foreign_timeline(run: Forgery) -> None:
    run.timeline[0]["tenant_id"] = "other"


def _foreign_ear(run: Forgery) -> None:
    run.outside.append(outside.heard(9, "anna"))


def _foreign_event(run: Forgery) -> None:
    run.outside[0]["endpoint_id"] = "other-bot"


def _wrong_key(run: Forgery) -> None:
    first = run.events[0]
    run.events[0] = RawRecord(
        partition=0, offset=0, key=b"other/sales", value=first.value, time_ms=first.time_ms
    )


def _dead_letter(run: Forgery) -> None:
    origin = (("x-origin", b"routing.events.v1/0/3"), ("x-error", b"undecodable"))
    run.dead_letters.append(RawRecord(partition=0, offset=0, key=None, value=b"", headers=origin))


FORGED: tuple[tuple[Forge, str], ...] = (
    (_lost_event, "nothing acknowledged is lost"),
    (_never_filed, "a message is filed once"),
    (_two_ids, "a message is one event"),
    (_filed_twice, "a message is filed once"),
    (_made_up, "events come from outside"),
    (_altered, "a message keeps its text"),
    (_lost_action, "nothing acknowledged is lost"),
    (_event_skipped, "every event is decided"),
    (_void_counted, "every event is decided"),
    (_undecided_tail, "every event is decided"),
    (_wrong_event, "records name their event"),
    (_time_goes_back, "time never goes back"),
    (_repeat_takes_effect, "an event takes effect once"),
    (_gap_in_sequence, "sequences have no gaps"),
    (_two_open, "one open conversation per contact point"),
    (_after_the_end, "only open conversations go on"),
    (_to_a_stranger, "messages stay with their customer"),
    (_two_owners, "one owner at most"),
    (_accepted_after_timeout, "a reservation ends once"),
    (_ended_twice, "a reservation ends once"),
    (_offered_while_assigned, "only queued work is offered"),
    (_over_capacity, "no load above capacity"),
    (_heavier_than_allowed, "no load above capacity"),
    (_requeued_without_end, "a reservation ends once"),
    (_completed_twice, "work is completed once"),
    (_back_from_the_dead, "nothing goes on after its end"),
    (_foreign_answer, "only the owner answers"),
    (_foreign_close, "only the owner closes"),
    (_escalated_twice, "an escalation fires once"),
    (_escalated_early, "no escalation before it is due"),
    (_escalated_after_answer, "only waiting work escalates"),
    (_escalation_told_twice, "an escalation is told once"),
    (_escalation_untold, "an escalation is told once"),
    (_wrong_signature, "webhooks are signed"),
    (_never_delivered, "every reply is delivered"),
    (_delivered_unfiled, "only filed replies go out"),
    (_delivered_through_another, "only filed replies go out"),
    (_no_outcome, "every reply's outcome is filed"),
    (_outcome_of_nothing, "outcomes have a reply"),
    (_lost_in_timeline, "filed once, remembered once"),
    (_doubled_in_timeline, "filed once, remembered once"),
    (_reordered_timeline, "the timeline keeps log order"),
    (_other_words_in_timeline, "a message keeps its text"),
    (_undelivered_in_timeline, "replies show their delivery"),
    (_order_lost, "a customer event is kept once"),
    (_order_doubled, "a customer event is kept once"),
    (_foreign_tenant, "tenants don't mix"),
    (_foreign_timeline, "tenants don't mix"),
    (_foreign_ear, "tenants don't mix"),
    (_foreign_event, "nothing acknowledged is lost"),
    (_wrong_key, "events lie under their desk"),
    (_dead_letter, "no dead letters"),
)
