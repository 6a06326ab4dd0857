"""What a desk promises and can't mean is refused at the door, with line and field."""

import pytest

from tests.unit.libs.common.documents.broken_desks import mistakes_of


def desk(*policies: str) -> str:
    """A desk with these policies, one a line from line 4 on."""
    lines = ["queues: [{queue_id: q}]", "default: {queue: q}", "sla_policies:"]
    return "\n".join([*lines, *(f"  - {{{policy}}}" for policy in policies)])


def fields(text: str) -> list[tuple[int | None, str]]:
    """Where the mistakes are."""
    return [(one.line, one.field) for one in mistakes_of(text)]


def test_good_promises_are_taken() -> None:
    """Conditions first, for all others last; targets may be equal."""
    text = desk(
        "sla_policy_id: a, when: {channel: [voice]}, first_response_s: 20",
        "sla_policy_id: b, first_response_s: 60, next_response_s: 60, resolution_s: 60",
    )

    assert fields(text) == []


def test_a_policy_behind_one_that_always_holds_is_never_reached() -> None:
    """Told once, at the first of them."""
    text = desk(*(f"sla_policy_id: {name}, resolution_s: 60" for name in "abc"))

    assert fields(text) == [(5, "sla_policies.1")]
    assert mistakes_of(text)[0].problem == "never reached: policy a before it always holds"


@pytest.mark.parametrize("field", ["first_response_s", "next_response_s"])
def test_a_response_longer_than_the_whole_is_a_mistake(field: str) -> None:
    """Nobody would ever be late with it."""
    text = desk(f"sla_policy_id: a, {field}: 61, resolution_s: 60")

    assert fields(text) == [(4, f"sla_policies.0.{field}")]


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ("sla_policy_id: a, resolution_s: 31536000", "resolution_s"),
        ("sla_policy_id: a, resolution_s: 9, calendar: moon", "calendar"),
        ("sla_policy_id: a, resolution_s: 9, when: {queue: [x]}", "when.queue.0"),
        ("sla_policy_id: a", ""),
    ],
)
def test_mistakes_of_one_policy_stand_on_its_line(policy: str, field: str) -> None:
    """A year, unknown names, and a policy that promises nothing."""
    assert fields(desk(policy)) == [(4, f"sla_policies.0.{field}".rstrip("."))]
