"""A work item's decisions as rows that people read."""

from deploy.local.why.log import ID_FIELDS, Found
from deploy.local.why.story import story
from libs.common.contracts.decisions import ReservationOpened
from tests.unit.services.router.core.inquiry_world import a_varied_desk
from tests.unit.services.router.core.world import World


def found_in(world: World) -> list[Found]:
    """All decisions of the world's one item."""
    return [
        Found(decision=decision, at_ms=record.now_ms, place=f"log/0/{record.number}")
        for record in world.records
        for decision in record.decisions
        if any(hasattr(decision, field) for field in ID_FIELDS)
    ]


def test_a_story_tells_arrival_steps_reservations_and_their_reasons() -> None:
    """From the customer's message to the agent who took it after a step."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    world.arrives("bob")
    world.reject(reservations(world)[0])
    world.arrives("cem")
    world.tick(after_s=60)
    world.accept(reservations(world)[-1])

    told = story(found_in(world))
    rows = {row.what: row.why for row in reversed(told)}

    assert [row.what for row in told[:2]] == ["conversation opened", "message filed"]
    assert rows["arrived (billing)"] == (
        "rule bills sent it to queue billing",
        "web_chat of weight 2, asks billing 3",
        "class 3, head start 90.0 s",
    )
    assert rows["bob: rejected"] == ()
    assert "queued again: rejected (billing)" in rows
    assert rows["step 1"] == ("asks billing for billing 2, after 60.0 s",)
    assert rows["offered to bob"][0] == "bob became free and took the best of what waited."
    assert (told[-1].what, told[-1].why) == ("assigned to bob", ("after 60.0 s",))


def reservations(world: World) -> list[ReservationOpened]:
    """Every reservation so far."""
    decisions = (one for record in world.records for one in record.decisions)
    return [one for one in decisions if isinstance(one, ReservationOpened)]


def test_contents_are_left_out() -> None:
    """What the customer wrote is nobody's business here."""
    world = World(a_varied_desk())
    world.message("kim", "my secret number", topic="billing")

    told = str(story(found_in(world)))

    assert "secret" not in told
    assert "sequence: 1" in told


def test_widening_and_overflow_name_who_is_asked() -> None:
    """By queues and groups, or anyone."""
    overflow = {"to": "general", "enter": {"waiting": 1}, "leave": {"waiting": 0}}
    steps = [{"after_s": 60, "widen_to_groups": ["seniors"]}, {"after_s": 60, "anyone": True}]
    queues = [
        {"queue_id": "general"},
        {"queue_id": "billing", "steps": steps, "overflow": overflow},
    ]
    world = World(a_varied_desk(queues=queues, agents=[]))
    world.message("kim", topic="billing")
    world.message("lee", topic="billing")
    world.tick(after_s=60)
    world.tick(after_s=60)

    told = [line for row in story(found_in(world)) for line in row.why]

    assert "the queue overflows: also general" in told
    assert "asks billing, general, seniors for no skill, after 60.0 s" in told
    assert "asks anyone for no skill, after 120.0 s" in told


def test_other_decisions_tell_their_fields_with_times_as_times() -> None:
    """An escalation says when it was due, in which queue, and after how long."""
    queues = [{"queue_id": "general", "escalation": {"after_s": 60}}]
    world = World(a_varied_desk(queues=queues, rules=[], agents=[]))
    world.message("kim")
    world.tick(after_s=61)

    row = story(found_in(world))[-1]

    assert (row.at, row.what) == ("22:14:21.000", "escalation fired")
    assert row.why == (
        (
            "queue_id: general, level: 1, due_ms: 22:14:20.000, waited_ms: 61.0 s,"
            " notify_roles: supervisor"
        ),
    )
