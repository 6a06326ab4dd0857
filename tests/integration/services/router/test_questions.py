"""Why, why not and what if, asked of real router processes over HTTP, about real saves."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from deploy.local.tokens import LocalIssuer
from deploy.local.why.log import decisions_about
from deploy.local.why.story import story
from libs.common import mongo
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import Presence, Role
from libs.common.contracts.topics import ROUTING_DECISIONS
from services.router.saves import SaveStore
from tests.integration.eventually import eventually
from tests.integration.services.router.log_check import (
    LOOK_EVERY_S,
    PARTITION,
    end_of,
    until_decided,
)
from tests.integration.services.router.router_process import RouterProcess
from tests.integration.services.router.traffic import Traffic
from tests.simulation.desk_workload import DESK, TENANT

pytestmark = pytest.mark.timeout(180)
MakeRouter = Callable[[str], RouterProcess]
LOOKS_MAX = 600
DRY_RUN = f"/v1/desks/{DESK}/configuration/dry-run"


def a_desk(**changes: object) -> DeskConfiguration:
    """Ann serves general, nobody has the russian that it asks for until a step drops it."""
    steps = [{"after_s": 600, "drop": ["russian"]}]
    document: dict[str, object] = {
        "skills": ["russian"],
        "queues": [{"queue_id": "general", "requires": {"russian": 3}, "steps": steps}],
        "agents": [{"agent_id": "ann", "queues": {"general": 1}}],
        "default": {"queue": "general"},
    }
    return DeskConfiguration.model_validate({**document, **changes})


class Asker:
    """Asks one replica with credentials of any kind."""

    def __init__(self, router: RouterProcess, issuer: LocalIssuer) -> None:
        self._issuer = issuer
        self._client = httpx.AsyncClient(base_url=router.url, timeout=20, trust_env=False)

    async def get(self, path: str, *, tenant_id: str = TENANT, role: Role) -> httpx.Response:
        """A question by somebody of this tenant and role."""
        return await self._client.get(path, headers=self._bearer(tenant_id, role))

    async def try_out(self, document: str, *, role: Role = Role.ADMINISTRATOR) -> httpx.Response:
        """A dry run of this YAML document."""
        headers = {**self._bearer(TENANT, role), "content-type": "application/yaml"}
        return await self._client.post(DRY_RUN, content=document, headers=headers)

    async def without_token(self, path: str) -> httpx.Response:
        """A question by nobody."""
        return await self._client.get(path)

    async def owns_the_partition(self) -> bool:
        """Whether this replica decides, by its own metrics."""
        metrics = (await self._client.get("/metrics")).text
        return 'switchboard_router_owned{partition="0"} 1.0' in metrics

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    def _bearer(self, tenant_id: str, role: Role) -> dict[str, str]:
        token = self._issuer.mint(tenant_id=tenant_id, subject="sue", roles=[role], desks=["*"])
        return {"authorization": f"Bearer {token}"}


async def test_questions_are_answered_by_any_replica(
    make_router: MakeRouter,
    topics: str,
    traffic: Traffic,
    issuer: LocalIssuer,
    database: mongo.Database,
) -> None:
    """One partition, two replicas: the one that doesn't own it answers as well, and both refuse
    strangers, wrong roles and missing tokens.
    """
    routers = [make_router("router-0"), make_router("router-1")]
    for router in routers:
        await router.start()
    work_item_id = await a_waiting_item(topics, traffic, database)
    why, why_not = (
        f"/v1/work-items/{work_item_id}/why",
        f"/v1/work-items/{work_item_id}/why-not/ann",
    )
    askers = [Asker(router, issuer) for router in routers]
    for router in routers:
        await until_said(router, "process.started")

    await until_one_owns(askers)

    for asker in askers:
        waiting = (await asker.get(why, role=Role.SUPERVISOR)).json()
        refused = (await asker.get(why_not, role=Role.ADMINISTRATOR)).json()
        strange = await asker.get(why, tenant_id="globex", role=Role.SUPERVISOR)
        wrong = await asker.get(why, role=Role.AGENT)
        nobody = await asker.without_token(why)
        await asker.close()

        check_wait(waiting, await end_of(topics, ROUTING_DECISIONS))
        assert refused["agent"]["says"][0] == "ann: lacks skill russian: has 0, needs 3"
        assert (strange.status_code, wrong.status_code, nobody.status_code) == (404, 403, 401)


def check_wait(waiting: dict[str, Any], log_end: int) -> None:
    """First in line, for want of russian, until a step; as of a record that is in the log."""
    assert waiting["item"]["standing"]["place"] == 1
    assert waiting["item"]["agents"]["without_skill"] == {"russian": 1}
    assert waiting["item"]["outlook"][0]["kind"] == "step_applies"
    assert 0 <= waiting["as_of"]["age_s"] < 120
    assert waiting["as_of"]["offset"] < log_end


async def test_a_dry_run_tells_what_then_happens_and_publishes_nothing(
    make_router: MakeRouter,
    topics: str,
    traffic: Traffic,
    issuer: LocalIssuer,
    database: mongo.Database,
) -> None:
    """Ann learns russian: the waiting item would be hers, and is once it is in force."""
    router = make_router("router-0")
    await router.start()
    # Before ann connects: she is lost 15 s after her notifier was heard of last.
    await until_said(router, "epoch.started")
    work_item_id = await a_waiting_item(topics, traffic, database)
    asker = Asker(router, issuer)
    learned = a_desk(
        agents=[{"agent_id": "ann", "queues": {"general": 1}, "skills": {"russian": 4}}]
    )

    told = await asker.try_out(learned.model_dump_json())
    refused = await asker.try_out("queues: [{queue_id: other}]\ndefault: {queue: other}\n")
    forbidden = await asker.try_out("default: {}", role=Role.SUPERVISOR)
    mistaken = await asker.try_out("queues: []\n")
    await traffic.say(e.DeskConfigured(configuration=learned))
    await until_decided(topics, at_least=traffic.published)
    happened = await eventually_offered(topics, work_item_id)
    await asker.close()

    assert told.json()["dry_run"]["effects"]["reservations"] == [
        {
            "work_item_id": work_item_id,
            "queue_id": "general",
            "agent_id": "ann",
            "is_assigned": False,
        }
    ]
    assert refused.json()["dry_run"]["refusal"]["reason"] == "configuration_contradictory"
    assert (forbidden.status_code, mistaken.status_code) == (403, 422)
    # What was only tried is not in force.
    assert refused.json()["dry_run"]["version_now"] == 1
    assert happened[:2] == ["arrived (general)", "offered to ann"]


async def until_one_owns(askers: list[Asker]) -> None:
    """Wait until the group has settled: one of the replicas decides, the other does not."""
    for _ in range(LOOKS_MAX):
        if sorted([await asker.owns_the_partition() for asker in askers]) == [False, True]:
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise AssertionError("the group did not settle")


async def until_said(router: RouterProcess, words: str) -> None:
    """Wait until the router's log has these words."""
    await eventually(lambda: router.said(words), within_s=60)


async def a_waiting_item(topics: str, traffic: Traffic, database: mongo.Database) -> str:
    """A customer whom nobody can serve, saved; the item's id."""
    await traffic.say(e.DeskConfigured(configuration=a_desk()))
    await traffic.say(e.AgentConnected(agent_id="ann", connection_id="c", replica_id="notifier-0"))
    await traffic.say(e.AgentPresenceSet(agent_id="ann", presence=Presence.AVAILABLE))
    await traffic.write(1)
    await until_decided(topics, at_least=traffic.published)
    store = SaveStore(database)
    items: list[str] = []

    while not items:
        save = await store.load(PARTITION)
        documents = save.documents if save is not None else ()
        items = [change.id for change in documents if change.kind == "work_item"]
    return items[0]


async def eventually_offered(topics: str, work_item_id: str) -> list[str]:
    """The story of the item, once it was offered."""
    rows: list[str] = []
    while len(rows) < 2:
        found = await decisions_about(topics, work_item_id, partitions=1)
        rows = [row.what for row in story(found)]
    return rows
