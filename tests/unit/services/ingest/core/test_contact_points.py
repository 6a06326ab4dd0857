"""One address is one contact point, however it is written."""

import pytest

from libs.common.contracts.terms import AddressFamily, TenantId
from libs.common.errors import InvalidInputError
from services.ingest.core.cloud_events import CustomerAddress, LinkInput
from services.ingest.core.contact_points import contact_point_of, linked_pair

ACME = TenantId("acme")


def mail(address: str) -> CustomerAddress:
    """A mail address as somebody wrote it."""
    return CustomerAddress(family=AddressFamily.EMAIL, address=address)


def test_spellings_of_an_address_are_one_contact_point() -> None:
    """Case and spaces around it make no other person."""
    one = contact_point_of(ACME, mail("anna@example.org"))
    other = contact_point_of(ACME, mail(" Anna@EXAMPLE.org "))

    assert one == other
    assert "anna" not in repr(one)


def test_tenants_never_share_a_contact_point() -> None:
    """The same address of two tenants is two contact points."""
    ids = {
        contact_point_of(TenantId(tenant), mail("a@b.org")).contact_point_id
        for tenant in ("acme", "globex")
    }

    assert len(ids) == 2


def test_link_is_the_same_either_way_round() -> None:
    """Who is named first does not matter."""
    one = LinkInput(a=mail("a@b.org"), b=mail("c@d.org"))
    other = LinkInput(a=one.b, b=one.a)

    assert linked_pair(ACME, one) == linked_pair(ACME, other)


@pytest.mark.parametrize(("a", "b"), [("a@b.org", "A@b.org"), ("a@b.org", "nobody")])
def test_senseless_link_is_refused(a: str, b: str) -> None:
    """An address is not linked to itself, nor to what is none."""
    with pytest.raises(InvalidInputError) as refusal:
        linked_pair(ACME, LinkInput(a=mail(a), b=mail(b)))

    assert "nobody" not in str(refusal.value)
