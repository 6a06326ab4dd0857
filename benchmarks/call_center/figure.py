"""The figure of the call centre: the log, the engine and Erlang-A side by side; each policy."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.call_center.bank_log import FILE, BankLog, read_bank_log
from benchmarks.call_center.calls import CustomerClass, Fate
from benchmarks.call_center.chart import Series, draw
from benchmarks.call_center.desks import POLICIES, THE_BANKS, RoutingPolicy, desk_of
from benchmarks.call_center.engine_router import EngineRouter
from benchmarks.call_center.intervals import Expected, Interval, expect, separate, total
from benchmarks.call_center.outcomes import Summary, by_class, logged_fates, wait_by_slot
from benchmarks.call_center.replay import Replay
from benchmarks.call_center.workload import SEED, Workload, make_workload
from benchmarks.figures import Figure, Table
from benchmarks.options import Options

LETTER, TITLE = "h", "A bank's call centre, replayed"
AIM = "waits and hang-ups beside the log's and Erlang-A's"
CHART = Path(__file__).parents[2] / "docs" / "figures" / "call-center.svg"
SOURCE = (
    "Data: I. Guedj and A. Mandelbaum, Technion: “Anonymous Bank”, January 1999. "
    "Class of callers who did not wait: imputed."
)
QUICK_CALLS = 3_000
_COMPARED = ("calls", "mean wait s", "p90 wait s", "hung up", "had to wait", "of these: wait s")
By = Mapping[CustomerClass | None, Summary]


def measure(options: Options, *, file: Path = FILE, chart: Path = CHART) -> Figure:
    """Replay the month and draw the chart; without the data a figure that says so.

    A quick run replays the first calls alone and draws nothing.
    """
    if not file.exists():
        return _skipped()
    log = read_bank_log(file)
    calls = log.calls[:QUICK_CALLS] if options.is_quick else log.calls
    workload = make_workload(calls)
    runs = {policy: _replayed(workload, policy) for policy in POLICIES}
    logged, engine, intervals = logged_fates(calls, workload), runs[THE_BANKS], expect(workload)
    if not options.is_quick:
        chart.parent.mkdir(parents=True, exist_ok=True)
        chart.write_text(_chart(logged, engine, intervals), encoding="utf-8")
    expected = total(intervals)
    return Figure(
        letter=LETTER,
        title=TITLE,
        aim=AIM,
        said=_said(by_class(logged)[None], by_class(engine)[None], expected[None]),
        is_met=None,
        workload=_workload(log, workload),
        tables=(
            _compared(by_class(logged), by_class(engine), expected),
            _policies({policy: by_class(fates) for policy, fates in runs.items()}),
            _cleaned(log),
        ),
        notes=("![Waits and hang-ups by class](figures/call-center.svg)", _notes(workload)),
    )


def _replayed(workload: Workload, policy: RoutingPolicy) -> list[Fate]:
    skills = workload.staffing.skills
    router = EngineRouter(desk_of(skills, policy), sorted(skills))
    return Replay(workload.callers, workload.staffing.shifts, router).run()


def _chart(logged: Sequence[Fate], engine: Sequence[Fate], intervals: Sequence[Interval]) -> str:
    expected = total(intervals)
    series = [
        _measured("the real log", logged, colour="#8794a3", dash=""),
        _measured("the engine, same calls and agents", engine, colour="#0f6fde", dash=""),
        Series(
            name="Erlang-A, first come first served",
            colour="#f2a33a",
            dash="5 4",
            wait_s={key: one.wait_s / one.calls for key, one in expected.items()},
            abandoned={key: one.abandoned / one.calls for key, one in expected.items()},
            wait_s_by_slot=_expected_by_slot(intervals),
        ),
    ]
    subtitle = (
        f"{len(logged):,} calls of January 1999. Preferred customers start with 90 s already"
        " waited; all callers count, those who did not wait too."
    )
    return draw(series, subtitle=subtitle, source=SOURCE)


def _measured(name: str, fates: Sequence[Fate], *, colour: str, dash: str) -> Series:
    summaries = by_class(fates)
    return Series(
        name=name,
        colour=colour,
        dash=dash,
        wait_s={key: one.mean_wait_s for key, one in summaries.items()},
        abandoned={key: one.abandoned for key, one in summaries.items()},
        wait_s_by_slot=wait_by_slot(fates),
    )


def _expected_by_slot(intervals: Sequence[Interval]) -> dict[int, float]:
    sums: dict[int, Expected] = {}
    for interval in intervals:
        for expected in interval.expected.values():
            sums[interval.slot] = sums.get(interval.slot, Expected()).plus(expected)
    return {slot: one.wait_s / one.calls for slot, one in sorted(sums.items())}


def _said(logged: Summary, engine: Summary, expected: Expected) -> str:
    return (
        f"**mean wait {engine.mean_wait_s:.0f} s, {engine.abandoned:.1%} hung up**; the log"
        f" {logged.mean_wait_s:.0f} s, {logged.abandoned:.1%}; Erlang-A"
        f" {expected.wait_s / expected.calls:.0f} s, {expected.abandoned / expected.calls:.1%}"
    )


def _compared(logged: By, engine: By, expected: Mapping[CustomerClass | None, Expected]) -> Table:
    rows = []
    for key in logged:
        name = key.value if key is not None else "everybody"
        rows.append((name, "the real log", *_cells(logged[key])))
        rows.append((name, "the engine", *_cells(engine[key])))
        rows.append((name, "Erlang-A", *_expected_cells(expected[key])))
    return Table(
        title="By class of customer, under the bank's own rule",
        columns=("class", "who", *_COMPARED, "of these: hung up"),
        rows=tuple(rows),
    )


def _cells(one: Summary) -> tuple[str, ...]:
    return (
        f"{one.calls:,}",
        f"{one.mean_wait_s:.1f}",
        f"{one.p90_wait_s:.0f}",
        f"{one.abandoned:.1%}",
        f"{one.waited:.1%}",
        f"{one.mean_wait_of_waiters_s:.1f}",
        f"{one.abandoned_of_waiters:.1%}",
    )


def _expected_cells(one: Expected) -> tuple[str, ...]:
    return (
        f"{one.calls:,.0f}",
        f"{one.wait_s / one.calls:.1f}",
        "",
        f"{one.abandoned / one.calls:.1%}",
        f"{one.waited / one.calls:.1%}",
        f"{one.wait_s / one.waited:.1f}",
        f"{one.abandoned / one.waited:.1%}",
    )


def _policies(runs: Mapping[RoutingPolicy, By]) -> Table:
    classes = (None, CustomerClass.PREFERRED, CustomerClass.ORDINARY, CustomerClass.UNIDENTIFIED)
    return Table(
        title="What each policy does: mean wait in seconds and share that hung up",
        columns=("policy", "everybody", *(one.value for one in classes if one is not None)),
        rows=tuple(
            (
                policy.name,
                *(f"{by[key].mean_wait_s:.1f} s, {by[key].abandoned:.1%}" for key in classes),
            )
            for policy, by in runs.items()
        ),
    )


def _cleaned(log: BankLog) -> Table:
    rows = [("rows of the log", f"{log.rows:,}")]
    rows += [(rule, f"{count:,}") for rule, count in sorted(log.cleaned.items())]
    return Table(
        title="What was made of the log",
        columns=("rule", "rows"),
        rows=(*rows, ("calls that asked for an agent", f"{len(log.calls):,}")),
    )


def _workload(log: BankLog, workload: Workload) -> str:
    hours = sum(one.to_ms - one.from_ms for one in workload.staffing.shifts) / 3_600_000
    return (
        f"{len(workload.callers):,} of {len(log.calls):,} calls, {len(workload.staffing.skills)}"
        f" agents with {hours:,.0f} hours of presence in {len(workload.staffing.shifts):,}"
        f" stretches, both inferred from the log; mean handling time"
        f" {workload.mean_handling_ms / 1_000:.0f} s, wrap-up included; seed {SEED}."
    )


def _notes(workload: Workload) -> str:
    apart = total(expect(workload, separate))[None]
    return (
        "The engine gets the real arrivals, talks and hang-ups; a caller whom the log saw answered"
        " has a patience drawn beyond that wait (Kaplan-Meier, by class). When agents were there"
        " is what the log proves: an agent silent while somebody waited was absent, or wrapping up"
        " when it took at most five minutes. What it can't prove (a pause while nobody waited, the"
        " seconds until a telephone rings) is no wait here, so the engine is somewhat flattered"
        " beside the log; the policies are compared on equal terms. A call lasts as long whoever"
        " takes it: what somebody without the skill would need is not in the log, so the policies"
        " that ask anybody are flattered beside those that insist on the skill. Least occupied is"
        " longest idle where everybody has one call at most; most proficient needs levels, which"
        " the log does not know."
        " The log does not know the class of callers who did not wait; it is drawn from those of"
        " the same type who did, the same for all three."
        " Erlang-A takes half hours of like days together, in a steady state, with everybody equal"
        " and patience memoryless, so it is a reference and not a strict bound; each half hour by"
        f" itself, chance included, gives {apart.wait_s / apart.calls:.0f} s and"
        f" {apart.abandoned / apart.calls:.1%}."
    )


def _skipped() -> Figure:
    return Figure(
        letter=LETTER,
        title=TITLE,
        aim=AIM,
        said="skipped: the log of the call centre is not beside the repository",
        is_met=None,
        workload="none; it would be read from `shared/data/callcenter_technion/january.txt`.",
    )
