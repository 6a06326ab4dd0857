"""The outside's own log: what was sent to us and how we answered, what reached the providers.

One JSON object per line, written as it happens. Whoever checks the platform compares this with
what the platform says of itself.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from libs.common import clock


class Noted(StrEnum):
    """The kinds of lines."""

    SENT = "sent"  # a customer's message or event, one line per attempt, with our answer's status
    ACTED = "acted"  # an agent's or administrator's request, one line per attempt
    REACHED = "reached"  # a reply arrived at a provider, who took it
    REFUSED = "refused"  # a reply arrived at a provider, who refused it
    ALERTED = "alerted"  # a webhook arrived at a subscriber
    HEARD = "heard"  # a stream told an agent something


class ProviderLog:
    """Appends lines to one file; a crash of the writer loses at most the last one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)

    def note(self, kind: Noted, fields: Mapping[str, Any]) -> None:
        """Append one line, stamped with the present time in milliseconds."""
        line = {"kind": kind.value, "at_ms": clock.now_ms(), **fields}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self._file.close()


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """Every whole line, in order; a last line that was cut short is skipped."""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
