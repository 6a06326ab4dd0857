"""What contacts and rotations say and can't mean is refused at the door, with line and field."""

import pytest

from tests.unit.libs.common.documents.broken_desks import mistakes_of

GOOD = {
    "rotation_id": "nights",
    "zone": "UTC",
    "begins": '"2026-01-05"',
    "members": "[ann]",
}


def desk(notify: str = "{to: [nights], ways: [mail]}", **rotation: str) -> str:
    """Contact ann on line 5; her rotation's fields are on lines 7 to 10, and what is told on 14."""
    fields = {**GOOD, **rotation}
    (first, value), *others = fields.items()
    lines = [
        "queues: [{queue_id: q, escalation_policy: p}]",
        "default: {queue: q}",
        "calendars: [{calendar_id: day, zone: UTC, opening: {monday: ['09:00-17:00']}}]",
        "contacts:",
        "  - {contact_id: ann, quiet_outside: day}",
        "rotations:",
        f"  - {first}: {value}",
        *(f"    {name}: {one}" for name, one in others),
        "escalation_policies:",
        "  - escalation_policy_id: p",
        f"    levels: [{{trouble: waiting, actions: {{notify: {notify}}}}}]",
    ]
    return "\n".join(lines)


def mistake(text: str) -> tuple[int | None, str, str]:
    """The only one."""
    [found] = mistakes_of(text)
    return found.line, found.field, found.problem


def test_a_good_rotation_is_taken() -> None:
    """Also one that names a contact twice, and a stand-in."""
    stand_in = '[{contact: ann, begins: "2026-12-24T09:00", ends: "2026-12-27T09:00"}]'

    assert mistakes_of(desk(members="[ann, ann]", overrides=stand_in, turn_days="14")) == ()
    assert mistakes_of(desk("{to: [ann, nights], ways: [stream, pager], urgent: true}")) == ()


@pytest.mark.parametrize(
    ("rotation", "line", "field", "problem"),
    [
        ({"members": "[]"}, 10, "members", "a rotation without members"),
        ({"members": "[ann, zoe]"}, 10, "members.1", "not configured: zoe"),
        ({"members": "[nights]"}, 10, "members.0", "not configured: nights"),
        ({"zone": "Europe/Atlantis"}, 8, "zone", "no zone of that name"),
        ({"begins": '"2026-02-30"'}, 9, "begins", "no such day"),
        ({"rotation_id": "ann"}, 7, "rotation_id", "a contact has this name"),
        ({"hand_over_at": '"24:00"'}, 11, "hand_over_at", "match"),
        ({"turn_days": "365"}, 11, "turn_days", "56"),
    ],
)
def test_a_rotation_that_means_nothing_is_refused(
    rotation: dict[str, str], line: int, field: str, problem: str
) -> None:
    """With its line: what holds stays in force."""
    notify = "{to: [ann], ways: [mail]}"

    found = mistake(desk(notify, **rotation))

    assert found[:2] == (line, f"rotations.0.{field}")
    assert problem in found[2]


@pytest.mark.parametrize(
    ("begins", "ends", "problem"),
    [
        ("2026-12-24T09:00", "2026-12-24T09:00", "must be after begins"),
        ("2026-12-24T09:00", "2028-12-24T09:00", "at most 366 days"),
        ("2026-12-24T09:00", "2026-13-24T09:00", "match"),
        ("2026-12-24T09:00", "2026-02-30T09:00", "no such day"),
    ],
)
def test_a_stand_in_for_no_time_or_for_years_is_refused(
    begins: str, ends: str, problem: str
) -> None:
    """An inverted time, a day that is none, and years are mistakes."""
    stand_in = f'[{{contact: ann, begins: "{begins}", ends: "{ends}"}}]'

    line, field, told = mistake(desk(overrides=stand_in))

    assert (line, field) == (11, "rotations.0.overrides.0.ends")
    assert problem in told


def test_a_stand_in_whom_nobody_knows_is_refused() -> None:
    """Nobody would be on call."""
    stand_in = '[{contact: zoe, begins: "2026-12-24T09:00", ends: "2026-12-25T09:00"}]'

    line, field, _ = mistake(desk(overrides=stand_in))

    assert (line, field) == (11, "rotations.0.overrides.0.contact")


@pytest.mark.parametrize(
    ("notify", "field", "problem"),
    [
        ("{to: [zoe], ways: [mail]}", "to.0", "not configured: zoe"),
        ("{to: [ann]}", "to", "never told: name mail, chat or pager in ways"),
        ("{ways: [stream, chat, pager]}", "ways", "chat, pager to nobody"),
        ("{to: [ann, ann], ways: [mail]}", "to", "named twice"),
    ],
)
def test_an_alert_that_reaches_nobody_is_refused(notify: str, field: str, problem: str) -> None:
    """A level that tells nobody looks like one that does."""
    line, found, told = mistake(desk(notify))

    assert (line, found) == (13, f"escalation_policies.0.levels.0.actions.notify.{field}")
    assert problem in told


def test_quiet_hours_that_never_end_are_refused() -> None:
    """They are the closed time of a calendar, and one that never opens is refused: nothing waits
    for itself.
    """
    closed = desk().replace("opening: {monday: ['09:00-17:00']}", "opening: {}")

    assert mistake(closed)[:2] == (3, "calendars.0")
    unknown = desk().replace("quiet_outside: day", "quiet_outside: night")
    assert mistake(unknown)[:2] == (5, "contacts.0.quiet_outside")
