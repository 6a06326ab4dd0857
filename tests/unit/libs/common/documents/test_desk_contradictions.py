"""What can't be meant is refused at the door, by line and field; what may be meant is not."""

import pytest

from tests.unit.libs.common.documents.broken_desks import GOOD, Broken, broken, mistakes_of, told

BACK = "    overflow: {to: support, enter: {waiting: 9}, leave: {waiting: 5}}\n"
MOVE = "      - {after_s: 90, move_to: mail}"
CONTRADICTIONS = [
    broken("move_to: mail}", "move_to: calls}", "queues.1.steps.0.move_to"),
    broken(MOVE, f"{MOVE}\n§{MOVE}", "queues.1.steps.1.move_to"),
    broken("[calls]}", "[mail, support]}", "queues.0.steps.1.widen_to_queues.1"),
    broken(
        MOVE,
        f"{MOVE}\n§      - {{after_s: 9, widen_to_queues: [mail]}}",
        "queues.1.steps.1.widen_to_queues.0",
    ),
    broken("    wrap_up_s: 30\n    wrap", "    wrap", "queues.0.wrap_up_codes"),
    broken("{mode: broadcast, agents: 3,", "{agents: 3,", "queues.0.offer.agents"),
    broken(
        "  - agent_id: carl\n    queues: {calls: 1}",
        "  - agent_id: carl\n    queues: {calls: 1}\n§    capacity_units: 5",
        "agents.2.capacity_units",
    ),
    broken(
        "    capacity_units: 8\nagents:\n  - agent",
        "    capacity_units: 1\nagents:\n§  - agent",
        "agents.0",
    ),
    broken(
        "  - rule_id: night",
        "  - {rule_id: all, when: {}, then: {queue: mail}}\n§  - rule_id: night",
        "rules.2",
    ),
    broken("then: {queue: calls}", "then: {queue: support}", "rules.0.then.queue"),
    broken(
        "default: {queue: support}\nchannels:\n",
        "default: {queue: support}\nchannels:\n  web: {exclusive: true}\n",
        "default.queue",
    ),
    broken(
        "      - {after_s: 90, move_to: mail}\n  - queue_id: mail",
        "      - {after_s: 90, move_to: mail}\n  - queue_id: mail\n    offer: {mode: broadcast}",
        "queues.1.steps.0.move_to",
    ),
    broken("{email: 1}", "{voice: 1}", "capacity_weights.voice"),
    broken(
        "web_chat: {weight: 2}",
        "web_chat: {weight: 2, compatible_with: [email]}",
        "channels.web_chat.compatible_with",
    ),
    broken("{old-queue: mail}", "{calls: mail}", "migrate_to.calls"),
]


def test_good_desk_is_taken() -> None:
    """What the cases break is nothing but good before."""
    assert mistakes_of(GOOD) == ()


@pytest.mark.parametrize("case", CONTRADICTIONS, ids=lambda case: case.field)
def test_contradiction_is_named_by_line_and_field(case: Broken) -> None:
    """The author learns where the document takes back what it says."""
    problems, marked = told(case)

    assert (marked, case.field) in problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Two queues help each other out: overflow goes one step and never round.
        (
            "  - queue_id: mail\n",
            f"  - queue_id: mail\n{BACK}",
        ),
        # Nothing is how to give an agent nothing.
        ("    capacity_units: 4", "    capacity_units: 0"),
        # Back to where it came from, once it was elsewhere.
        (
            MOVE,
            f"{MOVE}\n      - {{after_s: 60, move_to: calls}}",
        ),
        # A channel that no rule leads into the broadcast.
        (
            "  - queue_id: mail\n",
            "  - queue_id: mail\n  - {queue_id: all, offer: {mode: broadcast}}\n",
        ),
        # A rule that always holds may stand last.
        ("default:", "  - {rule_id: all, when: {}, then: {queue: support}}\ndefault:"),
    ],
    ids=["overflow cycle", "capacity 0", "there and back", "apart", "last rule"],
)
def test_what_may_be_meant_is_taken(old: str, new: str) -> None:
    """The door refuses what can't work, not what is unusual."""
    assert old in GOOD
    assert mistakes_of(GOOD.replace(old, new, 1)) == ()
