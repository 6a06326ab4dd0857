"""Events that break the engine, that nobody can read, or that come too late: on the real Kafka."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

import pytest

from libs.common import clock, dead_letters, mongo
from libs.common.contracts.decisions import EventRefused, MessageFiled
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import ROUTING_EVENTS, routing_key
from libs.common.contracts.wire import encode_event
from libs.common.dead_letters import DeadLetter
from libs.common.decision_log import Verdict
from libs.common.identifiers import fresh_event_id
from libs.common.kafka import Publisher
from services.router import restoring
from services.router.core.memory import WINDOW_MS
from tests.integration.services.router.log_check import FoldedLog, until_decided
from tests.integration.services.router.router_inside import RouterInside
from tests.integration.services.router.traffic import Traffic
from tests.simulation.desk_workload import DESK, TENANT
from tests.simulation.upgraded import POISON, VulnerableEngine

pytestmark = pytest.mark.timeout(120)
GOES_ON_WITHIN_S = 5.0
TRIES_TOLD = 3
# The one that decided what came before, two silent ones, the announced try, the one that refuses.
EPOCHS_MAX = 5
LETTER_LOOKS_MAX = 50
LETTER_LOOK_EVERY_S = 0.1
UNREADABLE = (b"\xff\xfe", b"", b"[" * 100_000, b'{"specversion":"1.0"}')


async def letters_of(bootstrap_servers: str, *, count: int) -> list[DeadLetter]:
    """The letters, once there are so many."""
    for _ in range(LETTER_LOOKS_MAX):
        found = [
            letter async for letter in dead_letters.read_all(bootstrap_servers, ROUTING_EVENTS)
        ]
        if len(found) >= count:
            return found
        await asyncio.sleep(LETTER_LOOK_EVERY_S)
    raise AssertionError(f"fewer than {count} dead letters")


def filed_texts(folded: FoldedLog) -> list[str]:
    """Every customer's text that was filed, in order."""
    return [
        decision.content.text
        for record in folded.records.values()
        for decision in record.decisions
        if isinstance(decision, MessageFiled)
    ]


async def test_event_that_breaks_the_engine_is_refused_after_an_announced_try(
    topics: str, traffic: Traffic, database: mongo.Database
) -> None:
    """The partition goes on within 5 s, with the poison put aside and everything else filed."""
    with patch.object(restoring, "Engine", VulnerableEngine):
        router = RouterInside(topics, database)
        async with router.running():
            await traffic.open_desk()
            await until_decided(topics, at_least=traffic.published)
            began_s = clock.monotonic_s()
            poison = await traffic.say(traffic.message(POISON))
            await traffic.write(20)
            folded = await until_decided(topics, at_least=traffic.published)
            took_s = clock.monotonic_s() - began_s
            (letter,) = await letters_of(topics, count=1)

    assert folded.refused(RefusalReason.UNPROCESSABLE) == [poison]
    assert folded.verdicts[Verdict.ATTEMPT] == 1
    assert folded.verdicts[Verdict.EPOCH] <= EPOCHS_MAX
    assert len(filed_texts(folded)) == 20
    assert took_s < GOES_ON_WITHIN_S
    assert (letter.origin, letter.attempts) == (f"{ROUTING_EVENTS}/0/{poison}", TRIES_TOLD)
    assert letter.reason == RefusalReason.UNPROCESSABLE
    assert router.failures == []


async def test_poison_is_decided_by_the_release_without_the_bug(
    topics: str, traffic: Traffic, publisher: Publisher, database: mongo.Database
) -> None:
    """After the upgrade a replay takes effect, once however often it is replayed."""
    with patch.object(restoring, "Engine", VulnerableEngine):
        async with RouterInside(topics, database).running():
            await traffic.open_desk()
            await traffic.say(traffic.message(POISON))
            (letter,) = await letters_of(topics, count=1)

    async with RouterInside(topics, database).running():
        for _ in range(2):
            await dead_letters.replay(publisher, letter)
        folded = await until_decided(topics, at_least=traffic.published + 2)

    assert filed_texts(folded) == [POISON]


async def test_what_nobody_can_read_is_put_aside_at_once(
    topics: str, traffic: Traffic, publisher: Publisher, database: mongo.Database
) -> None:
    """No bytes hold the partition up."""
    async with RouterInside(topics, database).running():
        await traffic.open_desk()
        for value in UNREADABLE:
            await publisher.publish(ROUTING_EVENTS, key=routing_key(TENANT, DESK), value=value)
        await traffic.write(5)
        folded = await until_decided(topics, at_least=traffic.published + len(UNREADABLE))
        letters = await letters_of(topics, count=len(UNREADABLE))

    assert len(folded.refused(RefusalReason.UNDECODABLE)) == len(UNREADABLE)
    # Several are put aside at once, so in any order.
    assert {letter.record.value for letter in letters} == set(UNREADABLE)
    assert {letter.attempts for letter in letters} == {1}
    assert folded.verdicts[Verdict.EPOCH] == 1
    assert len(filed_texts(folded)) == 5


async def test_event_that_came_too_late_takes_effect_when_replayed(
    topics: str, traffic: Traffic, publisher: Publisher, database: mongo.Database
) -> None:
    """A replay is as old as the decision to replay, so it is not refused for its age again."""
    async with RouterInside(topics, database).running():
        await traffic.open_desk()
        await publisher.publish(
            ROUTING_EVENTS,
            key=routing_key(TENANT, DESK),
            value=encode_event(
                traffic.message("Sent long ago"),
                event_id=fresh_event_id(),
                source="test",
                time=clock.now() - timedelta(milliseconds=2 * WINDOW_MS),
                tenant_id=TENANT,
                desk_id=DESK,
            ),
        )
        (letter,) = await letters_of(topics, count=1)
        await dead_letters.replay(publisher, letter)
        folded = await until_decided(topics, at_least=traffic.published + 2)

    refusals = [
        decision.reason
        for record in folded.records.values()
        for decision in record.decisions
        if isinstance(decision, EventRefused)
    ]
    assert refusals == [RefusalReason.TOO_OLD]
    assert filed_texts(folded) == ["Sent long ago"]
