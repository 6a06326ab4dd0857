"""A good run of several people, by hand: a broadcast, a successor, a transfer, a hang-up."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import DeliveryOutcome, HoldKind, ParticipantKind, QueueingReason
from tests.e2e.checker.material import KnownEndpoint
from tests.unit.e2e_checker.deciding import (
    ACME,
    assigned,
    closed,
    filed,
    offered,
    opened,
    queued,
    replied,
    said,
    sent,
    went_out,
)
from tests.unit.e2e_checker.forging import Forgery
from tests.unit.e2e_checker.outside import acted, reached, remembered
from tests.unit.e2e_checker.teaming import (
    canceled,
    handed_over,
    joined,
    kept,
    left,
    let_go,
    promoted,
    relaxed,
    team,
    withdrawn,
)


def good_teamwork() -> Forgery:
    """The run that every forged teamwork starts from."""
    run = Forgery(
        endpoints={
            "bot": KnownEndpoint(
                tenant_id="acme", desk_id="support", channel="telegram", through="token"
            )
        }
    )
    run.take_over(0)
    applied = d.ConfigurationApplied(**ACME, version=1, configuration=team())
    run.happen("cfg", e.DeskConfigured(configuration=applied.configuration), [applied])
    _broadcast_and_successor(run)
    _transfer_to_an_agent(run)
    _hang_up(run)
    run.timeline += [
        remembered(20, 1, "help"),
        remembered(20, 2, "answer", kind="reply"),
        remembered(21, 1, "more"),
        remembered(22, 1, "hello?"),
    ]
    return run


def _broadcast_and_successor(run: Forgery) -> None:
    offers = [offered(20, 1, "anna"), offered(20, 2, "ben")]
    run.happen(
        "m1", said(20, "help", 1), [opened(20), filed(20, 1, "m1", "help"), queued(20), *offers]
    )
    accepted = e.ReservationAccepted(agent_id="anna", reservation_id="i20.1")
    run.happen("a1", accepted, [withdrawn(20, 2, "ben"), assigned(20, 1, "anna")])
    invited = e.ParticipantInvited(
        agent_id="anna",
        conversation_id="c20",
        participant_id="cleo",
        kind=ParticipantKind.CONSULTANT,
    )
    monitor = joined(20, "ben", ParticipantKind.MONITOR, weight=0)
    run.happen("p1", invited, [joined(20, "cleo"), monitor])
    gone = e.OwnerLeft(agent_id="anna", conversation_id="c20", successor_id="cleo")
    run.happen("l1", gone, [handed_over(20, "anna", "cleo")])
    reply = e.ReplySent(agent_id="cleo", conversation_id="c20", text="answer")
    run.happen("r1", reply, [replied(20, 2, "r1", "answer", "cleo")])
    outcome = e.DeliveryReported(
        conversation_id="c20", reply_id="r1", outcome=DeliveryOutcome.SENT, attempt=1
    )
    run.happen("o1", outcome, [went_out(20, "r1")])
    close = e.CloseRequested(agent_id="cleo", conversation_id="c20")
    run.happen("x1", close, [left(20, "ben"), *closed(20, "cleo")])
    run.outside += [sent(20, "help", 1), acted("cleo", "r1"), reached(20, "answer")]


def _transfer_to_an_agent(run: Forgery) -> None:
    first: list[AnyDecision] = [
        opened(21),
        filed(21, 1, "m2", "more"),
        queued(21),
        offered(21, 1, "anna"),
    ]
    run.happen("m2", said(21, "more", 1), first)
    accepted = e.ReservationAccepted(agent_id="anna", reservation_id="i21.1")
    run.happen("a2", accepted, [assigned(21, 1, "anna")])
    request = e.TransferRequested(agent_id="anna", conversation_id="c21", to_agent_id="ben")
    run.happen("t1", request, [queued(21, QueueingReason.TRANSFERRED), kept(21, "ben")])
    tick = e.ClockTicked(owner="o")
    run.happen("t2", tick, [offered(21, 2, "ben")], desk=("", ""))
    accepted = e.ReservationAccepted(agent_id="ben", reservation_id="i21.2")
    run.happen("a3", accepted, [assigned(21, 2, "ben")])
    run.outside.append(sent(21, "more", 1))


def _hang_up(run: Forgery) -> None:
    arrived: list[AnyDecision] = [opened(22), filed(22, 1, "m3", "hello?"), queued(22)]
    run.happen("m3", said(22, "hello?", 1), arrived)
    tick = e.ClockTicked(owner="o")
    waited: list[AnyDecision] = [
        relaxed(22, 1),
        promoted(22, 4),
        kept(22, "anna", HoldKind.CAPACITY),
    ]
    run.happen("t3", tick, waited, desk=("", ""))
    ended = e.ContactEnded(contact_point_id=f"ctp_{22:020x}")
    over, _ = closed(22, "")
    run.happen("c1", ended, [let_go(22, "anna", HoldKind.CAPACITY), canceled(22), over])
    run.outside.append(sent(22, "hello?", 1))
