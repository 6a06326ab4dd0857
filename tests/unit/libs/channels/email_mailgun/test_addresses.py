"""Mail addresses in one form."""

import pytest

from libs.channels.email_mailgun.addresses import normalise_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ann@B.Example", "ann@b.example"),
        (" <ann@b.example>\n", "ann@b.example"),
        ("ann+tag@b.example.", "ann+tag@b.example"),
        ("ann@Bücher.example", "ann@xn--bcher-kva.example"),
        ("анна@почта.рф", "анна@xn--80a1acny.xn--p1ai"),
        ("ann@bücher。", "ann@xn--bcher-kva"),
        ("ann@" + "ü" * 70 + ".example", "ann@" + "ü" * 70 + ".example"),
    ],
)
def test_spellings_of_one_address_are_equal(text: str, address: str) -> None:
    """Trimmed, in lower case, the domain in ASCII where it has such a form."""
    assert normalise_address(text) == address
    assert normalise_address(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@b",
        "ann@",
        "a b@c",
        "a@b@c",
        "a@b\nBcc: c@d",
        'a"@b',
        "a" * 320 + "@b",
        "a@b\uff20c",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    """Nothing that could break a header or hold two addresses passes."""
    assert normalise_address(text) is None
