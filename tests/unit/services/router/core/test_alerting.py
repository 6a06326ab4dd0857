"""Who is told of troubles, and when: collected, kept for the morning, never twice (R26)."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import Role
from services.router.core.alert_windows import AlertWindow
from services.router.core.alerting import HELD_MS_MAX
from services.router.core.deadlines import DeadlineKind
from services.router.core.evolve_alerts import ITEMS_NAMED_MAX
from services.router.core.invariants import InvariantViolatedError, check_all
from tests.unit.services.router.core.desks import configure, only_item
from tests.unit.services.router.core.promised_desks import (
    OFFICE,
    Part,
    acknowledges,
    an_escalating_desk,
    tells_the_same,
)
from tests.unit.services.router.core.world import START_MS, World, types

ANN: Part = {"contact_id": "ann", "quiet_outside": "office"}
BEN: Part = {"contact_id": "ben"}
# It is Tuesday 22:13:20; the office opens at 9 on Wednesday.
OPENS_MS = START_MS + 38_800_000
HOUR_S = 3_600
QUEUES = [{"queue_id": "general"}, {"queue_id": "billing"}]


def a_desk(*told: Part, **changes: object) -> DeskConfiguration:
    """Its levels tell of a wait of 60 s, each as it says."""
    levels = [
        {"trouble": "waiting", "after_s": 60, "actions": {"notify": notify}} for notify in told
    ]
    return an_escalating_desk(*levels, on_promises=False, **{"contacts": [ANN, BEN], **changes})


def a_telling_desk(*told: Part, **changes: object) -> World:
    """The world of such a desk."""
    return World(a_desk(*told, **changes))


def wait(world: World, after_s: int) -> None:
    """Time passes, and nobody looks."""
    world.now_ms += 1_000 * after_s


def mail(*to: str, **changes: object) -> Part:
    """These are told by mail."""
    return {"to": list(to), "ways": ["mail"], **changes}


def alerts_in(decisions: tuple[d.AnyDecision, ...]) -> list[d.EscalationAlerted]:
    """Those told at once."""
    return [one for one in decisions if isinstance(one, d.EscalationAlerted)]


def held_in(decisions: tuple[d.AnyDecision, ...]) -> list[tuple[int, int]]:
    """How many more are held until when, in seconds from the start."""
    return [
        (one.count, (one.due_ms - START_MS) // 1_000)
        for one in decisions
        if isinstance(one, d.EscalationAlertHeld)
    ]


def test_roles_and_contacts_are_told_over_their_own_ways() -> None:
    """The desk's people on their streams; a contact over mail; whom a contact is, is said."""
    world = a_telling_desk({"to": ["ben"], "ways": ["stream", "mail", "pager"], "urgent": True})
    world.message("zoe")

    roles, ben = alerts_in(world.tick(after_s=60))

    assert (roles.notify_roles, roles.ways, roles.target) == ((Role.SUPERVISOR,), ("stream",), "")
    assert (ben.notify_roles, ben.ways) == ((), ("mail", "pager"))
    assert (ben.target, ben.contact_id, ben.is_urgent) == ("ben", "ben", True)
    assert ben.until_ms == START_MS + 120_000
    tells_the_same(world)


def test_what_follows_within_the_window_is_told_together_at_its_end() -> None:
    """The first at once, and of the others one alert with their number."""
    world = a_telling_desk({"collect_s": 30})
    world.message("xia")
    for customer in ("yan", "zoe"):
        wait(world, 10)
        world.message(customer)

    [first] = alerts_in(world.tick(after_s=40))
    assert (first.count, first.since_ms) == (1, None)
    assert held_in((*world.tick(after_s=10), *world.tick(after_s=10))) == [(1, 90), (1, 90)]
    [others] = alerts_in(world.tick(after_s=10))
    assert (others.count, others.since_ms) == (2, START_MS + 70_000)
    assert len(others.work_item_ids) == len(others.conversation_ids) == 2
    assert types(world.tick(after_s=600)) == []
    tells_the_same(world)


def test_without_a_window_each_record_tells_of_its_own() -> None:
    """Nothing is remembered of it."""
    world = a_telling_desk({"collect_s": 0})
    world.message("zoe")

    [alert] = alerts_in(world.tick(after_s=60))

    assert alert.until_ms is None
    assert not world.engine.state.tables["alert_window"]


def test_only_some_are_named_and_all_are_counted() -> None:
    """However many are in trouble: a message has an end."""
    world = a_telling_desk(mail("ann"))
    for number in range(ITEMS_NAMED_MAX + 4):
        world.message(f"zoe{number}")

    assert held_in(world.tick(after_s=60)) == [(ITEMS_NAMED_MAX + 4, 38_800)]
    world.now_ms = OPENS_MS
    [alert] = alerts_in(world.tick())
    assert (alert.count, len(alert.work_item_ids)) == (ITEMS_NAMED_MAX + 4, ITEMS_NAMED_MAX)
    tells_the_same(world)


