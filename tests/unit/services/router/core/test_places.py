"""Places in a line: who is first, and all of them in order, whoever left."""

from random import Random

import pytest

from services.router.core import places as module
from services.router.core.places import NOBODY, Place, Places, first_of


def _place(number: int, *, strict_class: int = 5) -> Place:
    return Place(strict_class, 100, number, f"itm_{number}")


def test_the_first_is_the_lowest_and_nobody_in_an_empty_line() -> None:
    """Whoever came last."""
    places = Places()
    assert (places.first, len(places), list(places)) == (NOBODY, 0, [])

    for number in (2, 1, 3):
        places.add(_place(number))
    assert places.first == _place(1)
    assert _place(99, strict_class=10_000) < NOBODY

    for number in (1, 2, 3):
        places.remove(f"itm_{number}")
    assert (places.first, len(places)) == (NOBODY, 0)


def test_who_left_is_passed_over() -> None:
    """Also where somebody left before the head did."""
    places = Places()
    for number in range(1, 6):
        places.add(_place(number))

    for name in ("itm_2", "itm_4", "itm_1"):
        places.remove(name)

    assert places.first == _place(3)
    assert [place.sequence for place in places] == [3, 5]
    assert sorted(place.sequence for place in places.unordered()) == [3, 5]


def test_who_returns_to_the_same_place_stands_once() -> None:
    """The place that was left is not taken for the new one."""
    places = Places()
    for number in (1, 2):
        places.add(_place(number))

    places.remove("itm_2")
    places.add(_place(2))

    assert list(places) == [_place(1), _place(2)]


@pytest.mark.parametrize("seed", range(5))
def test_places_are_in_order_whatever_comes_and_goes(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what those who left leave behind is cleared away."""
    monkeypatch.setattr(module, "STALE_MIN", 2)
    rng, places, known = Random(seed), Places(), dict[str, Place]()
    for number in range(400):
        place = _place(number, strict_class=rng.randrange(3))
        places.add(place)
        known[place.work_item_id] = place
        while len(known) > 100 or (known and rng.random() < 0.4):
            name = rng.choice(sorted(known))
            places.remove(name)
            del known[name]
        assert places.first == min(known.values(), default=NOBODY)

    for name in sorted(known)[:-5]:
        places.remove(name)
        del known[name]
    assert list(places) == sorted(known.values())
    assert len(places._heap) <= 3 * len(known) + 3


def test_the_first_of_several_lines_is_found_and_an_empty_one_left_out_until_somebody_comes() -> (
    None
):
    """However many lists it was left out of: whoever comes is in all of them."""
    full, emptied, never = Places(), Places(), Places()
    full.add(_place(2))
    emptied.add(_place(1))
    mine, theirs = [emptied, full, never], [full, emptied]
    assert first_of(mine) == _place(1)
    assert mine == [emptied, full]

    emptied.remove("itm_1")
    assert (first_of(mine), first_of(theirs)) == (_place(2), _place(2))
    assert (mine, theirs) == ([full], [full])

    emptied.add(_place(0))
    assert (first_of(mine), first_of(theirs)) == (_place(0), _place(0))
    assert (mine, theirs) == ([full, emptied], [full, emptied])


def test_of_empty_lines_only_the_first_is_nobody() -> None:
    """And none of them is looked at again before somebody comes, then once."""
    lines = [Places(), Places()]
    first, _ = lines
    assert (first_of(lines), lines) == (NOBODY, [])

    for number in (1, 2):
        first.add(_place(number))

    assert (first_of(lines), lines) == (_place(1), [first])
