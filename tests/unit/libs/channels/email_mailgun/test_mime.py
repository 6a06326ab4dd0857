"""Mails opened: text, charsets, attachments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.channels.email_mailgun.mime import MailBody, body_of, open_mail
from libs.common.contracts.content import Attachment
from libs.common.errors import MalformedBodyError
from tests.unit.libs.channels.builders import SAMPLES


def body(source: bytes) -> MailBody:
    """What a mail says."""
    return body_of(open_mail(source))


def parts(*sources: bytes, kind: bytes = b"mixed") -> bytes:
    """A mail of several parts."""
    joined = b"".join(b"--x\r\n" + source + b"\r\n" for source in sources)
    return b"Content-Type: multipart/" + kind + b"; boundary=x\r\n\r\n" + joined + b"--x--\r\n"


PLAIN = b"Content-Type: text/plain\r\n\r\nplain"
HTML = b"Content-Type: text/html\r\n\r\n<p>rich</p>"


def test_plain_text_is_preferred() -> None:
    """Where both are there, the plain one counts."""
    assert body(parts(HTML, PLAIN, kind=b"alternative")).text == "plain"


def test_html_is_read_where_there_is_no_plain_text() -> None:
    """An empty plain part is no text."""
    empty = b"Content-Type: text/plain\r\n\r\n \r\n"

    assert body(parts(empty, HTML, kind=b"alternative")).text == "rich"


def test_text_around_a_picture_is_read_whole() -> None:
    """Some programs break the text where a picture stands."""
    picture = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA"

    found = body(parts(PLAIN, picture, PLAIN))

    assert found.text == "plain\nplain"
    assert found.attachments == (
        Attachment(name="image.png", media_type="image/png", size_bytes=3),
    )


def test_named_text_is_an_attachment() -> None:
    """A text file isn't what the customer says."""
    file = b'Content-Type: text/plain; name="=?utf-8?b?0YTQsNC50LsudHh0?="\r\n\r\nfile'

    found = body(parts(PLAIN, file))

    assert (found.text, found.attachments[0].name) == ("plain", "файл.txt")


def test_mail_inside_the_mail_is_one_attachment() -> None:
    """Its own text isn't the customer's; its subject is its name."""
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: Inner\r\n\r\ninner"

    found = body(parts(PLAIN, inner))

    assert found.text == "plain"
    assert found.attachments == (Attachment(name="Inner", media_type="message/rfc822"),)


def test_broken_multipart_shows_its_lines() -> None:
    """A mail that promises parts and has none still has its lines."""
    assert "lines" in body(b"Content-Type: multipart/mixed; boundary=x\r\n\r\nlines").text


@pytest.mark.parametrize(
    ("charset", "source", "text"),
    [
        (b"utf-8", "ж".encode(), "ж"),
        (b"us-ascii", "ж".encode(), "ж"),
        (b"koi8-r", "ж".encode("koi8-r"), "ж"),
        (b"utf-8", b"caf\xe9", "café"),
        (b"no-such", "ж".encode(), "ж"),
        (b"punycode", b"abc", "abc"),
        (b"hex", b"abc", "abc"),
        (b'"x\x00y"', b"abc", "abc"),
        (b"utf-8", b"\x81\xff", "\ufffd\ufffd"),
    ],
)
def test_charset_is_believed_as_far_as_it_holds(charset: bytes, source: bytes, text: str) -> None:
    """The declared charset first, then what is likely; never an error."""
    mail = b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\n" + source

    assert body(mail).text == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("japanese_iso_2022", "すみません。"), ("ks_c_5601-1987", "스티해")],
)
def test_east_asian_mail_is_readable(name: str, text: str) -> None:
    """Real mails in older charsets."""
    assert body((SAMPLES / "mails" / f"{name}.eml").read_bytes()).text.strip() == text


def test_number_of_attachments_is_bounded() -> None:
    """A mail of a thousand files has the first 32."""
    file = b"Content-Disposition: attachment; filename=a\r\n\r\n."

    assert len(body(parts(*[file] * 1_000)).attachments) == 32


def test_mail_nested_beyond_reason_is_malformed() -> None:
    """Thousands of mails inside mails are an attack, not a mail."""
    with pytest.raises(MalformedBodyError):
        body(b"Content-Type: message/rfc822\r\n\r\n" * 3_000)


_LINES = st.sampled_from(
    [
        *(b"Content-Type: multipart/mixed; boundary=x", b"Content-Type: text/html", b"--x"),
        *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode"),
        *(b"Content-Type: message/rfc822", b"Content-Disposition: attachment", b"--x--", b""),
        *(b"Content-Type: text/plain; charset*=x'y'%ff", b"Content-Type: \xff/\xff", b"=FF <p>"),
        *(b"begin 644 a", b"Content-Disposition: inline; filename*0*=utf-8''%; filename*1=\xff"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(_LINES | st.binary(max_size=20), max_size=25))
def test_any_mail_opens(lines: list[bytes]) -> None:
    """Mails made of odd pieces open."""
    assert body(b"\r\n".join(lines)) is not None
