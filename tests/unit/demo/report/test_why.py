"""How an assignment is explained."""

from typing import Any

from demo.people.record import Record
from demo.report.why import choose_assignment, reasons

TIME = "2026-02-03T04:05:06.000+00:00"
TIME_MS = 1_770_091_506_000


def _reserved(number: int, **why: object) -> dict[str, Any]:
    return {
        "time": TIME,
        "body": {
            "reservation_id": f"r{number}",
            "agent_id": "grace",
            "channel": "web_chat",
            "queue_id": "bank",
            "why": {
                "policy": "longest_idle",
                "configuration_version": 2,
                "idle_since_ms": TIME_MS - 3_400,
                "waited_ms": 0,
                "runners_up": [],
                "passed_over": {},
                **why,
            },
        },
    }


def _assigned(number: int) -> dict[str, Any]:
    return {"body": {"reservation_id": f"r{number}", "waited_ms": 1_200}}


def test_every_reason_is_told_in_words() -> None:
    """The policy, what it compared, who came close, and who was passed over for what reason."""
    reserved = _reserved(
        1,
        runners_up=[{"agent_id": "tom", "idle_since_ms": TIME_MS - 1_000}],
        passed_over={"busy": 2, "without_skill": 1},
    )
    queued = {"body": {"rule_id": "money", "requires": {"english": 3, "banking": 3}}}

    told = reasons(reserved, _assigned(1), queued)

    assert told == [
        "grace got a web chat conversation of queue bank, 1.2 s old.",
        "Rule money sent it there; it asks for banking 3, english 3.",
        "Policy longest_idle: who has been without new work for longest goes first.",
        "grace had been idle for 3.4 s.",
        "Next in line: tom (idle 1.0 s).",
        "Passed over: 2 with no room left for it; 1 without the skill at the level asked.",
        "Decided under version 2 of the desk's configuration.",
    ]


def test_nobody_else_is_told_as_well() -> None:
    """An assignment without an alternative says so."""
    told = reasons(_reserved(1), _assigned(1), None)

    assert "Nobody else could have had it." in told
    assert "Nobody was passed over." in told


def test_steps_are_told_where_there_were_any() -> None:
    """Whoever gets work with less skill than the queue asks for got it after a wait."""
    told = reasons(_reserved(1, step=2, policy="most_proficient"), _assigned(1), None)

    assert told[-2] == "It had waited through 2 of its queue's steps, each of which asks for less."
    assert "Policy most_proficient: who knows most of what it asks for goes first." in told


def test_the_assignment_with_most_to_explain_is_chosen() -> None:
    """An assignment whose reservation was never heard of can't be explained."""
    record = Record()
    rich = _reserved(2, passed_over={"busy": 1})
    record.reservations = {"r1": _reserved(1), "r2": rich}
    record.assignments = [_assigned(2), _assigned(1), _assigned(3)]

    assert choose_assignment(record) == (rich, _assigned(2))
    assert choose_assignment(Record()) is None
