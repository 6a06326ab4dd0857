"""Bursts of messages while something is killed: nothing is lost, doubled or contradicted.

Each test sends a burst, breaks something in its midst, waits until all is settled, and lets the
checker judge everything that happened since the platform was started.
"""

from functools import partial

from tests.e2e.crowd import Crowd
from tests.e2e.running import SEED, Running

BURST = 2_000
SMALL_BURST = 400
UPGRADED = ("-m", "tests.e2e.upgraded_router")


async def test_each_service_is_killed_in_a_burst(running: Running) -> None:
    """SIGKILL to ingest, router, notifier and history, one after the other, in 2,000 messages."""
    crowd = Crowd(running.stack, seed=_seed(1))
    faults = {
        number: partial(running.kill_and_start, service)
        for number, service in zip(
            range(BURST // 5, BURST, BURST // 5),
            ("ingest", "router", "notifier", "history"),
            strict=True,
        )
    }

    refused = await running.send_all(crowd.requests(BURST), faults)
    report = await running.verdict()

    assert refused == 0
    assert report.is_good, report.to_text()
    assert report.looked_at["messages acknowledged"] >= BURST


async def test_a_router_comes_back_with_another_matching_rule(running: Running) -> None:
    """A router is killed, a release that matches otherwise takes over, and is rolled back."""
    # A burst for each release: on a fast machine one is sent before the first is up.
    refused = 0
    for seed, launcher in ((2, UPGRADED), (5, None)):
        crowd = Crowd(running.stack, seed=_seed(seed))
        fault = partial(running.kill_and_start, "router", launcher=launcher)
        refused += await running.send_all(crowd.requests(SMALL_BURST), {SMALL_BURST // 2: fault})
    report = await running.verdict()

    assert refused == 0
    assert report.is_good, report.to_text()


async def test_the_broker_is_killed_in_a_burst(running: Running) -> None:
    """SIGKILL to Kafka in mid-burst; it comes back on its data, and everything goes on."""
    crowd = Crowd(running.stack, seed=_seed(3))

    refused = await running.send_all(
        crowd.requests(SMALL_BURST), {SMALL_BURST // 2: running.kill_and_start_kafka}
    )
    report = await running.verdict()

    assert refused == 0
    assert report.is_good, report.to_text()


async def test_mongodb_is_killed_in_a_burst(running: Running) -> None:
    """SIGKILL to mongod in mid-burst; what it had acknowledged is there, the rest follows."""
    crowd = Crowd(running.stack, seed=_seed(4))

    refused = await running.send_all(
        crowd.requests(SMALL_BURST), {SMALL_BURST // 2: running.kill_and_start_mongodb}
    )
    report = await running.verdict()

    assert refused == 0
    assert report.is_good, report.to_text()


def _seed(number: int) -> int:
    """A burst's seed, printed so that a failure can be sent again."""
    seed = SEED % 10_000 * 10 + number
    print(f"burst seed {seed}")
    return seed
