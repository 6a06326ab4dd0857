"""The identity of a running process, which a number alone is not: numbers are used again."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process number together with a mark of when that process began."""

    pid: int
    began: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the identity of the process that has this number now; None if there is none."""
        began = _began(pid)
        return None if began is None else cls(pid=pid, began=began)

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Return the identity that was saved to `file`; None when there is no such file."""
        try:
            saved = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return cls(pid=int(saved["pid"]), began=str(saved["began"]))

    def save(self, file: Path) -> None:
        """Write this identity to `file`, whole or not at all."""
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        draft.replace(file)

    @property
    def is_alive(self) -> bool:
        """Tell whether that very process runs; one that has ended and was not reaped does not."""
        return _began(self.pid) == self.began


def _began(pid: int) -> str | None:
    return _began_by_proc(pid) if _BOOT_ID.exists() else _began_by_ps(pid)


def _began_by_proc(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold blanks; the state follows it, the start is 19 fields later.
    fields = stat.rpartition(")")[2].split()
    # Ticks count from the boot: without its id a mark could match again after a reboot.
    return None if fields[0] in "ZX" else f"{_BOOT_ID.read_text().strip()}/{fields[19]}"


def _began_by_ps(pid: int) -> str | None:
    listed = subprocess.run(  # noqa: S603 - the only variable part is a number
        ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - its place differs by system
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, began = listed.stdout.strip().partition(" ")
    return None if not began or state.startswith("Z") else began.strip()
