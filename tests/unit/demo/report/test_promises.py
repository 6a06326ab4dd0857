"""How often promises were kept, counted from what the supervisor's socket told."""

from io import StringIO
from typing import Any

from rich.console import Console

from demo.report.promises import attainment, print_attainment


def _told(kind: str, policy_id: str = "live", **body: object) -> dict[str, Any]:
    fields = {"policy_id": policy_id, "target": "first_response", **body}
    return {"type": f"sla.{kind}", "body": fields}


def _met(
    policy_id: str = "live", *, late_ms: int = 0, was_breached: bool = False
) -> dict[str, Any]:
    return _told("met", policy_id, late_ms=late_ms, was_breached=was_breached)


def test_a_target_is_broken_once_however_it_ends() -> None:
    """Broken when it was due and answered later; or answered too late before anyone noticed."""
    told = [
        _met(),
        _told("at_risk"),
        _told("breached"),
        _met(late_ms=900, was_breached=True),
        _met(late_ms=1),
        _told("breached"),
    ]

    [row] = attainment(told)

    assert (row.kept, row.broken, row.late, row.at_risk) == (1, 3, 2, 1)
    assert row.share == "25%"


def test_policies_are_told_apart() -> None:
    """In the order of their names; what is only at risk is not decided yet."""
    rows = attainment([_met("b"), _told("at_risk", "a")])

    assert [(row.policy_id, row.share) for row in rows] == [("a", ""), ("b", "100%")]


def test_the_table_names_policy_and_target() -> None:
    """And how many of the broken ones were answered all the same."""
    log = StringIO()

    late = _met(late_ms=5, was_breached=True)
    print_attainment(Console(file=log, width=100), [_told("breached"), late])

    assert log.getvalue().splitlines()[1].split() == (
        ["live", "first", "response", "0%", "0/1", "0", "1", "(1", "answered", "late)"]
    )
