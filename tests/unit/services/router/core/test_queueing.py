"""The waiting lines: one per requirement signature, in order, and counted by queue."""

import pytest

from libs.common.contracts.terms import WorkItemState
from services.router.core import queueing
from services.router.core.capacity import Kind
from services.router.core.entities import WorkItem
from services.router.core.places import NOBODY
from services.router.core.profiles import Profile, ProfileKey
from services.router.core.queueing import (
    FEW_LINES,
    RANK_OF_LENT_AGENTS,
    Line,
    Lines,
    Reached,
    Signature,
    signature_of,
)

CHAT = Kind("web_chat", 1, 1)


def _signature(**fields: object) -> Signature:
    plain = Signature(
        queue_id="general",
        also_queues=(),
        also_groups=(),
        is_for_anyone=False,
        requires=(),
        channel="web_chat",
        weight=1,
        has_best_rank=False,
    )
    return plain._replace(**fields)  # type: ignore[arg-type]


def _profile(**fields: object) -> Profile:
    key = ProfileKey(
        ranks=(("general", 2), ("sales", 3)), weights=(), skills=(), groups=(), channels=None
    )
    return Profile(key._replace(**fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signature", "profile", "admits"),
    [
        ({}, {}, True),
        ({"queue_id": "other"}, {}, False),
        ({"queue_id": "other", "also_queues": ("sales",)}, {}, True),
        ({"queue_id": "other", "also_groups": ("night",)}, {"groups": ("night",)}, True),
        ({"queue_id": "other", "also_groups": ("day",)}, {"groups": ("night",)}, False),
        ({"queue_id": "other", "is_for_anyone": True}, {}, True),
        ({"requires": (("billing", 2),)}, {"skills": (("billing", 2),)}, True),
        ({"requires": (("billing", 2),)}, {"skills": (("billing", 1),)}, False),
        ({}, {"channels": (("web_chat", 1),)}, True),
        ({}, {"channels": (("web_chat", 0),)}, False),
        ({}, {"channels": (("voice", 1),)}, False),
    ],
)
def test_a_line_is_for_whom_it_asks_who_has_the_skills_and_takes_the_channel(
    signature: dict[str, object],
    profile: dict[str, object],
    admits: bool,  # noqa: FBT001 - a table
) -> None:
    """Queue, group or anyone; room is another question."""
    assert _signature(**signature).admits(_profile(**profile)) is admits


@pytest.mark.parametrize(
    ("signature", "profile", "rank", "queue_id"),
    [
        ({}, {}, 2, "general"),
        ({"queue_id": "other", "also_queues": ("sales",)}, {}, 3, "sales"),
        ({"queue_id": "other", "is_for_anyone": True}, {}, RANK_OF_LENT_AGENTS, "other"),
        ({"has_best_rank": True}, {}, 0, "general"),
        ({}, {"ranks": (), "weights": (("general", 5),)}, 1, "general"),
    ],
)
def test_an_agent_sees_a_line_under_their_own_queue_and_its_rank(
    signature: dict[str, object], profile: dict[str, object], rank: int, queue_id: str
) -> None:
    """R7: best rank once its items waited longest; R8: weights know no rank."""
    line, agents = _signature(**signature), _profile(**profile)

    assert (line.rank_for(agents), line.queue_for(agents)) == (rank, queue_id)


def _item(number: int, **fields: object) -> WorkItem:
    known: dict[str, object] = {
        "tenant_id": "acme",
        "desk_id": "support",
        "work_item_id": f"itm_{number}",
        "conversation_id": f"cnv_{number}",
        "state": WorkItemState.QUEUED,
        "queue_id": "general",
        "requires": {},
        "channel": "web_chat",
        "weight": 1,
        "strict_class": 5,
        "virtual_time_ms": 100,
        "waiting_since_ms": 100,
        "sequence": number,
        "rule_id": "default",
    }
    return WorkItem(**{**known, **fields})  # type: ignore[arg-type]


def _put(lines: Lines, *items: WorkItem) -> Line:
    signature = signature_of(items[0])
    line = lines.line_of(signature) or lines.open_line(signature, CHAT, ())
    for item in items:
        lines.put(item, line)
    return line


def _reached(rank: int, queue_id: str, *lines: Line) -> Reached:
    return Reached(rank, queue_id, [one.places for one in lines], [one.unkept for one in lines])


def test_a_line_is_in_order_of_class_virtual_time_and_sequence() -> None:
    """R4: the head is who is served first."""
    lines = Lines()
    line = _put(
        lines,
        _item(1),
        _item(2),
        _item(3, virtual_time_ms=50),
        _item(4, strict_class=2, virtual_time_ms=900),
    )

    assert [place.sequence for place in line.places] == [4, 3, 1, 2]
    assert line.places.first.work_item_id == "itm_4"


def test_an_item_that_changes_its_place_moves_and_stands_once() -> None:
    """Raised priority, and then another line."""
    lines, item = Lines(), _item(1)
    line = _put(lines, item, _item(2, virtual_time_ms=50))
    item.strict_class = 1
    lines.put(item, line)
    assert [place.sequence for place in line.places] == [1, 2]

    item.requires = {"billing": 1}
    other = _put(lines, item)

    assert [place.sequence for place in line.places] == [2]
    assert lines.line_with("itm_1") is other
    assert lines.count("general") == 2


def test_an_item_that_left_stands_nowhere_and_leaving_twice_is_nothing() -> None:
    """Its line is empty, and no line waits."""
    lines = Lines()
    line = _put(lines, _item(1))
    assert lines.waiting() == [line]

    for _ in range(2):
        lines.remove("itm_1")

    assert (line.places.first, lines.waiting(), lines.line_with("itm_1")) == (NOBODY, [], None)
    assert (lines.count("general"), lines.count("never")) == (0, 0)


def test_places_of_a_queue_are_told_across_its_lines() -> None:
    """R27: class and virtual time, skills aside."""
    lines = Lines()
    _put(lines, _item(1, virtual_time_ms=30))
    _put(lines, _item(2, virtual_time_ms=20, requires={"billing": 1}))
    _put(lines, _item(3, virtual_time_ms=10, queue_id="sales"))

    assert [place[:3] for place in lines.in_order("general")] == [(5, 20, 2), (5, 30, 1)]
    assert lines.in_order("never") == []
    assert lines.count("sales") == 1


def test_an_item_that_moves_to_another_queue_is_counted_there() -> None:
    """Once."""
    lines, item = Lines(), _item(1)
    _put(lines, item)
    item.queue_id = "sales"

    _put(lines, item)

    assert (lines.count("general"), lines.count("sales")) == (0, 1)


def test_unkept_are_those_passed_over_for_whom_nobody_is_kept_yet() -> None:
    """R6: each once, and no longer when it leaves."""
    lines, item = Lines(), _item(1, is_passed_over=True)
    line = _put(lines, item, _item(2))
    lines.put(item, line)
    assert ([place.sequence for place in line.unkept], lines.unkept) == ([1], 1)

    item.capacity_agent_id = "ann"
    lines.put(item, line)
    assert (list(line.unkept), lines.unkept) == ([], 0)

    item.capacity_agent_id = None
    lines.put(item, line)
    lines.remove("itm_1")
    assert (list(line.unkept), lines.unkept) == ([], 0)


@pytest.fixture(params=["few lines", "many lines"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether lines are looked at one by one, or found once and kept."""
    if request.param == "many lines":
        monkeypatch.setattr(queueing, "FEW_LINES", 0)


@pytest.mark.usefixtures("_both_ways")
def test_agents_see_the_lines_for_them_also_those_that_open_later() -> None:
    """Together by rank; a line of a kind without room is left out."""
    lines, profile = Lines(), _profile()
    first = _put(lines, _item(1))
    _put(lines, _item(2, queue_id="other"))
    assert lines.within_reach(profile, 1) == [_reached(2, "", first)]

    second = _put(lines, _item(3, queue_id="sales"))
    third = _put(lines, _item(4, has_best_rank=True))
    fourth = _put(lines, _item(5, requires={}, channel="email", has_best_rank=True))

    assert lines.within_reach(profile, 1) == [
        _reached(2, "", first),
        _reached(3, "", second),
        _reached(0, "", third, fourth),
    ]
    assert lines.within_reach(profile, 2) == []


def test_only_lines_with_somebody_in_them_are_looked_at_while_they_are_few() -> None:
    """Else the empty ones are seen as well: what is found once is kept."""
    lines, profile = Lines(), _profile()
    everyone = [_put(lines, _item(n, requires={"billing": n})) for n in range(FEW_LINES + 1)]
    skilled = _profile(skills=(("billing", 99),))
    for _ in range(2):
        [seen] = lines.within_reach(skilled, 1)
        assert len(seen.places) == len(everyone)

    for n in range(1, FEW_LINES + 1):
        lines.remove(f"itm_{n}")

    assert lines.within_reach(profile, 1) == [_reached(2, "", everyone[0])]


@pytest.mark.usefixtures("_both_ways")
def test_agents_whose_queues_have_weights_see_the_lines_of_each_queue_apart() -> None:
    """R8: whose turn it is, is decided between queues."""
    profile = _profile(ranks=(), weights=(("general", 2), ("sales", 1)))
    lines = Lines()
    first, second = _put(lines, _item(1)), _put(lines, _item(2, queue_id="sales"))

    assert lines.within_reach(profile, 1) == [
        _reached(1, "general", first),
        _reached(1, "sales", second),
    ]


@pytest.mark.usefixtures("_both_ways")
def test_lines_of_a_closed_queue_are_shown_to_nobody_until_it_opens() -> None:
    """R25: whoever looked at them before forgets them, and sees them again."""
    lines, profile = Lines(), _profile()
    first = _put(lines, _item(1))

    shown = [lines.within_reach(profile, 1)]
    for is_open in (False, True):
        lines.set_open("general", is_open=is_open)
        shown.append(lines.within_reach(profile, 1))

    assert shown == [[_reached(2, "", first)], [], [_reached(2, "", first)]]


def test_who_is_unkept_and_leaves_from_the_middle_is_counted_no_more() -> None:
    """As is whoever leaves from the front."""
    lines = Lines()
    for number in (1, 2, 3):
        _put(lines, _item(number, is_passed_over=True))

    counted = []
    for name in ("itm_2", "itm_1"):
        lines.remove(name)
        counted.append(lines.unkept)

    assert counted == [2, 1]
