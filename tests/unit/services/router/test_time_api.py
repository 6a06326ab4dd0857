"""A queue's clocks and a calendar's days over HTTP."""

from tests.unit.services.router.core.promised_desks import a_promising_desk
from tests.unit.services.router.core.world import DESK, World
from tests.unit.services.router.inquiry_room import PARTITION, FakeSaves, request

QUEUE = f"/v1/desks/{DESK}/queues/general/clocks"
DAYS = f"/v1/desks/{DESK}/calendars/office/days"


def _saves(*customers: str) -> FakeSaves:
    queues = [{"queue_id": "general", "calendar": "office"}, {"queue_id": "billing"}]
    world = World(a_promising_desk(queues=queues))
    world.tick()
    for customer in customers:
        world.message(customer)
    return FakeSaves(world)


async def test_a_queues_clocks_are_told_with_its_hours() -> None:
    """As of the save, page by page."""
    saves = _saves("kim", "lea")

    first = (await request(saves, "GET", f"{QUEUE}?limit=1")).json()
    cursor = first["queue"]["next_cursor"]
    second = (await request(saves, "GET", f"{QUEUE}?limit=1&cursor={cursor}")).json()

    assert first["as_of"]["partition"] == PARTITION
    assert first["queue"]["hours"]["is_open"] is False
    assert (first["queue"]["total"], second["queue"]["next_cursor"]) == (2, None)
    named = [page["queue"]["conversations"][0]["conversation_id"] for page in (first, second)]
    assert len(set(named)) == 2


async def test_a_calendars_days_are_data_text_or_a_picture() -> None:
    """Today first."""
    saves = _saves()

    data = await request(saves, "GET", f"{DAYS}?days=2")
    text = await request(saves, "GET", f"{DAYS}?days=2&format=text")
    picture = await request(saves, "GET", f"{DAYS}?format=svg")

    days = data.json()["days"]
    assert [(one["date"], one["hours"]) for one in days] == [
        ("2023-11-14", ["09:00-17:00"]),
        ("2023-11-15", ["09:00-17:00"]),
    ]
    assert data.json()["is_open"] is False
    assert text.text.splitlines()[2] == f"Tue 2023-11-14  {'·' * 9}{'█' * 8}{'·' * 7}  09:00-17:00"
    assert text.headers["content-type"].startswith("text/plain")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg")


async def test_what_is_not_there_or_not_theirs_does_not_exist() -> None:
    """Nor is anything told about it."""
    saves = _saves()
    elsewhere = f"/v1/desks/{DESK}/queues/nowhere/clocks"
    unknown = f"/v1/desks/{DESK}/calendars/nowhere/days"

    assert (await request(saves, "GET", elsewhere)).status_code == 404
    assert (await request(saves, "GET", unknown)).status_code == 404
    assert (await request(saves, "GET", QUEUE, caller="other:supervisor:*")).status_code == 404
    assert (await request(saves, "GET", DAYS, caller="other:supervisor:*")).status_code == 404
    assert (await request(saves, "GET", QUEUE, caller="acme:agent:*")).status_code == 403
    assert (await request(saves, "GET", DAYS, caller="acme:agent:*")).status_code == 403


async def test_limits_are_told() -> None:
    """A page and a calendar have an end, and a cursor is one of ours."""
    saves = _saves("kim")

    for path in (
        f"{QUEUE}?limit=0",
        f"{QUEUE}?cursor=kim",
        f"{DAYS}?days=367",
        f"{DAYS}?format=pdf",
    ):
        assert (await request(saves, "GET", path)).status_code == 422
