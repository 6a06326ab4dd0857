"""Queues: what can be said of one, and what contradicts itself."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import OverflowPolicy, QueueConfiguration, Step
from libs.common.contracts.terms import AgentPolicy, OfferMode


@pytest.mark.parametrize(
    "change",
    [
        {"lower": {"billing": 1}},
        {"drop": ["billing"]},
        {"widen_to_queues": ["sales"]},
        {"widen_to_groups": ["night"]},
        {"anyone": True},
        {"credit_s": 60},
        {"strict_class": 1},
        {"move_to": "sales"},
    ],
)
def test_a_step_with_any_change_is_one(change: dict[str, object]) -> None:
    """Each is enough by itself."""
    assert Step.model_validate({"after_s": 10, **change}).after_s == 10


def test_a_step_that_changes_nothing_is_a_mistake() -> None:
    """Somebody forgot the rest of it."""
    with pytest.raises(ValidationError, match="changes nothing"):
        Step(after_s=10)


def _overflow(enter: dict[str, int], leave: dict[str, int]) -> OverflowPolicy:
    return OverflowPolicy.model_validate({"to": "sales", "enter": enter, "leave": leave})


@pytest.mark.parametrize(
    ("enter", "leave"),
    [
        ({"waiting": 2}, {"waiting": 1}),
        ({"estimated_wait_s": 60}, {"estimated_wait_s": 59}),
        ({"waiting": 2, "estimated_wait_s": 60}, {"waiting": 0, "estimated_wait_s": 1}),
    ],
)
def test_an_overflow_ends_below_where_it_begins(
    enter: dict[str, int], leave: dict[str, int]
) -> None:
    """R29: by length, by wait, or by either."""
    assert _overflow(enter, leave).to == "sales"


@pytest.mark.parametrize(
    ("enter", "leave", "mistake"),
    [
        ({"waiting": 2}, {"waiting": 2}, "leave.waiting: must be below"),
        ({"waiting": 2}, {"waiting": 3}, "leave.waiting: must be below"),
        ({"waiting": 2}, {}, "waiting is set for one of"),
        ({}, {"waiting": 2}, "waiting is set for one of"),
        ({"estimated_wait_s": 60}, {"estimated_wait_s": 60}, "leave.estimated_wait_s: must be"),
        ({"waiting": 2, "estimated_wait_s": 60}, {"waiting": 1}, "estimated_wait_s is set for"),
        ({}, {}, "names no threshold"),
    ],
)
def test_an_overflow_that_would_flap_or_never_begin_is_a_mistake(
    enter: dict[str, int], leave: dict[str, int], mistake: str
) -> None:
    """The message names the threshold."""
    with pytest.raises(ValidationError, match=mistake):
        _overflow(enter, leave)


def test_a_queue_that_says_only_its_name_rings_the_longest_idle_for_twenty_seconds() -> None:
    """And holds, relaxes, wraps up and escalates nothing."""
    queue = QueueConfiguration(queue_id="general")

    assert (queue.policy, queue.offer.mode, queue.offer.timeout_s) == (
        AgentPolicy.LONGEST_IDLE,
        OfferMode.RING,
        20,
    )
    assert (queue.last_agent_hold_s, queue.steps, queue.wrap_up_s) == (None, (), 0)
    assert (queue.overflow, queue.escalation, queue.wrap_up_codes) == (None, None, ())


@pytest.mark.parametrize(
    "said",
    [
        {"offer": {"mode": "broadcast", "agents": 6}},
        {"offer": {"mode": "broadcast", "agents": 1}},
        {"offer": {"timeout_s": 0}},
        {"last_agent_hold_s": 3601},
        {"wrap_up_s": -1},
        {"requires": {"billing": 6}},
        {"steps": [{"after_s": 1, "anyone": True}] * 17},
        {"escalation": {"after_s": 1, "notify_roles": []}},
    ],
)
def test_every_number_of_a_queue_is_bounded(said: dict[str, object]) -> None:
    """R15: a broadcast asks at most five."""
    with pytest.raises(ValidationError, match=next(iter(said))):
        QueueConfiguration.model_validate({"queue_id": "general", **said})
