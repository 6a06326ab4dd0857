"""Why, why not and what if over HTTP: the right answers to the right people."""

import pytest

from services.router.core.entities import Conversation
from tests.unit.services.router.core.inquiry_world import a_varied_desk, only_item
from tests.unit.services.router.core.promised_desks import an_escalating_desk
from tests.unit.services.router.core.world import DESK, World, a_desk, offered
from tests.unit.services.router.inquiry_room import PARTITION, FakeSaves, request

DRY_RUN = f"/v1/desks/{DESK}/configuration/dry-run"


def a_waiting_item() -> tuple[FakeSaves, str, str]:
    """Saves with one item that waits; its id and its conversation's."""
    world = World(a_varied_desk())
    world.arrives("cem")
    world.message("kim", topic="billing")
    item = only_item(world)
    return FakeSaves(world), item.work_item_id, item.conversation_id


async def test_why_tells_where_the_item_stands_and_as_of_when() -> None:
    """Place, reasons and outlook, with offset, epoch, time and age of the state."""
    saves, work_item_id, _ = a_waiting_item()

    answer = await request(saves, "GET", f"/v1/work-items/{work_item_id}/why")

    assert answer.status_code == 200
    found = answer.json()
    assert found["as_of"]["partition"] == PARTITION
    assert found["as_of"]["epoch"] == 7
    assert found["as_of"]["offset"] == found["as_of"]["event_offset"] + 100
    assert found["as_of"]["now"] == "2023-11-14T22:13:20Z"
    assert found["as_of"]["age_s"] > 0
    assert found["item"]["standing"]["place"] == 1
    assert found["item"]["agents"]["by_first_reason"]["without_skill"] == 1
    assert "step_applies" in [one["kind"] for one in found["item"]["outlook"]]


async def test_a_conversation_is_asked_by_its_open_item() -> None:
    """The same answer by the conversation's id."""
    saves, work_item_id, conversation_id = a_waiting_item()

    answer = await request(saves, "GET", f"/v1/conversations/{conversation_id}/why")

    assert answer.json()["item"]["work_item_id"] == work_item_id


async def test_a_conversations_clocks_are_told_as_of_the_save() -> None:
    """What runs, by which policy, and what fires next: read from the saved state alone."""
    world = World(
        an_escalating_desk({"trouble": "waiting", "after_s": 60, "actions": {"notify": {}}})
    )
    world.message("kim")
    conversation_id = only_item(world).conversation_id

    answer = await request(FakeSaves(world), "GET", f"/v1/conversations/{conversation_id}/clocks")

    assert answer.status_code == 200
    found = answer.json()["promised"]
    assert (found["policy_id"], found["escalation_policy_id"]) == ("gold", "help")
    assert [clock["state"] for clock in found["clocks"]] == ["running", "running"]
    assert found["next_firing"]["what"] == "level"


async def test_why_not_lists_every_reason() -> None:
    """For an agent who lacks a level, and for one who does not exist."""
    saves, work_item_id, _ = a_waiting_item()

    known = await request(saves, "GET", f"/v1/work-items/{work_item_id}/why-not/cem")
    unknown = await request(saves, "GET", f"/v1/work-items/{work_item_id}/why-not/nobody")

    (reason,) = known.json()["agent"]["reasons"]
    assert (reason["obstacle"], reason["have"], reason["need"]) == ("without_skill", 2, 3)
    assert unknown.json()["agent"]["reasons"][0]["obstacle"] == "not_configured"


async def test_an_assigned_item_tells_why_its_agent() -> None:
    """The recorded reason comes out of the save."""
    world = World(a_varied_desk())
    world.arrives("bob")
    reservation = offered(world.message("kim", topic="billing"))
    world.accept(reservation)

    path = f"/v1/work-items/{reservation.work_item_id}/why"
    answer = await request(FakeSaves(world), "GET", path)

    (chosen,) = answer.json()["item"]["chosen"]
    assert (chosen["agent_id"], chosen["why"]["policy"]) == ("bob", "longest_idle")


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ("", 401),
        ("nonsense", 401),
        ("acme:agent:*", 403),
        ("acme:customer:*", 403),
        ("globex:supervisor:*", 404),
        ("acme:supervisor:sales", 404),
        ("acme:supervisor:support", 200),
        ("acme:administrator:*", 200),
    ],
)
async def test_only_the_desks_supervisors_are_answered(caller: str, status: int) -> None:
    """Others' items do not exist; agents may not see whom else the desk has."""
    saves, work_item_id, conversation_id = a_waiting_item()
    paths = (
        f"/v1/work-items/{work_item_id}/why",
        f"/v1/work-items/{work_item_id}/why-not/cem",
        f"/v1/conversations/{conversation_id}/why",
        f"/v1/conversations/{conversation_id}/clocks",
    )

    answers = [await request(saves, "GET", path, caller=caller) for path in paths]

    assert [answer.status_code for answer in answers] == [status] * 4
    if status == 404:
        assert {answer.headers["content-type"] for answer in answers} == {
            "application/problem+json"
        }


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ("", 401),
        ("acme:supervisor:*", 403),
        ("globex:administrator:*", 404),
        ("acme:administrator:sales", 404),
        ("acme:administrator:support", 200),
    ],
)
async def test_only_the_desks_administrators_try_configurations(caller: str, status: int) -> None:
    """As they alone may put one in force."""
    saves = FakeSaves(World(a_desk()))
    body = a_desk().model_dump_json(exclude_none=True)

    answer = await request(
        saves,
        "POST",
        DRY_RUN,
        caller=caller,
        content=body,
        content_type="application/json",
    )

    assert answer.status_code == status


