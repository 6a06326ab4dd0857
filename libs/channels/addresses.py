"""Brings an address that somebody wrote into its family's one form, from which its contact point's
id derives: everyone who turns an address into an id comes through here.
"""

import re
from typing import assert_never

from libs.channels.email_mailgun.addresses import normalise_address
from libs.common.contracts.terms import AddressFamily
from libs.common.errors import InvalidInputError

ADDRESS_LENGTH_MAX = 320
_TELEGRAM = re.compile(r"-?[0-9]{1,20}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_SEPARATORS = re.compile(r"[\s().\-/]")


def normalised(family: AddressFamily, address: str) -> str:
    """The address in its family's one form.

    Raises InvalidInputError, which never repeats the address, when it can't be one of that family.
    """
    found = _form_of(family, address.strip())
    if not found or len(found) > ADDRESS_LENGTH_MAX or not found.isprintable():
        raise InvalidInputError(f"address: not one of the family {family.value}")
    return found


def _form_of(family: AddressFamily, address: str) -> str | None:
    match family:
        case AddressFamily.EMAIL:
            return normalise_address(address)
        case AddressFamily.TELEGRAM:
            return address if _TELEGRAM.fullmatch(address) else None
        case AddressFamily.PHONE:
            return _phone(address)
        case AddressFamily.WEB | AddressFamily.EXTERNAL:
            return address
        case _:
            assert_never(family)


def _phone(address: str) -> str | None:
    """International form only: without the country a number names many phones."""
    digits = _PHONE_SEPARATORS.sub("", address)
    number = "+" + digits[2:] if digits.startswith("00") else digits
    return number if _PHONE.fullmatch(number) else None
