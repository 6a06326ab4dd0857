"""What a step makes of whom an item is for: it widens, except that a move replaces (R13)."""

import pytest

from libs.common.contracts.configuration import Step
from libs.common.contracts.terms import WorkItemState
from services.router.core.entities import WorkItem
from services.router.core.relaxing import Reach, first_reach_of, reach_of, relax, step_due_ms

FIRST = Reach("general", (("billing", 3), ("russian", 1)))


def _item(**fields: object) -> WorkItem:
    known: dict[str, object] = {
        "tenant_id": "acme",
        "desk_id": "support",
        "work_item_id": "itm_1",
        "conversation_id": "cnv_1",
        "state": WorkItemState.QUEUED,
        "queue_id": "general",
        "requires": {"russian": 1, "billing": 3},
        "channel": "web_chat",
        "weight": 1,
        "strict_class": 5,
        "virtual_time_ms": 0,
        "waiting_since_ms": 0,
        "sequence": 1,
        "rule_id": "default",
    }
    return WorkItem(**{**known, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ({"lower": {"billing": 1}}, FIRST._replace(requires=(("billing", 2), ("russian", 1)))),
        ({"lower": {"russian": 1}}, FIRST._replace(requires=(("billing", 3),))),
        ({"lower": {"russian": 4}}, FIRST._replace(requires=(("billing", 3),))),
        ({"drop": ["billing"]}, FIRST._replace(requires=(("russian", 1),))),
        (
            {"widen_to_queues": ["sales", "billing"]},
            FIRST._replace(also_queues=("billing", "sales")),
        ),
        ({"widen_to_queues": ["general"]}, FIRST),
        ({"widen_to_groups": ["night"]}, FIRST._replace(also_groups=("night",))),
        ({"anyone": True}, FIRST._replace(requires=(), is_for_anyone=True)),
        ({"credit_s": 60}, FIRST),
        ({"move_to": "sales"}, FIRST._replace(queue_id="sales")),
    ],
)
def test_a_step_says_whom_the_item_is_for_from_then_on(
    step: dict[str, object], after: Reach
) -> None:
    """Equal reaches are equal values, whatever the order of their names."""
    assert relax(FIRST, Step.model_validate({"after_s": 1, **step})) == after


def test_a_second_step_keeps_what_the_first_one_opened() -> None:
    """R13: the set of agents only grows."""
    once = relax(FIRST, Step(after_s=1, widen_to_queues=("sales",), anyone=True))

    twice = relax(once, Step(after_s=1, widen_to_queues=("billing", "sales")))

    assert twice.also_queues == ("billing", "sales")
    assert twice.is_for_anyone


def test_a_move_forgets_whom_else_the_item_was_for() -> None:
    """R13: it replaces the set of agents."""
    wide = Reach("general", (), ("billing",), ("night",), is_for_anyone=True)

    assert relax(wide, Step(after_s=1, move_to="sales")) == Reach("sales", ())


def test_an_items_reach_is_told_from_its_fields() -> None:
    """Requirements in a fixed order."""
    item = _item(also_queues=("sales",), also_groups=("night",), is_for_anyone=True)

    assert reach_of(item) == Reach(
        "general", FIRST.requires, ("sales",), ("night",), is_for_anyone=True
    )


def test_the_first_reach_leaves_out_what_steps_added_and_keeps_the_overflow() -> None:
    """Overflow at arrival was there before any step."""
    plan = (Step(after_s=1, widen_to_queues=("sales",)), Step(after_s=1, widen_to_queues=("vip",)))
    item = _item(
        also_queues=("overflow", "sales", "vip"),
        requires={},
        first_requires={"billing": 3},
        step=1,
    )

    assert first_reach_of(item, plan) == Reach("general", (("billing", 3),), ("overflow", "vip"))


def test_delays_add_up_from_queueing_and_nothing_is_due_after_the_last() -> None:
    """R13."""
    plan = (Step(after_s=10, credit_s=1), Step(after_s=5, credit_s=1))
    begun = [_item(plan_begun_ms=1_000, step=step) for step in range(3)]

    assert [step_due_ms(item, plan) for item in begun] == [11_000, 16_000, None]
