"""Takeovers on the real Kafka: what aiokafka and the broker do to a pipeline of records."""

import asyncio
from dataclasses import replace

import pytest

from libs.common import mongo
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, TOPICS, Topic
from libs.common.dead_letters import read_all
from libs.common.decision_log import Verdict
from libs.common.kafka_topics import ensure_topics
from services.router.core.ownership_effects import StoredSave
from tests.integration.services.router.broker import writing_forbidden
from tests.integration.services.router.log_check import (
    check_saves,
    until_counted,
    until_decided,
)
from tests.integration.services.router.router_inside import RouterInside
from tests.integration.services.router.traffic import Traffic
from tests.simulation.desk_workload import configuration

pytestmark = pytest.mark.timeout(180)
# More than a whole batch of ordinary records, and less than the router believes.
SMALL_BYTES = 320_000
AGENTS_TOO_MANY = 4_000


def with_small_decisions(topic: Topic) -> Topic:
    """The broker takes smaller decision records than the router believes."""
    if topic.name != ROUTING_DECISIONS:
        return topic
    return replace(topic, settings={**topic.settings, "max.message.bytes": str(SMALL_BYTES)})


def huge_configuration() -> e.DeskConfigured:
    """A valid configuration whose decision the broker will refuse."""
    document = configuration(2).model_dump(mode="json")
    (agent, *_) = document["agents"]
    document["agents"] = [
        {**agent, "agent_id": f"agent-{number}"} for number in range(AGENTS_TOO_MANY)
    ]
    return e.DeskConfigured(configuration=DeskConfiguration.model_validate(document))


async def test_live_state_is_the_fold_of_the_log_and_of_any_save(
    topics: str, traffic: Traffic, database: mongo.Database, saves: list[StoredSave]
) -> None:
    """By the canonical hash: live, folded from the beginning, saved and folded on."""
    router = RouterInside(topics, database)
    async with router.running():
        await traffic.open_desk()
        await traffic.write(500)
        await asyncio.sleep(0.5)
        await traffic.write(200)
        await until_decided(topics, at_least=700)
        live, now_ms = router.engine.canonical_hash(), router.engine.now_ms
        folded = await check_saves(topics, saves)

    assert saves
    # A tick may have been decided in between; then the two are not of one moment.
    assert folded.engine.now_ms != now_ms or folded.engine.canonical_hash() == live
    assert router.failures == []


async def test_oversize_record_in_mid_pipeline_costs_its_event_alone(
    own_kafka: str, traffic: Traffic, database: mongo.Database, saves: list[StoredSave]
) -> None:
    """The broker refuses one record while others are under way: epochs end, nothing is lost."""
    await ensure_topics(own_kafka, partitions=1, topics=map(with_small_decisions, TOPICS))
    router = RouterInside(own_kafka, database)
    async with router.running():
        await traffic.open_desk()
        await traffic.write(200)
        said = asyncio.create_task(traffic.say(huge_configuration()))
        await traffic.write(300)
        oversize = await said

        await until_decided(own_kafka, at_least=500)

        assert not router.is_waiting_for_a_person
    folded = await check_saves(own_kafka, saves)
    assert folded.refused(RefusalReason.UNPROCESSABLE) == [oversize]
    assert folded.verdicts[Verdict.EPOCH] >= 3
    letters = [letter.origin async for letter in read_all(own_kafka, ROUTING_EVENTS)]
    assert letters == [f"{ROUTING_EVENTS}/0/{oversize}"]


async def test_authorisation_taken_away_in_mid_pipeline_loses_nothing(
    topics: str, traffic: Traffic, database: mongo.Database, saves: list[StoredSave]
) -> None:
    """Nothing is decided while nobody may write; afterwards everything is, once."""
    router = RouterInside(topics, database)
    async with router.running():
        await traffic.open_desk()
        writing = asyncio.create_task(traffic.write_on())
        await until_counted(topics, 100)
        async with writing_forbidden(topics):
            await asyncio.sleep(2)
        await asyncio.sleep(1)
        traffic.stop()
        await writing

        await until_decided(topics, at_least=traffic.published)

        assert not router.is_waiting_for_a_person
    folded = await check_saves(topics, saves)
    assert folded.verdicts[Verdict.EPOCH] >= 2
    assert folded.position.event_offset >= traffic.published - 1
    assert router.failures == []


async def test_agents_go_on_after_a_takeover(
    topics: str, traffic: Traffic, database: mongo.Database
) -> None:
    """A second owner in the same process starts from what the first has saved."""
    async with RouterInside(topics, database).running():
        await traffic.open_desk()
        await traffic.write(100)
        first = await until_decided(topics, at_least=100)
    async with RouterInside(topics, database).running():
        await traffic.say(e.NotifierAlive(replica_id="notifier-0"))
        second = await until_decided(topics, at_least=len(first.records) + 1)

    assert second.verdicts[Verdict.EPOCH] == first.verdicts[Verdict.EPOCH] + 1
    assert second.verdicts.get(Verdict.VOID, 0) == 0
