"""Customers over several contact points: links are resolved when read, never written in."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from services.router.core.entities import ContactPoint, Desk
from services.router.core.state import PartitionState
from services.router.core.turn import Refused, Turn

LINKED_CONTACT_POINTS_MAX = 64


def linked_contact_points(
    state: PartitionState, desk: Desk, contact_point_id: str
) -> tuple[str, ...]:
    """The other contact points of the same customer on this desk, nearest first."""
    found = [contact_point_id]
    for here in found:
        point = state.get(ContactPoint, *desk.key, here)
        for linked in point.linked_ids if point is not None else ():
            if linked not in found and len(found) <= LINKED_CONTACT_POINTS_MAX:
                found.append(linked)
    return tuple(found[1:])


def link(turn: Turn, desk: Desk, linked: e.ContactPointsLinked) -> None:
    """The two are one customer from now on; saying so again changes nothing."""
    one, other = linked.contact_point_ids
    if one == other:
        raise Refused(RefusalReason.UNKNOWN_LINK, subject_id=one)
    if _are_linked(turn.state, desk, one, other):
        return
    together = {one, other}
    for point in (one, other):
        together.update(linked_contact_points(turn.state, desk, point))
    if len(together) > LINKED_CONTACT_POINTS_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=one, detail="linked contact points")
    turn.emit(
        d.LinkAdded(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            contact_point_ids=linked.contact_point_ids,
        )
    )


def unlink(turn: Turn, desk: Desk, unlinked: e.ContactPointsUnlinked) -> None:
    """The two are not one customer; refuses a link that is not there."""
    one, other = unlinked.contact_point_ids
    if not _are_linked(turn.state, desk, one, other):
        raise Refused(RefusalReason.UNKNOWN_LINK, subject_id=one)
    turn.emit(
        d.LinkRemoved(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            contact_point_ids=unlinked.contact_point_ids,
        )
    )


def _are_linked(state: PartitionState, desk: Desk, one: str, other: str) -> bool:
    point = state.get(ContactPoint, *desk.key, one)
    return point is not None and other in point.linked_ids
