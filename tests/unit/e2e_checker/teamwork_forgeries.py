"""The forged teamwork: one mistake each in a good run, and the rule that must find it."""

from libs.common.contracts.terms import HoldKind, QueueingReason
from tests.unit.e2e_checker import deciding as good
from tests.unit.e2e_checker import teaming
from tests.unit.e2e_checker.forgeries import Forge
from tests.unit.e2e_checker.forging import Forgery


def _third_asked(run: Forgery) -> None:
    run.add_decision("m1", good.offered(20, 3, "cleo"))


def _asked_twice_at_once(run: Forgery) -> None:
    run.change_decision("m1", 4, agent_id="anna")


def _accepted_after_another_was_faster(run: Forgery) -> None:
    run.add_decision("a1", good.assigned(20, 2, "ben"))


def _others_still_asked(run: Forgery) -> None:
    run.drop_decision("a1", 0)


def _two_owners_after_handing_over(run: Forgery) -> None:
    run.add_decision("l1", good.offered(20, 3, "ben"))
    run.add_decision("l1", good.assigned(20, 3, "ben"))


def _former_owner_answers(run: Forgery) -> None:
    run.change_decision("r1", 0, agent_id="anna")


def _handed_over_by_a_stranger(run: Forgery) -> None:
    run.change_decision("l1", 0, from_agent_id="ben")


def _monitor_succeeds(run: Forgery) -> None:
    run.change_decision("l1", 0, agent_id="ben")


def _participant_over_capacity(run: Forgery) -> None:
    run.change_decision("cfg", 0, configuration=teaming.team(cleo=0))


def _successor_over_capacity(run: Forgery) -> None:
    """The item weighs two, of which the consultant's one was no hint."""
    run.change_decision("m1", 2, weight=2)


def _participant_for_free(run: Forgery) -> None:
    run.change_decision("p1", 0, weight=0)


def _takes_part_twice(run: Forgery) -> None:
    run.add_decision("p1", teaming.joined(20, "cleo"))


def _takes_part_in_waiting_work(run: Forgery) -> None:
    run.add_decision("m3", teaming.joined(22, "cleo"))


def _stranger_leaves(run: Forgery) -> None:
    run.add_decision("a1", teaming.left(20, "cleo"))


def _stays_after_the_end(run: Forgery) -> None:
    run.drop_decision("x1", 0)


def _stays_through_a_transfer(run: Forgery) -> None:
    run.add_decision("a2", teaming.joined(21, "cleo"))


def _kept_for_another(run: Forgery) -> None:
    run.change_decision("t2", 0, agent_id="anna")


def _kept_for_two(run: Forgery) -> None:
    run.add_decision("t1", teaming.kept(21, "anna"))


def _owned_work_kept(run: Forgery) -> None:
    run.add_decision("a2", teaming.kept(21, "ben"))


def _hold_ends_twice(run: Forgery) -> None:
    run.add_decision("t2", teaming.let_go(21, "ben"))


def _agent_kept_for_two(run: Forgery) -> None:
    run.add_decision("t1", teaming.kept(21, "anna", HoldKind.CAPACITY))


def _kept_agent_gets_something_else(run: Forgery) -> None:
    run.add_decision("t3", good.queued(23))
    run.add_decision("t3", good.offered(23, 1, "anna"))


def _hold_outlives_its_item(run: Forgery) -> None:
    run.drop_decision("c1", 0)


def _served_after_the_hang_up(run: Forgery) -> None:
    run.add_decision("c1", good.offered(22, 1, "anna"))


def _queued_after_the_hang_up(run: Forgery) -> None:
    run.add_decision("c1", good.queued(22, QueueingReason.TAKEN_BACK))


def _accepted_after_the_hang_up(run: Forgery) -> None:
    run.add_decision("c1", good.assigned(22, 1, "anna"))


def _offer_outlives_the_hang_up(run: Forgery) -> None:
    run.add_decision("t3", good.offered(22, 1, "anna"))


def _owned_work_canceled(run: Forgery) -> None:
    run.add_decision("a3", teaming.canceled(21))


def _closed_by_nobody(run: Forgery) -> None:
    run.drop_decision("c1", 1)


def _step_applied_twice(run: Forgery) -> None:
    run.add_decision("t3", teaming.relaxed(22, 1, strict_class=4))


def _step_left_out(run: Forgery) -> None:
    run.change_decision("t3", 0, step=2)


def _step_lowers_priority(run: Forgery) -> None:
    run.change_decision("t3", 0, strict_class=6)


def _promoted_downwards(run: Forgery) -> None:
    run.change_decision("t3", 1, strict_class=6)


def _owned_work_relaxed(run: Forgery) -> None:
    run.add_decision("a3", teaming.relaxed(21, 1))


def _beside_an_exclusive_one(run: Forgery) -> None:
    run.change_decision("cfg", 0, configuration=teaming.team(is_exclusive=True))
    run.add_decision("m1", good.queued(24))
    run.add_decision("m1", good.offered(24, 1, "anna"))


FORGED_TEAMWORK: tuple[tuple[Forge, str], ...] = (
    (_third_asked, "no more are asked than the queue says"),
    (_asked_twice_at_once, "nobody is asked twice at once"),
    (_accepted_after_another_was_faster, "a reservation ends once"),
    (_others_still_asked, "the first acceptance ends the others"),
    (_two_owners_after_handing_over, "one owner at most"),
    (_former_owner_answers, "only the owner answers"),
    (_handed_over_by_a_stranger, "only the owner hands over"),
    (_monitor_succeeds, "a successor took part"),
    (_participant_over_capacity, "no load above capacity"),
    (_successor_over_capacity, "no load above capacity"),
    (_participant_for_free, "taking part costs what the desk says"),
    (_takes_part_twice, "nobody takes part twice"),
    (_takes_part_in_waiting_work, "only owned work has participants"),
    (_stranger_leaves, "only who takes part leaves"),
    (_stays_after_the_end, "all leave at the end"),
    (_stays_through_a_transfer, "all leave at the end"),
    (_kept_for_another, "kept work is for whom it is kept"),
    (_kept_for_two, "work is kept for one agent"),
    (_owned_work_kept, "only queued work is kept"),
    (_hold_ends_twice, "a hold ends once"),
    (_agent_kept_for_two, "an agent is kept for one item"),
    (_kept_agent_gets_something_else, "a kept agent gets nothing else"),
    (_hold_outlives_its_item, "a hold ends with its item"),
    (_served_after_the_hang_up, "only queued work is offered"),
    (_queued_after_the_hang_up, "nothing goes on after its end"),
    (_accepted_after_the_hang_up, "only an open offer is accepted"),
    (_offer_outlives_the_hang_up, "a reservation ends once"),
    (_owned_work_canceled, "only waiting work is canceled"),
    (_closed_by_nobody, "only the owner closes"),
    (_step_applied_twice, "steps apply once and in order"),
    (_step_left_out, "steps apply once and in order"),
    (_step_lowers_priority, "waiting never costs priority"),
    (_promoted_downwards, "waiting never costs priority"),
    (_owned_work_relaxed, "only waiting work is relaxed"),
    (_beside_an_exclusive_one, "exclusive work stands alone"),
)
