"""Figure (i): how late ten thousand promises are told as broken that fall due together."""

import subprocess
import sys
from dataclasses import asdict, dataclass

import orjson

from benchmarks.clocks.case import BEFORE_MS, BESIDE_EVERY_MS, Case, Measured
from benchmarks.clocks.office import CLOCKS_EACH, SOON_S
from benchmarks.clocks.owner import LOOK_EVERY_MS, TRIP_MS
from benchmarks.engine.growth import GROWTH_MAX, check_growth
from benchmarks.figures import Figure, Table, percentile
from benchmarks.options import Options, run_alone

LATE_AIM_MS = 5_000
BIG = Case(clocks=100_000, due=10_000)
BIG_QUICK = Case(clocks=1_000, due=100)
SMALLER = 10
TIMEOUT_S = 1_800.0
SINCE_DUE = "escalated, since the promise was due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The same desk in two sizes, and the bigger one without promises."""

    case: Case
    small: Measured
    big: Measured
    bare: Measured

    @property
    def kib_per_clock(self) -> float:
        """What the process is bigger by, for each clock, than where nothing is promised."""
        return (self.big.resident_kib - self.bare.resident_kib) / self.case.clocks

    @property
    def rate_per_s(self) -> float:
        """How many promises were told as broken in a second of engine time."""
        return 1_000 * self.case.due / self.big.took_ms[SINCE_DUE]


def measure(options: Options) -> Figure:
    """Raises GrowthError when a step's work grows with the number of clocks."""
    case = BIG_QUICK if options.is_quick else BIG
    smaller = Case(clocks=case.clocks // SMALLER, due=case.due // SMALLER)
    found = Found(
        case=case,
        small=_run(smaller),
        big=_run(case),
        bare=_run(Case(clocks=case.clocks, due=case.due, promises=False)),
    )
    growth = check_growth(found.small.work_per_step, found.big.work_per_step)
    p99_ms = percentile(found.big.late_ms[SINCE_DUE], 0.99)
    return Figure(
        letter="i",
        title=f"{case.clocks:,} running clocks, {case.due:,} due in the same second",
        aim=f"at most {LATE_AIM_MS // 1_000} s late, work at most {GROWTH_MAX} times",
        said=(
            f"**escalated {p99_ms / 1_000:.2f} s late at p99, {found.rate_per_s:,.0f} a second of"
            f" engine time; {found.big.steps_per_s:,.0f} steps/s; {found.kib_per_clock:.2f} KiB for"
            f" each clock; ten times the clocks are {growth:.2f} times the work of a step**"
        ),
        is_met=max(found.big.late_ms[SINCE_DUE]) <= LATE_AIM_MS,
        workload=_workload(case),
        tables=(_lateness(found.big), _work(found)),
        notes=(_told(found),),
    )


def _run(case: Case) -> Measured:
    ran = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "benchmarks.clocks.case", orjson.dumps(asdict(case)).decode()],
        stdout=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=True,
    )
    return Measured(**orjson.loads(ran.stdout))


def _workload(case: Case) -> str:
    return (
        f"{case.clocks // CLOCKS_EACH:,} conversations with two clocks each, first response and"
        f" resolution, which most count by an office's hours in Berlin. {case.due:,} of them were"
        f" promised a reply within {SOON_S} s and came in one second, the others in the"
        f" {BEFORE_MS // 1_000} s before it. Nobody answers: each promise gets at risk, is broken,"
        f" and escalates to a role; then {1_000 / BESIDE_EVERY_MS:.0f} customers a second"
        " write beside it. Ticks fire portions (R2), one at a time: the owner decides it, encodes"
        f" its record in the processor time that this really takes, and {TRIP_MS:.0f} ms later the"
        f" next one is appended, as is stated here. With nothing overdue the ticker looks every"
        f" {LOOK_EVERY_MS} ms."
    )


def _lateness(big: Measured) -> Table:
    shares = (0.5, 0.9, 0.99, 1.0)
    rows = [
        (
            kind,
            f"{len(late_ms):,}",
            *(f"{percentile(late_ms, share):,.0f}" for share in shares),
        )
        for kind, late_ms in big.late_ms.items()
        if kind != "at risk"  # Then work is counted, which takes time.
    ]
    return Table(
        title="Late in engine time",
        columns=("what fired", "how often", "p50 ms", "p90 ms", "p99 ms", "max ms"),
        rows=tuple(rows),
    )


def _work(found: Found) -> Table:
    sizes = (found.small, found.big)
    return Table(
        title="Counted work of a step, while these get at risk",
        columns=("what", f"a {SMALLER}th of the clocks", "all clocks"),
        rows=tuple(
            (kind, *(f"{size.work_per_step.get(kind, 0.0):.2f}" for size in sizes))
            for kind in found.big.work_per_step
        ),
    )


def _told(found: Found) -> str:
    return (
        f"{found.big.ticks:,} ticks; the largest record holds {found.big.largest_record} decisions."
        f" An arrival takes {found.big.us_per_arrival:.0f} µs, and"
        f" {found.bare.us_per_arrival:.0f} µs where nothing is promised."
    )


if __name__ == "__main__":
    run_alone(measure)
