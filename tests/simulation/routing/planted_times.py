"""Mistakes planted in calendars, hours and shifts, each as somebody might make it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.common import clock
from libs.common.calendars import day_plans, windows
from libs.common.calendars.day_plans import DayPlans, Minutes
from libs.common.contracts import decisions as d
from libs.common.contracts.terms import ShiftPhase
from services.router.core import hours, promising, sla
from services.router.core.clock_decisions import set_clocks
from services.router.core.promises import SlaInstance, SlaTerms
from services.router.core.turn import Turn
from tests.simulation.routing.planting import decide_otherwise, nothing, put

_DAY_MS, _MINUTE_MS = 86_400_000, 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wrong_daylight_saving_edge(stack: ExitStack) -> None:
    """A day's hours are counted from its midnight, as if no day had 23 hours or 25."""

    def instant_at(zone: ZoneInfo, day: date, minute: int) -> int:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        return (midnight - _EPOCH) // timedelta(milliseconds=1) + minute * _MINUTE_MS

    put(stack, windows, "instant_at", instant_at)


def holiday_in_the_wrong_zone(stack: ExitStack) -> None:
    """A holiday lasts from midnight to midnight in UTC, wherever its people live."""
    honest = windows.stretches_on

    def on_weekdays(plans: DayPlans, day: date) -> DayPlans:
        plain = DayPlans.__new__(DayPlans)
        weekday = plans._by_weekday[day.weekday()]
        plain.on = lambda day: weekday  # type: ignore[method-assign]  # noqa: ARG005 - as it is called
        return plain

    def stretches_on(plans: DayPlans, zone: ZoneInfo, day: date) -> Iterator[tuple[int, int]]:
        for begin, end in honest(on_weekdays(plans, day), zone, day):
            in_utc = _EPOCH.date() + timedelta(days=begin // _DAY_MS)
            if plans._holiday_on(in_utc) is None:
                yield begin, end

    put(stack, windows, "stretches_on", stretches_on)


def breaks_count_as_open(stack: ExitStack) -> None:
    """A day is open from its first hour to its last."""
    honest = day_plans.minutes_of

    def minutes_of(intervals: tuple[str, ...]) -> tuple[Minutes, ...]:
        found = honest(intervals)
        return ((found[0][0], found[-1][1]),) if found else ()

    put(stack, day_plans, "minutes_of", minutes_of)


def timer_from_the_wall_clock(stack: ExitStack) -> None:
    """What is promised is counted from what the host's clock shows."""
    honest = sla.started

    def started(terms: SlaTerms, target: object, counting: object, _now_ms: int) -> object:
        return honest(terms, target, counting, clock.now_ms())  # type: ignore[arg-type]

    put(stack, promising, "started", started)


def promises_count_at_night(stack: ExitStack) -> None:
    """The calendar of a policy is read and not used."""
    put(stack, promising, "counting_of", lambda *_: sla.AllTime())
    put(stack, promising, "counting_by", lambda *_: sla.AllTime())


def transfer_keeps_the_old_calendar(stack: ExitStack) -> None:
    """Who moves to another queue is still counted by the hours of the first one."""

    def move(turn: Turn, decision: d.WorkItemQueued | d.WorkItemRelaxed) -> None:
        instance = turn.state.get(SlaInstance, decision.conversation_id)
        if instance is not None and instance.queue_id != decision.queue_id:
            terms_id = instance.calendar_terms_id
            set_clocks(
                turn, instance, (), cause="moved", queue_id=decision.queue_id, terms_id=terms_id
            )

    put(stack, promising, "_move", move)


def shift_never_ends(stack: ExitStack) -> None:
    """Whoever came is offered work until they disconnect."""
    honest = hours._phase_at

    def phase_at(*args: object) -> tuple[ShiftPhase, int]:
        return ShiftPhase.ON, honest(*args)[1]  # type: ignore[arg-type]

    put(stack, hours, "_phase_at", phase_at)


def something_new_to_the_last_minute(stack: ExitStack) -> None:
    """Nobody looks at how long the shift still lasts."""
    honest = hours._phase_at

    def phase_at(*args: object) -> tuple[ShiftPhase, int]:
        phase, due_ms = honest(*args)  # type: ignore[arg-type]
        return (ShiftPhase.ON if phase is ShiftPhase.ENDING else phase), due_ms

    put(stack, hours, "_phase_at", phase_at)


def queue_stays_open(stack: ExitStack) -> None:
    """A queue opens by its calendar and is never closed."""

    def open_for_ever(_: Turn, decision: d.AnyDecision) -> d.AnyDecision:
        if isinstance(decision, d.QueueHoursChanged):
            return replace(decision, is_open=True)
        return decision

    decide_otherwise(stack, open_for_ever)


def opening_fills_nobody(stack: ExitStack) -> None:
    """Who waited through the night goes on waiting beside agents who have begun to work."""
    put(stack, hours, "fill_agent", nothing)
