"""On what the figures were measured: processor, memory, versions, and who else was at work."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("aiokafka", "faststream", "motor", "msgspec", "orjson", "pydantic", "uvicorn", "uvloop")
_KIB_PER_GIB = 1024 * 1024


def describe() -> str:
    """The machine in a few lines of Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return "\n".join(
        [
            f"- {_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {_system()}",
            f"- {platform.python_implementation()} {platform.python_version()}; {versions}",
        ]
    )


def load() -> str:
    """How many processes wanted a processor in the last minute: 1 a core is a busy machine."""
    return f"{os.getloadavg()[0]:.1f}"


def cpu_s(pid: int) -> float:
    """The processor seconds that a process has used, with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def resident_kib() -> int:
    """The memory that this process has now. Not its peak, which a process inherits from whoever
    started it: beside a big parent everything would seem to cost nothing.
    """
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") // 1024


def _system() -> str:
    return f"{platform.system()} {platform.release()}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / _KIB_PER_GIB
    return 0.0
