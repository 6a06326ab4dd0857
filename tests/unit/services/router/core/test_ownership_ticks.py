"""When an owner says that time has passed."""

from dataclasses import replace

from libs.common.contracts.events import ClockTicked
from services.router.core import ownership_effects as e
from services.router.core.ownership_ticks import Ticks
from tests.unit.services.router.core.takeover_dialogue import LIMITS, NOW_MS, Dialogue, alive


def ticks() -> Ticks:
    """The ticks of an owner that has just begun."""
    return Ticks(limits=LIMITS, owner="own", now_ms=0)


def test_nothing_due_no_tick() -> None:
    """A quiet desk writes nothing."""
    assert ticks().due(None, now_ms=10, wall_ms=NOW_MS) is None
    assert ticks().due(NOW_MS + 1, now_ms=10, wall_ms=NOW_MS) is None


def test_lost_tick_is_replaced() -> None:
    """One that was never heard again must not stop time."""
    owner = ticks()
    owner.due(NOW_MS, now_ms=0, wall_ms=NOW_MS)

    early = owner.due(NOW_MS, now_ms=LIMITS.tick_lost_after_ms - 1, wall_ms=NOW_MS)
    late = owner.due(NOW_MS, now_ms=LIMITS.tick_lost_after_ms, wall_ms=NOW_MS)

    assert early is None
    assert late == e.PublishTick(event_id="tick.own.2", owner="own")


def test_long_quiet_makes_a_tick() -> None:
    """So that there is a record to save by, and the save never falls behind retention."""
    owner = ticks()
    owner.counted(1_000)

    assert owner.due(None, now_ms=1_000 + LIMITS.quiet_ms_max - 1, wall_ms=NOW_MS) is None
    assert owner.due(None, now_ms=1_000 + LIMITS.quiet_ms_max, wall_ms=NOW_MS) is not None


def test_host_clock_that_is_ahead_is_found_out() -> None:
    """The broker's append time says by how much; the next tick comes in its time."""
    owner = ticks()
    tick = owner.due(NOW_MS, now_ms=0, wall_ms=NOW_MS + 5_000)
    assert tick is not None

    assert owner.decided(tick.event_id, NOW_MS)

    assert owner.due(NOW_MS + 1, now_ms=10, wall_ms=NOW_MS + 5_000) is None
    assert owner.due(NOW_MS + 1, now_ms=20, wall_ms=NOW_MS + 5_001) is not None


def test_others_ticks_are_not_the_own_one() -> None:
    """Another owner's tick says nothing about the own one."""
    owner = ticks()
    owner.due(NOW_MS, now_ms=0, wall_ms=NOW_MS)

    assert not owner.decided("tick.other.1", NOW_MS)


def test_more_that_is_due_follows_at_once() -> None:
    """The engine takes due things in portions; the next portion need not wait for a timer."""
    talk = Dialogue(limits=replace(LIMITS, quiet_ms_max=10))
    talk.recover()
    talk.hear(0, alive("good-1", event_id="one"))
    talk.hear(1, alive("good-2", event_id="two"))
    talk.count()
    (tick,) = [one for one in talk.pass_ms(900) if isinstance(one, e.PublishTick)]
    value = alive(event_id=tick.event_id, data=ClockTicked(owner=tick.owner))

    told = talk.take(talk.machine.event_read(2, NOW_MS + 900, value))
    (follow,) = [one for one in told if isinstance(one, e.PublishTick)]
    value = alive(event_id=follow.event_id, data=ClockTicked(owner=follow.owner))
    last = talk.take(talk.machine.event_read(3, NOW_MS + 901, value))

    assert follow.event_id == "tick.own-nonce.2"
    assert not [one for one in last if isinstance(one, e.PublishTick)]


def test_a_host_whose_clock_is_behind_goes_by_what_the_engine_knows() -> None:
    """I6: a new owner without an own tick does not wait for its own clock."""
    behind = ticks().due(NOW_MS, now_ms=10, wall_ms=NOW_MS - 134_000, engine_ms=NOW_MS)

    assert behind is not None
    assert ticks().due(NOW_MS, now_ms=10, wall_ms=NOW_MS - 134_000, engine_ms=NOW_MS - 1) is None