def test_quiet_hours_hold_what_is_not_urgent() -> None:
    """Until they end; a save in the night changes nothing."""
    world = a_telling_desk(mail("ann"), mail("ann", urgent=True))
    world.message("zoe")

    decisions = world.tick(after_s=60)
    assert held_in(decisions) == [(1, 38_800)]
    assert [one.level for one in alerts_in(decisions)] == [2]
    tells_the_same(world)
    world.now_ms = OPENS_MS - 1
    assert alerts_in(world.tick()) == []
    world.now_ms = OPENS_MS
    assert [one.level for one in alerts_in(world.tick())] == [1]
    tells_the_same(world)


def test_what_became_urgent_waits_for_no_quiet_time() -> None:
    """A new version says so: what was held is told with it."""
    world = a_telling_desk(mail("ann"))
    world.message("zoe")
    world.tick(after_s=60)
    configure(world, a_desk(mail("ann", urgent=True, collect_s=30)))
    world.message("yan")

    assert held_in(world.tick(after_s=60)) == [(1, 120)]
    [alert] = alerts_in(world.tick())
    assert alert.count == 2
    tells_the_same(world)


def test_what_was_seen_to_in_the_night_is_told_to_nobody() -> None:
    """An acknowledgement stops what is held as well."""
    world = a_telling_desk(mail("ann"))
    world.message("zoe")
    world.tick(after_s=60)
    acknowledges(world)
    world.now_ms = OPENS_MS

    decisions = world.tick()

    assert "escalation_alert_forgotten" in types(decisions)
    assert alerts_in(decisions) == []
    assert not world.engine.state.tables["alert_window"]
    tells_the_same(world)


def test_what_is_closed_by_then_is_told_to_nobody() -> None:
    """The caller hung up in the night."""
    world = a_telling_desk(mail("ann"))
    world.message("zoe")
    world.tick(after_s=60)
    world.engine.state.tables["escalation"].clear()
    world.now_ms = OPENS_MS

    assert alerts_in(world.tick()) == []
    assert only_item(world)


def test_whoever_is_on_call_at_the_end_of_the_quiet_time_may_be_quiet_too() -> None:
    """It is held on until theirs ends."""
    late = {**OFFICE, "calendar_id": "late", "opening": {"thursday": ["10:00-11:00"]}}
    turns: Part = {
        "rotation_id": "nights",
        "zone": "UTC",
        "begins": "2023-11-14",
        "hand_over_at": "08:00",
        "turn_days": 1,
        "members": ["ann", "ben"],
    }
    world = a_telling_desk(
        mail("nights"),
        contacts=(ANN, {**BEN, "quiet_outside": "late"}),
        calendars=[OFFICE, late],
        rotations=[turns],
    )
    world.message("zoe")
    world.tick(after_s=60)
    world.now_ms = OPENS_MS

    assert held_in(world.tick()) == [(0, 38_800 + 25 * HOUR_S)]
    assert alerts_in(world.tick(after_s=25 * HOUR_S - 1)) == []
    [alert] = alerts_in(world.tick(after_s=1))
    assert (alert.target, alert.contact_id, alert.count) == ("nights", "ann", 1)
    tells_the_same(world)


def test_nothing_is_held_for_longer_than_a_week() -> None:
    """Whoever is quiet for a month is told all the same."""
    yearly = {"calendar_id": "yearly", "zone": "UTC"}
    opening = {"exceptions": [{"every_year": "06-01", "hours": ["09:00-10:00"]}]}
    world = a_telling_desk(
        mail("ben"),
        contacts=({**BEN, "quiet_outside": "yearly"},),
        calendars=[OFFICE, {**yearly, **opening}],
    )
    world.message("zoe")
    [(_, due_s)] = held_in(world.tick(after_s=60))

    assert due_s == 60 + HELD_MS_MAX // 1_000
    assert alerts_in(world.tick(after_s=HELD_MS_MAX // 1_000 - 1)) == []
    assert len(alerts_in(world.tick(after_s=1))) == 1


def test_a_target_that_is_gone_is_told_of_by_the_supervisors() -> None:
    """Somebody must know."""
    world = a_telling_desk(mail("ann"))
    world.message("zoe")
    world.tick(after_s=60)
    configure(world, an_escalating_desk(on_promises=False, escalation_policies=[], queues=QUEUES))
    world.now_ms = OPENS_MS

    [alert] = alerts_in(world.tick())

    assert (alert.notify_roles, alert.ways) == ((Role.SUPERVISOR,), ("stream", "webhook"))
    assert (alert.target, alert.contact_id) == ("ann", "")


def test_a_configuration_forgets_windows_that_are_over() -> None:
    """Their policies may be gone; one that still collects stays."""
    world = a_telling_desk({"collect_s": 10})
    world.message("zoe")
    world.tick(after_s=60)

    configure(world, a_desk({"collect_s": 10}))
    assert len(world.engine.state.tables["alert_window"]) == 1
    wait(world, 10)
    configure(world, a_desk({"collect_s": 10}))

    assert not world.engine.state.tables["alert_window"]
    tells_the_same(world)


def test_what_is_held_without_a_deadline_is_found() -> None:
    """It would be told never."""
    world = a_telling_desk(mail("ann"))
    world.message("zoe")
    world.tick(after_s=60)
    [window] = world.engine.state.tables["alert_window"].values()
    assert isinstance(window, AlertWindow)
    world.engine.state.deadlines.set(DeadlineKind.ALERT, window.key, None)

    with pytest.raises(InvariantViolatedError, match="alerts of help"):
        check_all(world.engine.state)
