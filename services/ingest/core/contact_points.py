"""From the addresses that people write to contact points: one address, one id."""

from dataclasses import dataclass, field

from libs.channels.addresses import normalised
from libs.common.contracts.terms import ContactPointId, TenantId
from libs.common.errors import InvalidInputError
from libs.common.identifiers import contact_point_id_of
from services.ingest.core.cloud_events import CustomerAddress, LinkInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """One address in its family's one form, with the id that derives from it."""

    contact_point_id: ContactPointId
    address: str = field(repr=False)


def contact_point_of(tenant_id: TenantId, written: CustomerAddress) -> ContactPoint:
    """The contact point of an address. Raises InvalidInputError when it is none of its family."""
    address = normalised(written.family, written.address)
    return ContactPoint(
        contact_point_id=contact_point_id_of(tenant_id, written.family, address), address=address
    )


def linked_pair(tenant_id: TenantId, link: LinkInput) -> tuple[ContactPointId, ContactPointId]:
    """The two contact points of a link, in one order whichever way round they were named.

    Raises InvalidInputError when an address is none of its family, or both are the same.
    """
    one, other = sorted(
        contact_point_of(tenant_id, written).contact_point_id for written in (link.a, link.b)
    )
    if one == other:
        raise InvalidInputError("a and b are the same address")
    return one, other
