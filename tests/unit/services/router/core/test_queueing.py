"""The waiting lines: one per requirement signature, in order, and counted by queue."""

import pytest

from libs.common.contracts.terms import WorkItemState
from services.router.core import queueing
from services.router.core.capacity import Kind
from services.router.core.entities import WorkItem
from services.router.core.places import NOBODY, first_of
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
        strict_class=5,
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


def _ranked(rank: int, *lines: Line, strict_class: int = 5) -> Reached:
    return Reached(strict_class, rank, {"": [one.places for one in lines]})


def test_a_line_is_in_order_of_virtual_time_and_sequence() -> None:
    """R4: the head is who is served first."""
    lines = Lines()
    line = _put(lines, _item(1), _item(2), _item(3, virtual_time_ms=50))

    assert [place.sequence for place in line.places] == [3, 1, 2]
    assert line.places.first.work_item_id == "itm_3"


def test_an_item_that_changes_its_place_moves_and_stands_once() -> None:
    """More credit, and then a better class, which is another line."""
    lines, item = Lines(), _item(1)
    line = _put(lines, item, _item(2, virtual_time_ms=50))
    item.virtual_time_ms = 40
    lines.put(item, line)
    assert [place.sequence for place in line.places] == [1, 2]

    item.strict_class = 1
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
    _put(lines, _item(4, virtual_time_ms=900, strict_class=2))

    assert [place[:3] for place in lines.in_order("general")] == [
        (2, 900, 4),
        (5, 20, 2),
        (5, 30, 1),
    ]
    assert lines.in_order("never") == []
    assert lines.count("sales") == 1


def test_an_item_that_moves_to_another_queue_is_counted_there() -> None:
    """Once."""
    lines, item = Lines(), _item(1)
    _put(lines, item)
    item.queue_id = "sales"

    _put(lines, item)

    assert (lines.count("general"), lines.count("sales")) == (0, 1)


def test_a_line_of_other_lines_is_opened_once_for_whom_the_first_asks() -> None:
    """R6: whoever is passed over stands in such a one as well, as long as nobody is kept."""
    lines, unkept, item = Lines(), Lines(), _item(1)
    line = _put(lines, item)

    like = unkept.line_like(line)
    unkept.put(item, like)

    assert unkept.line_like(line) is like
    assert (like.signature, like.kind, like.populations) == (line.signature, line.kind, ())
    assert (len(unkept), like.places is line.places) == (1, False)


@pytest.fixture(params=["few lines", "many lines"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether lines are looked at one by one, or found once and kept."""
    if request.param == "many lines":
        monkeypatch.setattr(queueing, "FEW_LINES", -1)


@pytest.mark.usefixtures("_both_ways")
def test_agents_see_the_lines_for_them_also_those_that_open_later() -> None:
    """Together by class and rank, the best of them first; what there is no room for is left out."""
    lines, profile = Lines(), _profile()
    first = _put(lines, _item(1))
    _put(lines, _item(2, queue_id="other"))
    assert lines.within_reach(profile, 1) == [_ranked(2, first)]

    second = _put(lines, _item(3, queue_id="sales"))
    third = _put(lines, _item(4, has_best_rank=True))
    fourth = _put(lines, _item(5, requires={}, channel="email", has_best_rank=True))

    fifth = _put(lines, _item(6, queue_id="sales", strict_class=4))

    assert lines.within_reach(profile, 1) == [
        _ranked(3, fifth, strict_class=4),
        _ranked(0, third, fourth),
        _ranked(2, first),
        _ranked(3, second),
    ]
    assert lines.within_reach(profile, 2) == []


def test_only_lines_with_somebody_in_them_are_looked_at_while_they_are_few() -> None:
    """Else the empty ones are seen as well: what is found once is kept."""
    lines, profile = Lines(), _profile()
    everyone = [_put(lines, _item(n, requires={"billing": n})) for n in range(FEW_LINES + 1)]
    skilled = _profile(skills=(("billing", 99),))
    for _ in range(2):
        [seen] = lines.within_reach(skilled, 1)
        assert len(seen.by_queue[""]) == len(everyone)

    for n in range(1, FEW_LINES + 1):
        lines.remove(f"itm_{n}")

    assert lines.within_reach(profile, 1) == [_ranked(2, everyone[0])]


@pytest.mark.usefixtures("_both_ways")
def test_agents_whose_queues_have_weights_see_the_lines_of_each_queue_apart() -> None:
    """R8: whose turn it is, is decided between queues."""
    profile = _profile(ranks=(), weights=(("general", 2), ("sales", 1)))
    lines = Lines()
    first, second = _put(lines, _item(1)), _put(lines, _item(2, queue_id="sales"))

    assert lines.within_reach(profile, 1) == [
        Reached(5, 1, {"general": [first.places], "sales": [second.places]})
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

    assert shown == [[_ranked(2, first)], [], [_ranked(2, first)]]


@pytest.mark.usefixtures("_both_ways")
def test_a_line_that_was_left_out_is_in_its_views_once_when_the_queue_has_closed_between() -> None:
    """Views are made anew then: whoever comes is in those, and in none of before."""
    lines, profile = Lines(), _profile()
    other, line = _put(lines, _item(2, requires={"billing": 0})), _put(lines, _item(1))
    lines.remove("itm_1")
    [before] = lines.within_reach(profile, 1)
    assert first_of(before.by_queue[""]) == other.places.first

    for is_open in (False, True):
        lines.set_open("general", is_open=is_open)
    [after] = lines.within_reach(profile, 1)
    _put(lines, _item(3))

    assert before.by_queue[""] == [other.places]
    assert [one.by_queue[""].count(line.places) for one in lines.within_reach(profile, 1)] == [1]
    assert after.rank == 2
