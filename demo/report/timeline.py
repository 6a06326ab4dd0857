"""One customer's timeline over all their channels, as a person would read it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.report.feed import one_line

Entry = Mapping[str, Any]
_STYLES = {"message": "bold", "reply": "green"}


def print_timeline(console: Console, entries: Sequence[Entry]) -> None:
    """Oldest first: when, over which channel, what, and by whom it was answered."""
    table = Table.grid(padding=(0, 2))
    table.add_column(width=8, style="dim")
    table.add_column(width=8)
    table.add_column(width=28)
    table.add_column(width=50, no_wrap=True, overflow="ellipsis")
    for entry in entries:
        style = _STYLES.get(entry["kind"], "dim")
        table.add_row(
            datetime.fromisoformat(entry["appended_at"]).strftime("%H:%M:%S"),
            (entry["channel"] or "").replace("_", " "),
            Text(_what(entry), style=style),
            Text(_words(entry), style=style),
        )
    console.print(table)


def _what(entry: Entry) -> str:
    agent = entry["agent_id"]
    kind = str(entry["kind"]).replace("_", " ")
    return f"{kind} by {agent}" if agent else kind


def _words(entry: Entry) -> str:
    if entry["content"]:
        delivery = entry["delivery"]
        state = f"[{delivery['outcome']}] " if delivery else ""
        return state + one_line(entry["content"]["text"])
    return str(entry["details"].get("summary", ""))
