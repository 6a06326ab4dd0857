"""The router's answers as lines, in the form in which the router really gives them."""

from pathlib import Path

import httpx
from pydantic import BaseModel

from deploy.local.tokens import LocalIssuer
from deploy.local.why.asking import RouterDoor
from libs.common.decision_log import LogPosition
from services.router.core.inquiry_agents import why_not
from services.router.core.inquiry_waiting import why_waiting
from services.router.views import AsOf, WhyNotView, WhyWaitingView
from tests.unit.services.router.core.inquiry_world import a_varied_desk, item_of, only_item
from tests.unit.services.router.core.world import World, offered

AS_OF = AsOf.of(3, LogPosition(offset=41, epoch=7, now_ms=10**14))


def door_that_answers(answer: BaseModel | None, directory: Path) -> tuple[RouterDoor, list[str]]:
    """A door whose router gives this answer (None: not found), and what was asked there."""
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        assert request.headers["authorization"].startswith("Bearer ")
        if answer is None:
            return httpx.Response(404)
        return httpx.Response(200, content=answer.model_dump_json())

    transport = httpx.MockTransport(respond)
    issuer = LocalIssuer(directory)
    door = RouterDoor("http://router", issuer, tenant_id="acme", transport=transport)
    return door, asked


def test_a_wait_is_told_with_its_outlook(tmp_path: Path) -> None:
    """Where it stands, as of when, who could, and what would change it and when."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    item = only_item(world)
    view = WhyWaitingView(as_of=AS_OF, item=why_waiting(world.engine.state, item))
    door, asked = door_that_answers(view, tmp_path)

    lines = door.why(item.work_item_id)

    assert asked == [f"/v1/work-items/{item.work_item_id}/why"]
    assert lines[:2] == [
        "queued in queue billing, as of record 41 of partition 3, epoch 7, 0.0 s old",
        "place 1 of 1, step 0 of 3",
    ]
    assert lines[2].startswith("of 6 agents: ")
    assert any(line.startswith("would change it at 2023-11-14 22:14:20Z: step 1") for line in lines)
    assert any(line.startswith("would change it: 2 agent(s), bob, fay") for line in lines)


def test_an_owned_item_tells_why_its_owner(tmp_path: Path) -> None:
    """Nobody is counted, the recorded reasons are told."""
    world = World(a_varied_desk())
    world.arrives("bob")
    reservation = offered(world.message("kim", topic="billing"))
    world.accept(reservation)
    item = why_waiting(world.engine.state, item_of(world, reservation))
    door, _ = door_that_answers(WhyWaitingView(as_of=AS_OF, item=item), tmp_path)

    lines = door.why(reservation.work_item_id)

    assert lines[1] == "bob came first by the queue's policy."


def test_why_not_is_told_with_its_age(tmp_path: Path) -> None:
    """All reasons, then what state they are of."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    answer = why_not(world.engine.state, only_item(world), "cem")
    door, asked = door_that_answers(WhyNotView(as_of=AS_OF, agent=answer), tmp_path)

    lines = door.why_not("item", "cem")

    assert asked == ["/v1/work-items/item/why-not/cem"]
    assert lines[:2] == ["cem: lacks skill billing: has 2, needs 3", "cem: is disconnected"]
    assert lines[2].startswith("as of record 41")


def test_an_item_that_is_done_is_left_to_the_log(tmp_path: Path) -> None:
    """The router knows open work alone."""
    door, _ = door_that_answers(None, tmp_path)

    assert door.why("item") == ()
    assert door.why_not("item", "cem") == (
        "the item is not open any more: only its recorded decisions tell",
    )
