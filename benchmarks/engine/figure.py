"""Figure (f): the engine at a big desk; each case runs in a process of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import orjson

from benchmarks.engine.case import WAIT_MS, Case, Measured
from benchmarks.engine.chart import Column, draw
from benchmarks.engine.growth import GROWTH_MAX, check_growth
from benchmarks.figures import Figure, Table
from benchmarks.options import Options, run_alone
from benchmarks.profiles import top_list

STEPS_AIM, EVENTS_AIM, LIGHT_AIM = 50_000, 15_000, 3.0
CHART = Path(__file__).parents[2] / "docs" / "figures" / "engine-steps.svg"
TIMEOUT_S = 3_600.0
SMALL, BIG, FEW, MANY = "small", "big", "few profiles", "many profiles"
FEWER_AGENTS, LESS_WAITING = "fewer agents", "less waiting"
# Timed is 9 s of engine time, counted 20 s: equal ages are compared, and each queue is measured
# twice while work is counted (R27).
CASES: Mapping[str, Case] = {
    SMALL: Case(agents=1_000, profiles=200, waiting=10_000, rounds=500, counted_rounds=1_111),
    FEWER_AGENTS: Case(
        agents=1_000, profiles=200, waiting=100_000, rounds=5_000, counted_rounds=11_111
    ),
    LESS_WAITING: Case(
        agents=10_000, profiles=200, waiting=10_000, rounds=500, counted_rounds=1_111
    ),
    BIG: Case(agents=10_000, profiles=200, waiting=100_000, rounds=5_000, counted_rounds=11_111),
    FEW: Case(agents=10_000, profiles=200, waiting=0, rounds=2_000, counted_rounds=200),
    MANY: Case(agents=10_000, profiles=10_000, waiting=0, rounds=2_000, counted_rounds=200),
}
_SIZES = (SMALL, FEWER_AGENTS, LESS_WAITING, BIG)
_TEN_TIMES_THE_AGENTS = ((SMALL, LESS_WAITING), (FEWER_AGENTS, BIG))
_TEN_TIMES_THE_WAITING = ((SMALL, FEWER_AGENTS), (LESS_WAITING, BIG))
_SHRINK = 100
_TURNS = 3
Cases = Mapping[str, Measured]


def measure(options: Options, *, chart: Path = CHART) -> Figure:
    """Raises GrowthError when a step's work grows with the desk. A quick run draws nothing."""
    cases = {name: quick(case) if options.is_quick else case for name, case in CASES.items()}
    with tempfile.TemporaryDirectory() as directory:
        found = {name: _run(cases[name]) for name in _SIZES}
        found |= _in_turn({name: cases[name] for name in (FEW, MANY)})
        profile = Path(directory) / "profile-engine.json"
        _run(replace(cases[SMALL], profile=str(profile)))
        where = top_list("engine", Path(directory))
    work = {name: one.work_per_step for name, one in found.items()}
    of_agents, of_waiting = (
        max(check_growth(work[before], work[after]) for before, after in pairs)
        for pairs in (_TEN_TIMES_THE_AGENTS, _TEN_TIMES_THE_WAITING)
    )
    if not options.is_quick:
        chart.parent.mkdir(parents=True, exist_ok=True)
        chart.write_text(_chart(cases, found), encoding="utf-8")
    big, light = found[BIG], found[MANY].us_per_step / found[FEW].us_per_step
    is_fast = big.steps_per_s >= STEPS_AIM and big.events_per_s >= EVENTS_AIM
    return Figure(
        letter="f",
        title="The engine at a big desk",
        aim=(
            f"{STEPS_AIM:,} steps/s, {EVENTS_AIM:,} events/s with their deadlines, work at most"
            f" {GROWTH_MAX} times, many profiles at most {LIGHT_AIM:.0f} times slower"
        ),
        said=(
            f"**{big.steps_per_s:,.0f} steps/s, {big.events_per_s:,.0f} events/s with"
            f" {big.deadlines_per_event:.1f} deadlines each; ten times the agents are at most"
            f" {of_agents:.2f} times the work of a step, ten times the waiting {of_waiting:.2f}"
            f" times; 10,000 profiles {light:.1f} times the time of 200**"
        ),
        is_met=is_fast and light <= LIGHT_AIM,
        workload=_workload(cases[BIG]),
        tables=(_sizes(cases, found), _events(big), _work(found)),
        notes=("![What a step costs](figures/engine-steps.svg)", _told(big), where),
    )


