"""Customers over several contact points: linked and un-linked without rewriting anything."""

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from services.router.core import links
from services.router.core.entities import ContactPoint
from tests.unit.services.router.core.world import World, a_desk, contact_point, refusal, types


def _pair(one: str, other: str) -> tuple[str, str]:
    return (contact_point(one), contact_point(other))


def test_linking_twice_changes_nothing_the_second_time() -> None:
    """Saying so again leaves an empty record."""
    world = World(a_desk())

    first = world.hear(e.ContactPointsLinked(contact_point_ids=_pair("zoe", "zoe-mail")))
    second = world.hear(e.ContactPointsLinked(contact_point_ids=_pair("zoe-mail", "zoe")))

    assert types(first) == ["link_added"]
    assert second == ()


def test_unlinking_restores_what_was_before() -> None:
    """Nothing was rewritten, so nothing is left of the link."""
    world = World(a_desk())
    world.message("zoe-mail")
    before = world.engine.state.tables["contact_point"].copy()
    world.hear(e.ContactPointsLinked(contact_point_ids=_pair("zoe", "zoe-mail")))

    decisions = world.hear(e.ContactPointsUnlinked(contact_point_ids=_pair("zoe", "zoe-mail")))

    assert types(decisions) == ["link_removed"]
    assert world.engine.state.tables["contact_point"] == before
    assert types(world.message("zoe"))[0] == "conversation_opened"


@pytest.mark.parametrize("event", [e.ContactPointsUnlinked, e.ContactPointsLinked])
def test_a_link_that_can_not_be_is_refused(
    event: type[e.ContactPointsUnlinked | e.ContactPointsLinked],
) -> None:
    """Un-linking strangers, or linking a contact point with itself."""
    world = World(a_desk())
    pair = _pair("zoe", "zoe")

    assert refusal(world.hear(event(contact_point_ids=pair))).reason is RefusalReason.UNKNOWN_LINK


def test_a_customer_has_a_bounded_number_of_contact_points(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over the limit a link is refused, visibly."""
    monkeypatch.setattr(links, "LINKED_CONTACT_POINTS_MAX", 3)
    world = World(a_desk())
    for other in ("b", "c"):
        world.hear(e.ContactPointsLinked(contact_point_ids=_pair("a", other)))

    refused = refusal(world.hear(e.ContactPointsLinked(contact_point_ids=_pair("a", "d"))))

    assert refused.reason is RefusalReason.LIMIT_REACHED


def test_links_reach_over_several_steps_and_round_in_circles() -> None:
    """A chain of links is one customer; a circle ends."""
    world = World(a_desk())
    for pair in (("a", "b"), ("b", "c"), ("c", "a")):
        world.hear(e.ContactPointsLinked(contact_point_ids=_pair(*pair)))
    desk = world.engine.state.tables["desk"]["acme", "support"]

    found = links.linked_contact_points(world.engine.state, desk, contact_point("a"))  # type: ignore[arg-type]  # the one desk

    assert set(found) == {contact_point("b"), contact_point("c")}
    assert world.engine.state.get(ContactPoint, "acme", "support", contact_point("d")) is None
