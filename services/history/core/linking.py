"""Which contact points are one customer: the links that hold, followed from one of them.

Links are resolved whenever somebody reads, so a link that is taken back leaves no trace: nothing
was rewritten. All contact points of a customer reach the same ones, whichever one starts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from libs.common.contracts.terms import ContactPointId, CustomerId

CONTACT_POINTS_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedContactPoints:
    """What was found so far; links of the `frontier` were not followed yet.

    `is_partial` says that there are more than CONTACT_POINTS_MAX and the rest was left out.
    """

    found: tuple[str, ...]
    frontier: tuple[str, ...]
    is_partial: bool = False


def begin_at(contact_point_id: str) -> LinkedContactPoints:
    """The contact point alone, its links still to be followed."""
    return LinkedContactPoints(found=(contact_point_id,), frontier=(contact_point_id,))


def follow(known: LinkedContactPoints, links: Iterable[tuple[str, str]]) -> LinkedContactPoints:
    """Add the far ends of the frontier's links. An empty frontier means that all was found."""
    old = set(known.found)
    fresh = sorted({end for link in links for end in link} - old)
    room = CONTACT_POINTS_MAX - len(known.found)
    return LinkedContactPoints(
        found=known.found + tuple(fresh[:room]),
        frontier=tuple(fresh[:room]),
        is_partial=known.is_partial or len(fresh) > room,
    )


def contact_point_of(customer_id: CustomerId) -> ContactPointId:
    """The contact point whose own customer this is: the reverse of `customer_id_of`."""
    return ContactPointId("ctp_" + customer_id.removeprefix("cus_"))
