"""Why this agent: the reasons that a reservation carries, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from demo.people.record import Record, Told

POLICIES = {
    "longest_idle": "who has been without new work for longest goes first",
    "least_occupied": "who has most of their hands free goes first",
    "most_proficient": "who knows most of what it asks for goes first",
    "round_robin": "all take turns",
}
REASONS = {
    "without_skill": "without the skill at the level asked",
    "absent": "not at work",
    "busy": "with no room left for it",
    "refused": "had just declined it",
}


def choose_assignment(record: Record) -> tuple[Told, Told] | None:
    """The assignment with most to explain, and its reservation; None without any."""
    explained = [
        (record.reservations[assigned["body"]["reservation_id"]], assigned)
        for assigned in record.assignments
        if assigned["body"]["reservation_id"] in record.reservations
    ]
    # Of several the latest: by then everyone has had something to do.
    return max(
        reversed(explained), key=lambda pair: _richness(pair[0]["body"]["why"]), default=None
    )


def print_why(console: Console, reserved: Told, assigned: Told, queued: Told | None) -> None:
    """The assignment, the policy, what it compared, and who was passed over for what reason."""
    for line in reasons(reserved, assigned, queued):
        console.print(Text(f"  {line}"))


def reasons(reserved: Told, assigned: Told, queued: Told | None) -> Sequence[str]:
    """The same as sentences."""
    body, why = reserved["body"], reserved["body"]["why"]
    agent = body["agent_id"]
    channel, waited_s = body["channel"].replace("_", " "), assigned["body"]["waited_ms"] / 1_000
    lines = [
        f"{agent} got a {channel} conversation of queue {body['queue_id']}, {waited_s:.1f} s old."
    ]
    if queued is not None:
        lines.append(_asked(queued["body"]))
    policy = why["policy"]
    lines += [
        f"Policy {policy}: {POLICIES.get(policy, 'as configured')}.",
        f"{agent} had been idle for {_idle_s(reserved, why['idle_since_ms']):.1f} s.",
        _runners_up(reserved, why["runners_up"]),
        _passed_over(why["passed_over"]),
        *_after_steps(why.get("step", 0)),
        f"Decided under version {why['configuration_version']} of the desk's configuration.",
    ]
    return lines


def _richness(why: Mapping[str, Any]) -> tuple[int, int]:
    return len(why["passed_over"]) + bool(why["runners_up"]), len(why["runners_up"])


def _asked(queued: Mapping[str, Any]) -> str:
    skills = ", ".join(f"{skill} {level}" for skill, level in sorted(queued["requires"].items()))
    return f"Rule {queued['rule_id']} sent it there; it asks for {skills or 'no skill'}."


def _runners_up(reserved: Told, runners_up: Sequence[Mapping[str, Any]]) -> str:
    told = [
        f"{other['agent_id']} (idle {_idle_s(reserved, other['idle_since_ms']):.1f} s)"
        for other in runners_up
    ]
    return f"Next in line: {', '.join(told)}." if told else "Nobody else could have had it."


def _passed_over(passed_over: Mapping[str, int]) -> str:
    told = [f"{count} {REASONS.get(reason, reason)}" for reason, count in passed_over.items()]
    return f"Passed over: {'; '.join(told)}." if told else "Nobody was passed over."


def _after_steps(step: int) -> Sequence[str]:
    if not step:
        return ()
    return (f"It had waited through {step} of its queue's steps, each of which asks for less.",)


def _idle_s(reserved: Told, idle_since_ms: int) -> float:
    decided_ms = datetime.fromisoformat(reserved["time"]).timestamp() * 1_000
    return max(0.0, decided_ms - idle_since_ms) / 1_000