def quick(case: Case) -> Case:
    """The same desk a hundredth as big."""
    return replace(
        case,
        agents=case.agents // _SHRINK,
        profiles=case.profiles // _SHRINK,
        waiting=case.waiting // _SHRINK,
        rounds=max(case.rounds // _SHRINK, 50),
        counted_rounds=max(case.counted_rounds // _SHRINK, 50),
        queues=4,
        topics=1,
    )


def _in_turn(cases: Mapping[str, Case]) -> dict[str, Measured]:
    """Each by its run of middle speed: what else the machine does must not fall to one of them."""
    runs = [{name: _run(case) for name, case in cases.items()} for _ in range(_TURNS)]
    return {
        name: sorted((run[name] for run in runs), key=lambda one: one.us_per_step)[_TURNS // 2]
        for name in cases
    }


def _run(case: Case) -> Measured:
    ran = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "benchmarks.engine.case", orjson.dumps(asdict(case)).decode()],
        stdout=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=True,
    )
    return Measured(**orjson.loads(ran.stdout))


def _chart(cases: Mapping[str, Case], found: Cases) -> str:
    columns = [
        Column(
            agents=cases[name].agents,
            waiting=cases[name].waiting,
            work=found[name].work_per_step,
            us_per_step=found[name].us_per_step,
        )
        for name in _SIZES
    ]
    return draw(columns, subtitle="A step is an input event or a deadline that fires.")


def _workload(case: Case) -> str:
    return (
        f"{case.agents:,} agents of {case.profiles:,} profiles, {case.queues} queues with every"
        " policy, steps, escalations, holds and overflow, three channels of different weight, one"
        f" of them exclusive; {case.waiting:,} wait, each for about {WAIT_MS // 1_000} s of engine"
        f" time, which makes {3_000 * case.waiting / WAIT_MS:,.0f} input events a second of it:"
        " customers write, agents accept (one in 50 refuses) and close. Ticks every 50 ms. Light"
        " load: nobody waits, a quarter of the agents have work. A step is an input event or a"
        " fired deadline (R3). Processor time of the engine's decisions, invariants included, and"
        " of the router's planned collections. Figures of before 2026-12 counted the making of the"
        " events as well, 8 % of them."
    )


def _told(big: Measured) -> str:
    return (
        f"Memory: {big.kib_per_item:.1f} KiB for each waiting item (with conversation, contact"
        f" point and remembered id), {big.kib_per_agent:.1f} KiB for each agent (with their part of"
        f" the configuration). Longest pause of the collector: {big.pause_ms:.0f} ms under the"
        f" router's plan (`services/router/collector.py`), {big.unplanned_pause_ms:.0f} ms for one"
        " that goes through everything, as Python's own does."
    )


def _sizes(cases: Mapping[str, Case], found: Cases) -> Table:
    rows = []
    for name, case in cases.items():
        one = found[name]
        rows.append(
            (
                f"{case.agents:,} agents, {case.profiles:,} profiles, {case.waiting:,} waiting",
                f"{one.steps_per_s:,.0f}",
                f"{one.events_per_s:,.0f}",
                f"{one.deadlines_per_event:.2f}",
                f"{one.us_per_step:.0f}",
                f"{one.work_per_step['all']:.1f}",
                f"{one.pause_ms:.0f} / {one.unplanned_pause_ms:.0f}",
            )
        )
    return Table(
        title="By the size of the desk",
        columns=(
            "desk",
            "steps/s",
            "input events/s",
            "deadlines/event",
            "µs/step",
            "counted work/step",
            "pause ms, planned / unplanned",
        ),
        rows=tuple(rows),
    )


def _events(big: Measured) -> Table:
    return Table(
        title="By type of event, at the biggest desk (a tick fires many deadlines)",
        columns=("event", "how many", "median µs"),
        rows=tuple(
            (kind, f"{big.events[kind]:,}", f"{us:.0f}") for kind, us in big.us_by_event.items()
        ),
    )


def _work(found: Cases) -> Table:
    return Table(
        title="Counted work of a step",
        columns=("what", *_SIZES),
        rows=tuple(
            (kind, *(f"{found[size].work_per_step.get(kind, 0.0):.2f}" for size in _SIZES))
            for kind in found[BIG].work_per_step
        ),
    )


if __name__ == "__main__":
    run_alone(measure)
