"""The protocol and the routing keep their promises in every simulated run; a run is its seed."""

import pytest

from libs.common.contracts.decisions import DECISION_TYPES
from services.router.core import queueing
from tests.simulation.kits import KITS
from tests.simulation.many import run_many
from tests.simulation.seeds import STEPS, Seed, kept
from tests.simulation.world import World

pytestmark = pytest.mark.slow
# The real engine: whole desks, their people, all faults. The tiny one: the protocol at its worst.
# Every type of decision, but what becomes of replies, which says nothing to routing, and two that
# are so rare that longer searches alone meet them: a successor who takes part, a link taken back.
RARE = {"delivery_filed", "owner_changed", "link_removed"}
# What only desks with calendars decide.
HOURS = {"agent_shift_changed", "queue_hours_changed"}
# What only desks with promises decide.
PROMISED = {one for one in DECISION_TYPES if one.startswith(("sla_", "escalation_"))}
# What only they decide of a conversation's life. Nobody there wakes within a run, but at night.
LIVES = {
    "blocked_message_filed",
    "contact_point_blocked",
    "contact_point_unblocked",
    "conversation_reopened",
    "conversation_split",
    "conversations_merged",
    "inactivity_closed",
    "inactivity_reminded",
    "reopening_ended",
    "wait_notice_put_off",
    "wait_notice_sent",
    "work_item_snoozed",
    "work_item_woken",
}
# No simulated agent promises to call back.
FOLLOW_UPS = {"follow_up_canceled", "follow_up_due", "follow_up_scheduled"}
DECIDED = {
    "real": DECISION_TYPES.keys() - (RARE | HOURS | LIVES | FOLLOW_UPS | PROMISED)
    | {"escalation_fired"},
    "tiny": set[str](),
    "promising": PROMISED | LIVES - {"work_item_woken"},
    "timed": HOURS | {"work_item_woken"},
}
# 150 worlds of the real engine, a third of them with promises, some of these with calendars too.
SEEDS = {
    "real": range(1_000, 1_100),
    "tiny": range(1_000, 1_060),
    "promising": range(1_000, 1_030),
    "timed": range(1_000, 1_020),
}


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(one, marks=pytest.mark.xfail(reason=one.found) if one.is_open else ())
        for one in kept()
    ],
    ids=lambda seed: f"{seed.number}-{seed.engine}-{seed.steps}",
)
def test_seed_that_once_failed_keeps_every_promise(seed: Seed) -> None:
    """What was once found stays fixed; what is still open says so."""
    World(seed.number, steps=seed.steps, kit=KITS[seed.engine]).run()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", SEEDS)
def test_every_promise_is_kept(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Crashes, clocks, floods, late words and new versions break no promise of any kind."""
    known = {(one.number, one.steps) for one in kept() if one.engine == engine and one.is_open}
    runs = list(run_many(SEEDS[engine], engine=engine, steps=STEPS))

    broken = [run for run in runs if run.broken and (run.seed, run.steps) not in known]
    records = sum(run.records for run in runs)
    with capsys.disabled():
        print(f"\n{engine}: {len(runs)} seeds of {STEPS} steps, {records} records")
    assert broken == []
    if engine != "tiny":
        happened = frozenset[str]().union(*(run.happened for run in runs))
        assert {"clock jumps", "crash", "freeze", "void", *DECIDED[engine]} <= happened


@pytest.mark.parametrize("engine", KITS)
def test_same_seed_is_the_same_run(engine: str) -> None:
    """A seed reproduces a run byte for byte."""
    first, second = (World(7, kit=KITS[engine]) for _ in range(2))

    first.run()
    second.run()

    assert first.digest == second.digest


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("engine", ["real", "promising", "timed"])
def test_lines_that_are_found_once_and_kept_give_the_run_of_lines_looked_at_one_by_one(
    engine: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desks here are small: without this nobody would see what a big desk does."""
    one_by_one, kept_lines = (World(seed, kit=KITS[engine]) for _ in range(2))
    one_by_one.run()

    monkeypatch.setattr(queueing, "FEW_LINES", -1)
    kept_lines.run()

    assert one_by_one.digest == kept_lines.digest


@pytest.mark.parametrize("engine", KITS)
def test_other_seed_is_another_run(engine: str) -> None:
    """The digest says something about the run."""
    first, second = World(7, kit=KITS[engine]), World(8, kit=KITS[engine])

    first.run()
    second.run()

    assert first.digest != second.digest


def test_faults_really_happen() -> None:
    """The simulation exercises what it claims to: every kind of fault and of end occurs."""
    counts: dict[str, int] = {}
    ends: set[str] = set()

    for seed in range(12):
        world = World(seed)
        world.run()
        for kind, count in world.counts.items():
            counts[kind] = counts.get(kind, 0) + count
        ends |= {reason.value for process in world.processes for reason in process.ends}

    faults = {"crash", "freeze", "thaw", "void", "failed_alone", "failed_for_good", "truncated"}
    assert faults | {"landed_ack_lost", "restart", "assigned", "tick", "save"} <= counts.keys()
    assert {"superseded", "revoked", "publish_failed", "decide_failed"} <= ends
    assert {"own_record_void", "record_too_large"} <= ends
