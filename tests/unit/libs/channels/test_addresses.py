"""An address has one form, however it is written, or it is none."""

import pytest

from libs.channels.addresses import normalised
from libs.common.contracts.terms import AddressFamily
from libs.common.errors import InvalidInputError


@pytest.mark.parametrize(
    ("family", "written", "form"),
    [
        ("email", " Anna@EXAMPLE.org ", "anna@example.org"),
        ("phone", "+49 (170) 12-34.567", "+491701234567"),
        ("phone", "0049 170 1234567", "+491701234567"),
        ("telegram", "-1001234567", "-1001234567"),
        ("web", "visitor-1", "visitor-1"),
        ("external", " loyalty/77 ", "loyalty/77"),
    ],
)
def test_spellings_have_one_form(family: str, written: str, form: str) -> None:
    """What people write and what a channel reads are the same address."""
    assert normalised(AddressFamily(family), written) == form


@pytest.mark.parametrize(
    ("family", "written"),
    [
        ("email", "nobody"),
        ("phone", "0170 1234567"),
        ("phone", "+49"),
        ("telegram", "@anna"),
        ("web", "  "),
        ("web", "a\x00b"),
        ("external", "x" * 321),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(family: str, written: str) -> None:
    """A phone number without its country names many phones; a Telegram name is not an id."""
    with pytest.raises(InvalidInputError) as refusal:
        normalised(AddressFamily(family), written)

    assert str(refusal.value) == f"address: not one of the family {family}"
