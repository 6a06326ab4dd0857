"""Seeds that once broke a promise: kept in a file for ever, each with what it found."""

from dataclasses import dataclass
from pathlib import Path

KEPT = Path(__file__).parent / "seeds.txt"
STEPS = 2_000


@dataclass(frozen=True, slots=True)
class Seed:
    """One kept seed. An open one is expected to fail until it is closed."""

    number: int
    engine: str
    steps: int
    is_open: bool
    found: str


def kept(path: Path = KEPT) -> list[Seed]:
    """All kept seeds, in the order in which they were found."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return [_read(line) for line in lines if line]


def keep(seed: Seed, path: Path = KEPT) -> None:
    """Add a seed that failed, unless it is there already."""
    known = {(one.number, one.engine, one.steps) for one in kept(path)}
    if (seed.number, seed.engine, seed.steps) in known:
        return
    state = "open" if seed.is_open else "closed"
    with path.open("a") as file:
        file.write(f"{seed.number} {seed.engine} {seed.steps} {state} {seed.found}\n")


def _read(line: str) -> Seed:
    number, engine, steps, state, found = line.split(maxsplit=4)
    return Seed(int(number), engine, int(steps), state == "open", found)
