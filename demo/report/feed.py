"""The feed: a line for a question that was answered, and one for everything out of the ordinary."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from demo.people.record import Told
from demo.report.alarms import alarm, alarm_key
from deploy.local.simulated.provider_log import Noted
from libs.common import clock

# More lines than this nobody reads while they pass.
LINE_EVERY_S = 0.6
_TITLES = ("channel", "the customer", "agent", "the reply, as it reached the customer")
_WIDTHS = (8, 8, 38, 6, 36)
_CHANNEL_STYLES = {"telegram": "cyan", "web_chat": "magenta", "email": "yellow"}


class Feed:
    """Prints what happens, at most a line each 0.6 s, and keeps count for the progress bar."""

    def __init__(self, console: Console, *, answered_by: Mapping[str, str]) -> None:
        self._console = console
        self._answered_by = answered_by
        self._began_s = clock.monotonic_s()
        self._last_s = 0.0
        self._asked: dict[str, str] = {}
        self._written = 0
        self._replied = 0
        self._alarms: set[tuple[str, int]] = set()
        self._proven = False
        self._progress = Progress(
            TextColumn("  [bold]{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[counts]}"),
            console=console,
            transient=True,
            # A log keeps every line that is drawn.
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("conversations", total=None, counts="")

    @contextmanager
    def shown(self, *, conversations: int) -> Iterator[None]:
        """The progress bar stays below the feed inside the block."""
        self._began_s = clock.monotonic_s()
        self._progress.update(self._task, total=conversations)
        with self._progress:
            self._row(Text("    time"), *(Text(title) for title in _TITLES), style="dim")
            yield

    def completed(self, count: int) -> None:
        """So many conversations are over."""
        self._progress.update(
            self._task,
            completed=count,
            counts=f"{self._written} messages in, {self._replied} replies out",
        )

    def tell(self, text: str, *, style: str = "bold") -> None:
        """Something out of the ordinary, always shown."""
        self._console.print(Text.assemble(self._time(), " ", (text, style)))

    def noted(self, kind: Noted, fields: Mapping[str, Any]) -> None:
        """A line of the outside's log."""
        if kind is Noted.SENT and fields["channel"] in _CHANNEL_STYLES:
            self._written += 1
            self._asked[fields["address"]] = fields["text"]
        elif kind is Noted.REACHED:
            self._replied += 1
            self._show(fields)
        elif kind is Noted.ALERTED and not self._proven:
            self._proven = True
            proof = "its signature verifies" if fields["is_verified"] else "ITS SIGNATURE IS WRONG"
            self.tell(f"the signed webhook of the alert arrived, {proof}", style="bold red")

    def told(self, message: Told) -> None:
        """The supervisor's socket told something: the first alarm of each kind is shown."""
        words = alarm(message)
        if words is not None and alarm_key(message) not in self._alarms:
            self._alarms.add(alarm_key(message))
            self.tell(words, style="bold red")

    def _show(self, fields: Mapping[str, Any]) -> None:
        now_s = clock.monotonic_s()
        if now_s - self._last_s < LINE_EVERY_S:
            return
        self._last_s = now_s
        address, channel = fields["address"], fields["channel"]
        self._row(
            self._time(),
            Text(channel.replace("_", " "), style=_CHANNEL_STYLES[channel]),
            Text(one_line(self._asked.get(address, ""))),
            Text(self._answered_by.get(address, ""), style="bold green"),
            Text(one_line(fields["text"]), style="dim"),
        )

    def _row(self, *cells: Text, style: str = "") -> None:
        row = Table.grid(padding=(0, 1))
        for width in _WIDTHS:
            row.add_column(width=width, no_wrap=True, overflow="ellipsis")
        row.add_row(*cells, style=style)
        self._console.print(row)

    def _time(self) -> Text:
        return Text(f"{clock.monotonic_s() - self._began_s:5.1f} s", style="dim")


def one_line(text: str) -> str:
    """The text with its line ends and runs of spaces made one space each."""
    return " ".join(text.split())
