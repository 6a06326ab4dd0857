"""The short case: three replicas under load, one added, one frozen while another is killed at the
moment when promises and escalations fall due.
"""

from tests.chaos.firings import firings
from tests.chaos.forging import doubled, lost
from tests.chaos.judging import RULES
from tests.chaos.schedule import Fault, Kind
from tests.chaos.telling import consequences_of, lateness, table
from tests.chaos.world import running_world
from tests.e2e.checker import check
from tests.e2e.checker.history import History

INSTANCE = "chaos-test"
SEED = 1
# The shortest that the broker allows.
SESSION_TIMEOUT_S = 6.0
# At risk, broken, four levels, one of them twice.
KEYS_OF_A_PROMISE = 7
# What fell due while its partition had no owner waited for one.
OUTAGE_MS = 1_000
FAULTS = (
    Fault(kind=Kind.ADD, replica_id="router-3"),
    Fault(kind=Kind.FREEZE_AND_KILL, replica_id="router-0", other="router-1"),
)


async def test_replicas_added_frozen_and_killed_lose_double_and_contradict_nothing() -> None:
    """Partitions move again and again, and the log is what one owner alone would have written;
    the same log with one record taken out, or doubled, is rejected.
    """
    async with running_world(
        INSTANCE,
        seed=SEED,
        session_timeout_s=SESSION_TIMEOUT_S,
        desks_each=1,
        is_around_due_times=True,
    ) as world:
        outcome = await world.play(FAULTS)
    print(f"\n{table(consequences_of(outcome))}\n{outcome.report.to_text()}")
    print(lateness(outcome))

    assert outcome.report.is_good, outcome.report.to_text()
    assert outcome.report.looked_at["messages acknowledged"] > 100
    assert any(one.moved for one in consequences_of(outcome))
    fired = firings(History.of(outcome.material))
    assert len({one.name for one in fired}) == KEYS_OF_A_PROMISE
    assert any(one.late_ms - one.apart_ms > OUTAGE_MS for one in fired)
    assert "every event is decided" in check(lost(outcome.material), RULES).rules_broken
    assert "event offsets follow" in check(doubled(outcome.material), RULES).rules_broken
