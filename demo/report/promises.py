"""What was promised and what became of it: a row for each policy and target."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.people.record import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Attainment:
    """How often one target of a policy was kept; `late` of those broken were met all the same."""

    policy_id: str
    target: str
    kept: int
    broken: int
    late: int
    at_risk: int

    @property
    def share(self) -> str:
        """Kept of those that are decided, in per cent."""
        decided = self.kept + self.broken
        return f"{self.kept / decided:.0%}" if decided else ""


def attainment(told: Iterable[Told]) -> Sequence[Attainment]:
    """By policy and target, from what the supervisor's socket told."""
    counts = Counter(
        (message["body"]["policy_id"], message["body"]["target"], fate)
        for message in told
        for fate in _fates(message)
    )
    return [
        Attainment(
            policy_id=policy_id,
            target=target,
            kept=counts[policy_id, target, "kept"],
            broken=counts[policy_id, target, "broken"],
            late=counts[policy_id, target, "late"],
            at_risk=counts[policy_id, target, "at_risk"],
        )
        for policy_id, target in sorted({key[:2] for key in counts})
    ]


def print_attainment(console: Console, told: Iterable[Told]) -> None:
    """A table; nothing promised and nothing decided is no row."""
    table = Table.grid(padding=(0, 2))
    for width in (12, 16):
        table.add_column(width=width)
    for _ in range(4):
        table.add_column(justify="right")
    titles = ("policy", "target", "kept", "of them", "at risk", "broken")
    table.add_row(*(Text(title, style="dim") for title in titles))
    for row in attainment(told):
        late = f" ({row.late} answered late)" if row.late else ""
        table.add_row(
            row.policy_id,
            row.target.replace("_", " "),
            Text(row.share, style="bold red" if row.broken else "bold green"),
            f"{row.kept}/{row.kept + row.broken}",
            str(row.at_risk),
            f"{row.broken}{late}",
        )
    console.print(table)


def _fates(message: Told) -> Sequence[str]:
    """What counts: a target is broken once, when it is due or when it is met too late."""
    body = message["body"]
    match message["type"]:
        case "sla.met" if body["was_breached"]:
            return ("late",)
        case "sla.met":
            return ("broken", "late") if body["late_ms"] else ("kept",)
        case "sla.breached":
            return ("broken",)
        case _:
            return ("at_risk",)
