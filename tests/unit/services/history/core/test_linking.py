"""What resolving links promises."""

from libs.common.contracts.terms import ContactPointId
from libs.common.identifiers import customer_id_of
from services.history.core.linking import (
    CONTACT_POINTS_MAX,
    LinkedContactPoints,
    begin_at,
    contact_point_of,
    follow,
)

Links = list[tuple[str, str]]


def resolve(start: str, links: Links) -> LinkedContactPoints:
    """Follow the links as the store does."""
    known = begin_at(start)
    rounds = 0
    while known.frontier:
        ends = set(known.frontier)
        known = follow(known, [link for link in links if ends & set(link)])
        rounds += 1
        assert rounds <= CONTACT_POINTS_MAX
    return known


def test_unlinked_contact_point_is_alone() -> None:
    """Without links a customer has one contact point."""
    assert resolve("a", [("b", "c")]).found == ("a",)


def test_every_linked_contact_point_finds_the_same() -> None:
    """Links count in both directions and through each other, cycles included."""
    links = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("x", "y")]

    found = {frozenset(resolve(start, links).found) for start in "abcd"}

    assert found == {frozenset("abcd")}


def test_contact_point_linked_to_itself_is_alone() -> None:
    """A link that means nothing does nothing."""
    assert resolve("a", [("a", "a")]).found == ("a",)


def test_long_chains_end_at_the_limit_and_say_so() -> None:
    """A customer of too many contact points is cut, visibly."""
    links = [(f"p{n:03}", f"p{n + 1:03}") for n in range(CONTACT_POINTS_MAX + 10)]

    known = resolve("p000", links)

    assert len(known.found) == CONTACT_POINTS_MAX
    assert known.is_partial


def test_wide_stars_end_at_the_limit_and_say_so() -> None:
    """The same when all links start at one contact point."""
    known = resolve("hub", [("hub", f"p{n:03}") for n in range(CONTACT_POINTS_MAX + 10)])

    assert len(known.found) == CONTACT_POINTS_MAX
    assert known.is_partial


def test_exactly_the_limit_is_whole() -> None:
    """Nothing is missing, so nothing says so."""
    known = resolve("hub", [("hub", f"p{n:03}") for n in range(CONTACT_POINTS_MAX - 1)])

    assert len(known.found) == CONTACT_POINTS_MAX
    assert not known.is_partial


def test_contact_point_of_reverses_customer_id_of() -> None:
    """Each contact point's own customer names it."""
    point = ContactPointId("ctp_0123")

    assert contact_point_of(customer_id_of(point)) == point
