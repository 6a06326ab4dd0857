"""What falls due for a clock, what is left of it, and what contradicts itself."""

import pytest

from libs.common.calendars import compile_calendar
from libs.common.contracts.configuration import Calendar, SlaPolicy
from libs.common.contracts.decisions import PausedClock
from libs.common.contracts.terms import SlaTarget
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Conversation, WorkItem
from services.router.core.invariants import InvariantViolatedError, check_all
from services.router.core.promises import SlaClock, SlaInstance, SlaTerms
from services.router.core.sla import LAST_MS, AllTime, next_clock, paused, resumed, started
from tests.unit.services.router.core.desks import at_work, busy
from tests.unit.services.router.core.promised_desks import (
    OFFICE,
    a_promising_desk,
    clock_of,
    closes,
)
from tests.unit.services.router.core.world import START_MS, World

FIRST, RESOLUTION = SlaTarget.FIRST_RESPONSE, SlaTarget.RESOLUTION
HOUR_MS = 3_600_000


def test_what_would_be_due_behind_all_calendars_is_due_at_their_end() -> None:
    """A clock that runs always has an instant."""
    office = compile_calendar(Calendar.model_validate(OFFICE))
    policy = SlaPolicy(sla_policy_id="gold", resolution_s=90 * 86_400)
    terms = SlaTerms(version=1, policy=policy)

    clock = started(terms, RESOLUTION, office, LAST_MS - HOUR_MS)

    assert clock is not None
    assert (clock.due_ms, clock.at_risk_ms) == (LAST_MS, LAST_MS)


def test_a_pause_keeps_open_time_only() -> None:
    """Of a due instant two days ahead, eight hours of the first and one of the second are left."""
    office = compile_calendar(Calendar.model_validate(OFFICE))
    wednesday = START_MS - START_MS % 86_400_000 + 86_400_000
    clock = SlaClock(target=FIRST, started_ms=0, due_ms=wednesday + 34 * HOUR_MS)

    rest = paused(clock, office, wednesday)

    assert rest == PausedClock(target=FIRST, remaining_ms=9 * HOUR_MS)
    again = resumed(rest, office, wednesday + 48 * HOUR_MS)
    assert again.due_ms == wednesday + (48 + 24 + 24 + 24 + 10) * HOUR_MS


def test_nothing_is_left_of_a_clock_that_is_overdue() -> None:
    """It falls due as soon as it runs again."""
    clock = SlaClock(target=FIRST, started_ms=0, due_ms=50, at_risk_ms=40)

    rest = paused(clock, AllTime(), 60)

    assert rest == PausedClock(target=FIRST, remaining_ms=0, at_risk_remaining_ms=0)


def test_the_first_of_several_clocks_is_the_one_that_is_due_first() -> None:
    """Broken and paused ones are never due."""
    instance = SlaInstance(
        tenant_id="",
        desk_id="",
        conversation_id="",
        work_item_id="",
        queue_id="",
        terms_id="",
        calendar_terms_id="",
        clocks=[
            SlaClock(target=FIRST, started_ms=0, due_ms=1, breached_since_ms=1),
            SlaClock(target=SlaTarget.NEXT_RESPONSE, started_ms=0, remaining_ms=1),
            SlaClock(target=RESOLUTION, started_ms=0, due_ms=9, at_risk_ms=7),
        ],
    )

    assert next_clock(instance) == (7, instance.clocks[2])


def _spoil_deadline(world: World, instance: SlaInstance) -> None:
    world.engine.state.deadlines.set(DeadlineKind.SLA, (instance.conversation_id,), None)


def _spoil_clock(_: World, instance: SlaInstance) -> None:
    instance.need(FIRST).remaining_ms = 1


def _spoil_item(_: World, instance: SlaInstance) -> None:
    instance.work_item_id = "itm_gone"


def _spoil_conversation(world: World, instance: SlaInstance) -> None:
    del world.engine.state.tables["conversation"][instance.conversation_id,]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_spoil_deadline, "deadline"),
        (_spoil_clock, "neither runs nor stands still"),
        (_spoil_item, "finished work has clocks"),
        (_spoil_conversation, "no conversation"),
    ],
)
def test_a_contradiction_is_found(spoil: object, what: str) -> None:
    """A clock that runs has a deadline, finished work has no clock."""
    world = World(a_promising_desk())
    world.message("zoe")
    [instance] = world.engine.state.tables["sla_instance"].values()
    assert callable(spoil)

    spoil(world, instance)

    with pytest.raises(InvariantViolatedError, match=what):
        check_all(world.engine.state)


def test_work_after_the_conversation_has_no_clock() -> None:
    """The wrap-up is nobody's promise."""
    queues = [{"queue_id": "general", "wrap_up_s": 30}, {"queue_id": "billing"}]
    world = at_work(a_promising_desk(queues=queues), "ann")
    owned = busy(world, "zoe")
    clock_of(world, "resolution")

    closes(world, owned)

    assert not world.engine.state.tables["sla_instance"]
    [item] = world.engine.state.tables["work_item"].values()
    assert isinstance(item, WorkItem)
    assert world.engine.state.get(Conversation, item.conversation_id) is None
