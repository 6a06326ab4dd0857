"""Headers of mails, whole and broken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.channels.email_mailgun.headers import (
    Mail,
    header_text,
    message_id_of,
    raw_header,
    references_of,
    sender_of,
    sent_at_ms_of,
)
from libs.channels.email_mailgun.mime import open_mail


def mail(header: bytes) -> Mail:
    """A mail with one header."""
    return open_mail(header + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (b"Subject: plain", "plain"),
        (b"Subject: =?iso-8859-1?q?caf=E9?= =?utf-8?b?8J+YgA==?=", "café😀"),
        ("Subject: прямо".encode(), "прямо"),
        (b"Subject: caf\xe9", "café"),
        (b"Subject: =?no-such-charset?q?x?=", "x"),
        (b"Subject: a\r\n folded", "a folded"),
        (b"X: y", ""),
    ],
)
def test_text_is_decoded_as_far_as_it_can_be(header: bytes, text: str) -> None:
    """Encoded words, bare UTF-8 and bare Western European all become text."""
    assert header_text(mail(header), "subject") == text


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        (b"From: Ann <Ann@B.Example>", ("ann@b.example", "Ann")),
        (b"From: ann@b.example (Ann)", ("ann@b.example", "")),
        (b'From: "a@b.example" <c@d.example>', ("c@d.example", "a@b.example")),
        (b"From: One <1@b.example>, Two <2@b.example>", ("1@b.example", "One")),
        (b"From: undisclosed:;", None),
        (b"From: Ann", None),
        (b"From: <>", None),
        (b"From:", None),
    ],
)
def test_first_usable_sender_is_found(header: bytes, sender: tuple[str, str] | None) -> None:
    """The first address that can be answered, with its name."""
    assert sender_of(mail(header)) == sender


def test_comments_nested_without_end_hide_the_sender_and_nothing_else() -> None:
    """Both of the library's grammars are recursive; a header must not end the request by that."""
    assert sender_of(mail(b"From: " + b"(" * 60_000)) is None


def test_ids_are_read_without_their_brackets() -> None:
    """References come oldest first, none twice, with In-Reply-To last."""
    opened = mail(b"Message-ID: <3@b>\r\nReferences: <1@b>\r\n <2@b> junk\r\nIn-Reply-To: <2@b>")

    assert message_id_of(opened) == "3@b"
    assert references_of(opened) == ("1@b", "2@b")
    assert message_id_of(mail(b"Message-ID: none")) is None


@pytest.mark.parametrize("date", [b"", b"soon", b"Thu, 99 Oct 2025", b"Thu, 1 Jan 9999999 1:1:1"])
def test_unreadable_date_is_none(date: bytes) -> None:
    """A date nobody can read is no date."""
    assert sent_at_ms_of(mail(b"Date: " + date)) is None


def test_header_is_read_up_to_a_limit() -> None:
    """A header of a megabyte costs no more than one of four kilobytes."""
    assert len(raw_header(mail(b"Subject: " + b"x" * 1_000_000), "subject")) == 4_096


_TOKENS = st.sampled_from([*'<>@,;:"()[]\\. ', "=?utf-8?q?", "?=", "a", "é", "\x00", "\udcff"])


@settings(max_examples=200, deadline=None)
@given(value=st.lists(_TOKENS, max_size=30).map("".join))
def test_any_header_is_bearable(value: str) -> None:
    """No value of any header raises."""
    source = value.encode("utf-8", errors="surrogateescape").replace(b"\n", b"")
    for name in (b"From", b"Subject", b"Date", b"Message-ID", b"References"):
        opened = mail(name + b": " + source)
        sender_of(opened)
        header_text(opened, "subject")
        sent_at_ms_of(opened)
        assert references_of(opened) is not None
