"""Clocks over calendars, transfers and new configurations (R24, R25)."""

from datetime import UTC, datetime

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.wire import decode_event, encode_event
from services.router.core.clock_decisions import end_clocks
from services.router.core.promises import SlaInstance
from services.router.core.promising import fire_clock
from services.router.core.turn import Turn
from tests.unit.services.router.core.desks import a_desk_of, at_work, busy, configure
from tests.unit.services.router.core.promised_desks import (
    GOLD,
    a_promising_desk,
    clock_of,
    closes,
    parks,
    promises_in,
    tells_the_same,
)
from tests.unit.services.router.core.world import START_MS, World, a_message, types

DAY_MS = 86_400_000


def test_targets_count_the_open_time_of_their_calendar() -> None:
    """It is past ten in the evening; a hundred seconds of office hours end in the morning."""
    world = World(a_promising_desk({**GOLD, "calendar": "office"}))

    world.message("zoe")

    nine = START_MS - START_MS % DAY_MS + DAY_MS + 9 * 3_600_000
    assert clock_of(world, "first_response").due_ms == nine + 100_000
    assert promises_in(world.tick(after_s=10_000)) == []
    tells_the_same(world)


def test_on_a_transfer_what_is_left_counts_on_the_target_queues_calendar() -> None:
    """Passed seconds are kept (R25): 30 of 100 were used in the evening, 70 are left for day."""
    policies = (
        {**GOLD, "calendar": "evening", "when": {"queue": ["general"]}},
        {**GOLD, "sla_policy_id": "day", "calendar": "office", "when": {"queue": ["billing"]}},
    )
    world = at_work(a_promising_desk(*policies), "ann")
    owned = busy(world, "zoe")
    world.now_ms += 30_000

    moved = world.hear(e.TransferRequested(**owned, queue_id="billing"))

    assert promises_in(moved) == ["clocks_set"]
    nine = START_MS - START_MS % DAY_MS + DAY_MS + 9 * 3_600_000
    assert clock_of(world, "first_response").due_ms == nine + 70_000
    tells_the_same(world)


def test_on_a_transfer_to_a_queue_without_another_calendar_the_clock_runs_on() -> None:
    """Only the queue is noted."""
    world = at_work(a_promising_desk({**GOLD, "calendar": "evening"}), "ann")
    owned = busy(world, "zoe")
    due_ms = clock_of(world, "first_response").due_ms
    world.now_ms += 30_000

    moved = world.hear(e.TransferRequested(**owned, queue_id="billing"))

    [noted] = [one for one in moved if isinstance(one, d.SlaClocksSet)]
    assert (noted.cause, noted.queue_id, noted.clocks) == ("moved", "billing", ())
    assert clock_of(world, "first_response").due_ms == due_ms


def test_on_a_transfer_to_a_queue_without_policy_the_clock_runs_on() -> None:
    """What was promised stays promised."""
    policy = {**GOLD, "calendar": "evening", "when": {"queue": ["general"]}}
    world = at_work(a_promising_desk(policy), "ann")
    owned = busy(world, "zoe")
    due_ms = clock_of(world, "first_response").due_ms

    world.hear(e.TransferRequested(**owned, queue_id="billing"))

    assert clock_of(world, "first_response").due_ms == due_ms


def test_a_step_that_moves_the_item_moves_its_clocks() -> None:
    """However an item comes to another queue, that queue's calendar counts."""
    policies = (
        {**GOLD, "when": {"queue": ["general"]}},
        {**GOLD, "sla_policy_id": "day", "calendar": "office", "when": {"queue": ["billing"]}},
    )
    queues = [
        {"queue_id": "general", "steps": [{"after_s": 30, "move_to": "billing"}]},
        {"queue_id": "billing"},
    ]
    world = World(a_promising_desk(*policies, queues=queues))
    world.message("zoe")

    assert promises_in(world.tick(after_s=30)) == ["clocks_set"]
    nine = START_MS - START_MS % DAY_MS + DAY_MS + 9 * 3_600_000
    assert clock_of(world, "first_response").due_ms == nine + 70_000


def test_a_clock_that_ended_in_the_same_turn_does_not_fire() -> None:
    """What a tick concludes first counts, whatever was due after it (R26)."""
    world = World(a_promising_desk())
    world.message("zoe")
    [instance] = world.engine.state.tables["sla_instance"].values()
    assert isinstance(instance, SlaInstance)
    world.engine.state.now_ms += 5_000_000
    turn = Turn(world.engine.state, event_id="tick", event_offset=99)
    end_clocks(turn, instance)

    fire_clock(turn, instance.conversation_id)

    assert promises_in(tuple(turn.decisions)) == ["ended"]


def test_a_desk_beside_one_that_promises_promises_nothing() -> None:
    """Policies are a desk's own, whichever desks share its partition (I10)."""
    world = World(a_promising_desk())
    for data in (e.DeskConfigured(configuration=a_desk_of()), a_message("zoe")):
        value = encode_event(
            data,
            event_id=f"other-{world.offset}",
            source="test",
            time=datetime.fromtimestamp(world.now_ms / 1_000, UTC),
            tenant_id="other",
            desk_id="support",
        )
        decisions = world.hear_event(decode_event(value), event_id=f"other-{world.offset}")

    assert types(decisions) == ["conversation_opened", "message_filed", "work_item_queued"]
    assert promises_in(world.message("zoe")) == ["started"]


def test_a_new_configuration_leaves_running_clocks_as_they_started() -> None:
    """Paused under the old version, they run on under the old version's calendar (R24)."""
    world = at_work(a_promising_desk({**GOLD, "calendar": "evening"}), "ann")
    owned = busy(world, "zoe")
    parks(world, owned)
    left_ms = clock_of(world, "resolution").remaining_ms or 0

    configure(world, a_promising_desk({**GOLD, "calendar": "office", "resolution_s": 7}))
    world.tick()
    world.message("zoe")

    assert clock_of(world, "resolution").due_ms == world.now_ms + left_ms
    world.message("yan")
    terms = world.engine.state.tables["desk_promises"]["acme", "support"]
    assert sorted(getattr(terms, "terms", {})) == ["gold@1", "gold@2"]
    tells_the_same(world)


def test_terms_are_forgotten_with_the_last_conversation_that_goes_by_them() -> None:
    """At the next configuration; a desk that promises nothing then pays nothing again."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    configure(world, a_promising_desk(sla_policies=[]))
    world.tick()
    assert world.engine.state.tables["desk_promises"]
    assert promises_in(world.message("yan")) == []

    closes(world, owned)
    configure(world, a_promising_desk(sla_policies=[]))

    assert not world.engine.state.tables["desk_promises"]
    tells_the_same(world)
