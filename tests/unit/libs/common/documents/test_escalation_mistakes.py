"""What escalation policies say and can't mean is refused at the door, with line and field."""

import pytest

from tests.unit.libs.common.documents.broken_desks import mistakes_of

TELL = "actions: {notify: {}}"
SLA = "sla_policies: [{sla_policy_id: gold, resolution_s: 60, escalation: p}]"


def desk(*levels: str, sla: str = SLA) -> str:
    """A desk whose only policy has these levels, one a line from line 6 on."""
    lines = [
        "queues: [{queue_id: q, escalation_policy: p}]",
        "default: {queue: q}",
        sla,
        "escalation_policies:",
        "  - escalation_policy_id: p",
        "    levels:",
    ]
    return "\n".join([*lines, *(f"      - {{{level}}}" for level in levels)])


def circle(*targets: str) -> str:
    """Queues a, b and c, each with a policy of its name whose wait moves work to the target."""
    lines = ["default: {queue: a}", "queues:"]
    lines += [f"  - {{queue_id: {name}, escalation_policy: {name}}}" for name in "abc"]
    lines.append("escalation_policies:")
    for name, target in zip("abc", targets, strict=True):
        act = f"move_to: {target}" if target else "strict_class: 1"
        level = f"{{trouble: waiting, after_s: 60, actions: {{{act}}}}}"
        lines.append(f"  - {{escalation_policy_id: {name}, levels: [{level}]}}")
    return "\n".join(lines)


def fields(text: str) -> list[tuple[int | None, str]]:
    """Where the mistakes are."""
    return [(one.line, one.field) for one in mistakes_of(text)]


def test_a_good_policy_is_taken() -> None:
    """All troubles, repeats, and a chain of moves that ends."""
    levels = (
        f"trouble: waiting, after_s: 60, repeat_every_s: 60, repeats: 3, {TELL}",
        f"trouble: at_risk, {TELL}",
        "trouble: breached, actions: {take_back: true}",
    )

    assert fields(desk(*levels)) == []
    assert fields(circle("b", "c", "")) == []


@pytest.mark.parametrize(
    ("level", "field"),
    [
        ("trouble: waiting, actions: {take_back: true}", "actions.take_back"),
        ("trouble: waiting, actions: {notify: {roles: [agent, agent]}}", "actions.notify.roles"),
        ("trouble: waiting, actions: {notify: {ways: [stream, stream]}}", "actions.notify.ways"),
        ("trouble: waiting, actions: {}", "actions"),
        ("trouble: waiting, actions: {move_to: x}", "actions.move_to"),
        ("trouble: waiting, actions: {widen_to_groups: [x]}", "actions.widen_to_groups.0"),
        ("trouble: waiting, actions: {drop: [x]}", "actions.drop.0"),
        (f"trouble: boredom, {TELL}", "trouble"),
        (f"trouble: waiting, after_s: 31536000, {TELL}", "after_s"),
        (f"trouble: waiting, repeats: 2, {TELL}", "repeat_every_s"),
        (f"trouble: waiting, repeat_every_s: 60, {TELL}", "repeats"),
        (f"trouble: waiting, repeat_every_s: 60, repeats: 21, {TELL}", "repeats"),
        (f"trouble: waiting, repeat_every_s: 1, repeats: 2, {TELL}", "repeat_every_s"),
    ],
)
def test_a_mistake_of_a_level_stands_on_its_line(level: str, field: str) -> None:
    """Nothing to take back, nothing to do, unknown names, years, and repeats without end."""
    assert fields(desk(level)) == [(7, f"escalation_policies.0.levels.0.{field}")]


def test_a_policy_without_levels_is_none() -> None:
    """Somebody forgot them."""
    text = desk(f"trouble: waiting, {TELL}")

    assert fields(text[: text.index("levels:")] + "levels: []") == [
        (6, "escalation_policies.0.levels")
    ]


def test_promises_that_nobody_makes_can_not_be_at_risk() -> None:
    """A policy that only a queue names never sees one."""
    text = desk(f"trouble: breached, {TELL}", sla="")

    assert fields(text) == [(7, "escalation_policies.0.levels.0.trouble")]


def test_a_policy_that_nobody_names_is_never_used() -> None:
    """Told once, whatever else is wrong with it."""
    text = desk(f"trouble: breached, {TELL}", sla="").replace(", escalation_policy: p", "")

    assert fields(text) == [(5, "escalation_policies.0")]


def test_firings_for_one_trouble_are_limited() -> None:
    """Nobody reads a hundred alarms."""
    level = f"trouble: waiting, repeat_every_s: 60, repeats: 20, {TELL}"

    assert fields(desk(*[level] * 3)) == []
    assert fields(desk(*[level] * 4)) == [(7, "escalation_policies.0.levels")]


def test_a_policy_that_waits_for_itself_is_told_at_each_queue_of_its_circle() -> None:
    """Not at the queue that leads into it."""
    text = circle("b", "c", "b")

    assert fields(text) == [(4, "queues.1.escalation_policy"), (5, "queues.2.escalation_policy")]
    assert mistakes_of(text)[0].problem == (
        "its levels move work in a circle: b to c to b; let one of them stay"
    )


def test_a_queue_is_no_other_queue() -> None:
    """The shortest circle."""
    assert fields(circle("a", "", "")) == [(3, "queues.0.escalation_policy")]


def test_exclusive_work_is_not_moved_into_a_broadcast() -> None:
    """By a level as little as by a rule or a step (R15)."""
    level = "trouble: waiting, after_s: 60, actions: {move_to: all}"
    queues = "{queue_id: q, escalation_policy: p}, {queue_id: all, offer: {mode: broadcast}}"
    text = desk(level, sla="channels: {voice: {exclusive: true}}")
    text = text.replace("{queue_id: q, escalation_policy: p}", queues)

    assert fields(text) == [(7, "escalation_policies.0.levels.0.actions.move_to")]
    assert fields(text.replace("exclusive: true", "weight: 2")) == []


def test_unknown_policies_are_told() -> None:
    """By queues and by SLA policies."""
    text = desk(f"trouble: waiting, {TELL}").replace("escalation: p", "escalation: x")
    text = text.replace("escalation_policy: p}", "escalation_policy: y}")

    assert fields(text) == [(3, "sla_policies.0.escalation"), (1, "queues.0.escalation_policy")]
