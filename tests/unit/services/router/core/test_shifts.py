"""Whose shift a configuration knows."""

from libs.common.contracts.configuration import DeskConfiguration
from services.router.core.shifts import shifts_of

EARLY = {"calendar_id": "early", "zone": "UTC", "opening": {"monday": ["06:00-14:00"]}}
LATE = {"calendar_id": "late", "zone": "UTC", "opening": {"monday": ["14:00-22:00"]}}


def a_document(**changes: object) -> DeskConfiguration:
    """Two groups; the first has no shift of its own."""
    document: dict[str, object] = {
        "queues": [{"queue_id": "general"}],
        "default": {"queue": "general"},
        "calendars": [EARLY, LATE],
        "agent_groups": [
            {"agent_group_id": "all"},
            {
                "agent_group_id": "evening",
                "shift": "late",
                "shift_end": {"open_work": "hand_over"},
            },
        ],
        "agents": [
            {"agent_id": "ann", "groups": ["all", "evening"]},
            {"agent_id": "bob", "groups": ["evening"], "shift": "early"},
            {"agent_id": "cem", "groups": ["all"]},
        ],
        "policies": {"shift_end": {"nothing_new_before_end_s": 60}},
    }
    return DeskConfiguration.model_validate({**document, **changes})


def test_own_shift_wins_over_the_first_group_that_has_one() -> None:
    """Who has neither is on at any time."""
    found = {name: shift.calendar.calendar_id for name, shift in shifts_of(a_document()).items()}

    assert found == {"ann": "late", "bob": "early"}


def test_end_of_a_shift_is_the_groups_else_the_desks() -> None:
    """A group that says something about the end is heard first."""
    groups = [{"agent_group_id": "all"}, {"agent_group_id": "evening", "shift": "late"}]
    own, desks = shifts_of(a_document()), shifts_of(a_document(agent_groups=groups))

    assert own["ann"].end.open_work == "hand_over"
    assert desks["ann"].end.nothing_new_before_end_s == 60
