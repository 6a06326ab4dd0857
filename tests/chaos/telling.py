"""What a run says in the end: a table for people, a document for programs."""

import json
import statistics
from collections.abc import Sequence

from tests.chaos.firings import Firing, firings
from tests.chaos.handovers import Consequence, Handover, consequences, handovers
from tests.chaos.world import Outcome
from tests.e2e.checker.history import History

_HEAD = (
    "what was done",
    "to",
    "moved",
    "until decided s",
    "stood still s",
    "taken again",
    "stood still s",
)
_WIDTHS = (11, 11, 7, 17, 15, 12, 15)


def consequences_of(outcome: Outcome) -> list[Consequence]:
    """What followed from each thing that was done, by the broker's times."""
    return consequences(outcome.marks, handovers(outcome.material.decisions))


def table(found: Sequence[Consequence]) -> str:
    """One line for each thing that was done; times are median and greatest of its partitions."""
    rows = [_HEAD, *(_row(one) for one in found)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)).rstrip()
        for row in rows
    )


def lateness(outcome: Outcome) -> str:
    """What was due and fired, by name: how often, and how late in engine time, the outage's part
    beside it; nothing where nothing was promised.
    """
    by_name: dict[str, list[Firing]] = {}
    for one in firings(History.of(outcome.material)):
        by_name.setdefault(one.name, []).append(one)
    return "\n".join(
        f"{name:10} {len(found):5} times, at most {max(one.late_ms for one in found):6} ms late,"
        f" apart from the outage {max(one.apart_ms for one in found):5} ms"
        for name, found in sorted(by_name.items())
    )


def document(outcome: Outcome, *, seed: int, schedule: Sequence[str]) -> str:
    """Everything, as JSON."""
    report = json.loads(outcome.report.to_json())
    steps = [
        {
            "done": one.mark.done,
            "replica_id": one.mark.replica_id,
            "at_ms": one.mark.at_ms,
            "partitions": [_told(one, handover) for handover in one.handovers],
        }
        for one in consequences_of(outcome)
    ]
    told = {
        "seed": seed,
        "schedule": list(schedule),
        "took_s": round(outcome.took_s, 1),
        "steps": steps,
        **report,
    }
    return json.dumps(told, indent=2)


def _row(one: Consequence) -> tuple[str, ...]:
    return (
        one.mark.done,
        one.mark.replica_id,
        str(len(one.moved)),
        _span([one.until_decided_s(handover) for handover in one.moved]),
        _span([handover.stood_still_s for handover in one.moved]),
        str(len(one.kept)),
        _span([handover.stood_still_s for handover in one.kept]),
    )


def _span(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.1f} .. {max(seconds):.1f}" if seconds else "-"


def _told(one: Consequence, handover: Handover) -> dict[str, object]:
    return {
        "partition": handover.partition,
        "from": handover.from_owner,
        "to": handover.to_owner,
        "until_decided_s": one.until_decided_s(handover),
        "stood_still_s": handover.stood_still_s,
    }
