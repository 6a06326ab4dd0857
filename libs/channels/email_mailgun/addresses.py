"""Mail addresses in the one form in which two spellings of the same address are equal."""

import re

ADDRESS_LENGTH_MAX = 320
_DOMAIN_LENGTH_MAX = 255
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f-\x9f]+@[^\s@<>\"(),:;\\\x00-\x1f\x7f-\x9f]+")


def normalise_address(text: str) -> str | None:
    """The address trimmed and in lower case, its domain in ASCII form; None if it is none.

    The local part is lowered too: no provider in use tells two people apart by case.
    """
    address = text.strip().strip("<>").strip().rstrip(".").lower()
    if len(address) > ADDRESS_LENGTH_MAX or not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.partition("@")
    normalised = f"{local}@{_ascii_domain(domain)}"
    # A domain's ASCII form can bring in what the first look did not see, a second at sign say.
    is_address = len(normalised) <= ADDRESS_LENGTH_MAX and _ADDRESS.fullmatch(normalised)
    return normalised if is_address else None


def _ascii_domain(domain: str) -> str:
    if domain.isascii() or len(domain) > _DOMAIN_LENGTH_MAX:
        return domain
    try:
        return domain.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return domain