async def test_what_is_unknown_or_done_is_not_found() -> None:
    """An id that nobody has, and a conversation without open work."""
    world = World(a_desk())
    world.arrives("ann")
    reservation = offered(world.message("kim"))
    world.accept(reservation)
    saves = FakeSaves(world)
    [conversation] = world.engine.state.tables["conversation"].values()
    assert isinstance(conversation, Conversation)
    conversation.work_item_id = None
    saves.save(world)

    unknown = await request(saves, "GET", "/v1/work-items/wi_none/why")
    done = await request(saves, "GET", f"/v1/conversations/{reservation.conversation_id}/why")

    assert (unknown.status_code, done.status_code) == (404, 404)
    assert done.json()["detail"] == "the conversation has no open work item"


async def test_an_item_that_was_completed_meanwhile_is_not_found() -> None:
    """Found in one save, gone in the next."""
    saves, work_item_id, _ = a_waiting_item()
    newer = FakeSaves(World(a_varied_desk()))
    saves.load_desk = newer.load_desk  # type: ignore[method-assign]  # the newer save

    answer = await request(saves, "GET", f"/v1/work-items/{work_item_id}/why")

    assert answer.status_code == 404


async def test_a_dry_run_tells_what_would_change() -> None:
    """YAML in, moved work and new reservations out; the save stays as it is."""
    world = World(a_desk())
    world.arrives("ann")
    world.message("kim", topic="billing")
    document = b"""
skills: [billing]
queues: [{queue_id: general}]
agents: [{agent_id: ann, queues: {general: 1}}]
default: {queue: general}
migrate_to: {billing: general}
"""

    answer = await request(
        FakeSaves(world),
        "POST",
        DRY_RUN,
        caller="acme:administrator:*",
        content=document,
    )

    found = answer.json()["dry_run"]
    assert (found["version_now"], found["effects"]["version"]) == (1, 2)
    assert found["effects"]["changed"][0]["to_queue_id"] == "general"
    assert found["effects"]["reservations"][0]["agent_id"] == "ann"


async def test_a_dry_run_tells_the_routers_refusal() -> None:
    """An answer, not an error: the document is good by itself."""
    world = World(a_desk())
    world.message("kim", topic="billing")
    document = b"skills: [billing]\nqueues: [{queue_id: general}]\ndefault: {queue: general}\n"

    answer = await request(
        FakeSaves(world),
        "POST",
        DRY_RUN,
        caller="acme:administrator:*",
        content=document,
    )

    assert answer.status_code == 200
    refusal = answer.json()["dry_run"]["refusal"]
    assert refusal["reason"] == "configuration_contradictory"


async def test_mistakes_of_a_document_are_told_by_line() -> None:
    """As ingest tells them."""
    answer = await request(
        FakeSaves(World(a_desk())),
        "POST",
        DRY_RUN,
        caller="acme:administrator:*",
        content=b"queues: [{queue_id: general}]\ndefault: {queue: nowhere}\n",
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["line"] == 2


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        ("text/plain", b"queues: []", 415),
        ("application/json", b"{", 422),
        ("application/yaml", b"\xff", 400),
        ("application/yaml", b"#" * (1024 * 1024 + 1), 413),
    ],
)
async def test_bad_bodies_are_refused(content_type: str, content: bytes, status: int) -> None:
    """Wrong kind, broken, not text, too large."""
    answer = await request(
        FakeSaves(World(a_desk())),
        "POST",
        DRY_RUN,
        caller="acme:administrator:*",
        content=content,
        content_type=content_type,
    )

    assert answer.status_code == status


async def test_an_outage_asks_to_come_again() -> None:
    """503 with Retry-After."""
    saves, work_item_id, _ = a_waiting_item()
    saves.is_up = False

    answer = await request(saves, "GET", f"/v1/work-items/{work_item_id}/why")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
