"""The result in one table, and the stages of the way in another."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.accounts.balance import Balance
from demo.traces.stages import Stage, percentile

LISTED_MAX = 10
_BAR_WIDTH = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The figures of one run; `left_open` conversations shall wait for the office at its end.

    `latencies_ms` are from the webhook to the agent's socket.
    """

    balance: Balance
    repeated: int
    refused: int
    conversations: int
    assigned: int
    reassigned: int
    closed: int
    left_open: int
    unanswered: int
    dead_letters: Mapping[str, int]
    escalations: int
    webhooks_verified: int
    acknowledged: int
    latencies_ms: Sequence[int]
    played_s: float

    @property
    def is_good(self) -> bool:
        """Whether all that was sent was taken, answered, is there once, and is over."""
        is_over = self.open == self.left_open
        return self.balance.holds and is_over and not self.refused and not self.unanswered

    @property
    def open(self) -> int:
        """How many conversations are not over."""
        return self.conversations - self.closed


def print_result(console: Console, result: Result) -> None:
    """What came in, what became of it, and how fast."""
    balance = result.balance
    table = Table.grid(padding=(0, 2))
    table.add_column(width=26)
    table.add_column(justify="right", width=7)
    table.add_column(style="dim")
    rows = (
        ("messages in", balance.messages, f"over three channels, in {result.played_s:.0f} s"),
        (
            "  sent twice by providers",
            result.repeated,
            "provider repeats; a second copy would count as doubled",
        ),
        ("orders, visits, payments", balance.events, "for the timeline alone"),
        (
            "conversations",
            result.conversations,
            f"{result.closed} closed and wrapped up; {_open(result)}",
        ),
        ("assigned", result.assigned, f"conversations; {result.reassigned} of them more than once"),
        ("answered", balance.replies, "replies filed; providers' receipts are compared below"),
        (
            "alerts",
            result.escalations,
            _alerts(result),
        ),
    )
    for name, count, note in rows:
        table.add_row(name, Text(str(count), style="bold"), note)
    _add_verdict(table, "lost", balance.lost, "acknowledged or filed, and not where it belongs")
    _add_verdict(table, "doubled", balance.doubled, "in a timeline or at a provider more than once")
    told, cores = len(result.latencies_ms), os.cpu_count()
    p50, p99 = percentile(result.latencies_ms, 0.5), percentile(result.latencies_ms, 0.99)
    table.add_row(
        "webhook to agent's socket",
        Text(f"{p50:.0f} ms", style="bold"),
        f"p50; p99 {p99:.0f} ms; of {told} messages told at once; {cores} cores for all",
    )
    console.print(table)
    for line in (*balance.lost, *balance.doubled)[:LISTED_MAX]:
        console.print(Text(f"  {line}", style="red"))
    for reason, count in sorted(result.dead_letters.items()):
        console.print(Text(f"  {count} refused by the router, as {reason}", style="red"))
    if result.unanswered:
        console.print(Text(f"  {result.unanswered} customers waited in vain", style="red"))


def _open(result: Result) -> str:
    return (
        f"{result.open} waits for the office" if result.open == 1 else f"{result.open} still open"
    )


def _alerts(result: Result) -> str:
    signed = f"{result.webhooks_verified} as signed webhooks"
    return f"to the supervisor's socket; {signed}; {result.acknowledged} seen to"


def print_stages(console: Console, stages: Sequence[Stage]) -> None:
    """Where the time goes, from the spans of all messages; the slowest is marked."""
    if not stages:
        console.print(Text("no trace arrived", style="red"))
        return
    slowest = max(stages, key=lambda stage: stage.p50_ms)
    table = Table.grid(padding=(0, 2))
    table.add_column(width=52)
    table.add_column(justify="right", width=7)
    table.add_column(justify="right", width=7)
    table.add_column()
    table.add_row(*(Text(title, style="dim") for title in ("stage", "p50 ms", "p99 ms", "")))
    for stage in stages:
        style = "bold" if stage is slowest else ""
        bar = "█" * max(1, round(_BAR_WIDTH * stage.p50_ms / max(slowest.p50_ms, 0.001)))
        table.add_row(
            Text(stage.name, style=style),
            Text(f"{stage.p50_ms:.1f}", style=style),
            Text(f"{stage.p99_ms:.1f}", style="dim"),
            Text(f"{bar}{' slowest' if stage is slowest else ''}", style=style or "dim"),
        )
    console.print(table)


def _add_verdict(table: Table, name: str, found: Sequence[str], meaning: str) -> None:
    style = "bold red" if found else "bold green"
    table.add_row(name, Text(str(len(found)), style=style), meaning)
