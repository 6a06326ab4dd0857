"""Forms from bytes, in both encodings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.channels.email_mailgun.form import FIELDS_MAX, Fields, read_form
from libs.common.errors import InvalidInputError, MalformedBodyError, UnsupportedMediaError
from tests.unit.libs.channels.builders import request_of

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xx"


def read(body: bytes, content_type: str) -> Fields:
    """The fields of a body."""
    return read_form(request_of(body, content_type=content_type))


def part(name: str, value: bytes) -> bytes:
    """One part of a multipart body."""
    return b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (
        name.encode(),
        value,
    )


def test_urlencoded_values_are_bytes() -> None:
    """Plus signs and escapes are resolved; the bytes of a mail stay bytes."""
    assert read(b"a=1+2&body-mime=%ff%0D%0A&a=3&c", URLENCODED) == {
        "a": b"1 2",
        "body-mime": b"\xff\r\n",
        "c": b"",
    }


def test_multipart_values_are_bytes() -> None:
    """Line ends and bytes beyond ASCII arrive as they were sent."""
    body = part("a", b"1\r\n2") + part("b", b"\xff\n") + b"--xx--\r\n"

    assert read(body, MULTIPART) == {"a": b"1\r\n2", "b": b"\xff\n"}


@settings(max_examples=60, deadline=None)
@given(value=st.binary(max_size=200).filter(lambda value: b"--xx" not in value))
def test_any_value_survives_multipart(value: bytes) -> None:
    """Whatever a mail holds comes out as it went in."""
    assert read(part("a", value) + b"--xx--", MULTIPART) == {"a": value}


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200), kind=st.sampled_from([URLENCODED, MULTIPART]))
def test_any_body_is_read_or_refused(body: bytes, kind: str) -> None:
    """Garbage is refused by an error of the sender's, or read as odd fields."""
    try:
        read(b"--xx\r\n" + body, kind)
    except InvalidInputError as error:
        assert str(error)  # noqa: PT017 - both ends are good


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (part("a", b"1"), MULTIPART),
        (b"no boundary", MULTIPART),
        (b"", "multipart/form-data"),
        (part("a", b"1") * (FIELDS_MAX + 1) + b"--xx--", MULTIPART),
        (b"&".join(b"a%d=1" % number for number in range(FIELDS_MAX + 1)), URLENCODED),
        (b"--xx--", f"multipart/form-data; boundary={'x' * 500}"),
    ],
    ids=["cut short", "no boundary line", "no boundary", "many parts", "many fields", "long"],
)
def test_broken_form_is_malformed(body: bytes, content_type: str) -> None:
    """A form that can't be one is a malformed body."""
    with pytest.raises(MalformedBodyError):
        read(body, content_type)


@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain; x=1", "é;;="])
def test_what_is_no_form_is_not_supported(content_type: str) -> None:
    """Another content type is refused by its own error."""
    with pytest.raises(UnsupportedMediaError):
        read(b"{}", content_type)
