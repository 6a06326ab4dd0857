"""A posted mail read as a customer's message."""

import pytest

from libs.channels.channel import Ignored
from libs.channels.email_mailgun.reading import read_mail
from libs.channels.email_mailgun.settings import EmailSettings
from libs.channels.inbound import Reading
from libs.common.errors import InvalidInputError
from tests.unit.libs.channels.builders import SAMPLES

SETTINGS = EmailSettings(address="help@shop.example", smtp_host="mail.example")


def read(mail: bytes, **fields: bytes) -> Reading | Ignored:
    """Read a mail posted with these fields beside it."""
    return read_mail({"body-mime": mail} | fields, settings=SETTINGS)


def read_message(mail: bytes, **fields: bytes) -> Reading:
    """Read a mail that is a message."""
    reading = read(mail, **fields)
    assert isinstance(reading, Reading)
    return reading


def sample(folder: str, name: str) -> Reading | Ignored:
    """Read a sample."""
    return read((SAMPLES / folder / f"{name}.eml").read_bytes())


def test_mail_is_read_whole() -> None:
    """Sender, subject, text, time, language and what an answer in the thread needs."""
    reading = read_message(
        b"From: Ann <Ann@B.Example>\r\nSubject: Re: =?utf-8?q?Caf=C3=A9?=\r\n"
        b"Message-ID: <3@b>\r\nIn-Reply-To: <2@shop>\r\nReferences: <1@b> <2@shop>\r\n"
        b"Content-Language: en-GB, de\r\nDate: Thu, 09 Oct 2025 08:53:20 +0000\r\n\r\nHi!\r\n"
    )

    assert (reading.sender.address, reading.sender.name) == ("ann@b.example", "Ann")
    assert (reading.content.subject, reading.content.text) == ("Re: Café", "Hi!")
    assert (reading.sent_at_ms, reading.sender.language) == (1_760_000_000_000, "en-GB")
    assert reading.provider_message_id == "3@b"
    assert reading.thread == {
        "message_id": "<3@b>",
        "references": "<1@b> <2@shop> <3@b>",
        "subject": "Re: Café",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gmail", "Hello"),
        ("yahoo", "Hello"),
        ("android", "Hello"),
        ("hotmail", "Hello"),
        ("apple_mail_2", "Hello"),
        ("iphone", "Hello\n\nSent from my iPhone"),
        # The answer stands below what it quotes: everything stays.
        ("thunderbird", "On 04/02/2012 06:26 PM, Megan One wrote:\n> Hi \nHello"),
    ],
)
def test_reply_is_freed_of_what_it_quotes(name: str, text: str) -> None:
    """What seven mail programs quote at the end goes; an answer below a quotation stays whole."""
    reading = sample("replies", name)

    assert isinstance(reading, Reading)
    assert reading.content.text == text


def test_forwarded_mail_keeps_what_it_carries() -> None:
    """A mail that answers nothing may end in quotation marks; that is what it wants to say."""
    text = b"See:\n\nOn 1.1.2025 10:00, Bob <b@c> wrote:\n> It broke."

    assert "It broke" in read_message(b"From: a@b\nSubject: Fwd: x\n\n" + text).content.text


def test_long_thread_keeps_its_newest_references() -> None:
    """The references stay within the bounds and end with the answered mail."""
    ids = " ".join(f"<{number:050}@b>" for number in range(60))
    thread = read_message(
        f"From: a@b.example\nMessage-ID: <x@b>\nReferences: {ids}\n\nx".encode()
    ).thread

    assert len(thread["references"]) <= 900
    assert thread["references"].endswith("@b> <x@b>")


@pytest.mark.parametrize(
    ("header", "is_automatic"),
    [
        (b"Auto-Submitted: auto-replied; x=1", True),
        (b"Auto-Submitted: no", False),
        (b"Precedence: auto_reply", True),
        (b"Precedence: bulk", False),
        (b"X-Autoreply: yes", True),
        (b"X-Autorespond: away", True),
    ],
)
def test_automatic_answer_is_labelled(header: bytes, *, is_automatic: bool) -> None:
    """A holiday notice is routed with a label, so that a desk's rules may set it aside."""
    labels = read_message(b"From: a@b.example\n" + header + b"\n\nI am away.").labels

    assert labels == ({"auto_reply": "yes"} if is_automatic else {})


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (b"Content-Type: multipart/report; report-type=delivery-status", "email.delivery_report"),
        (b"Content-Type: multipart/report; report-type=feedback-report", "email.report"),
        (b"X-Failed-Recipients: a@b.example", "email.delivery_report"),
        (b"From: MAILER-DAEMON@b.example", "email.delivery_report"),
        (b"From: Help@Shop.example", "email.sent_by_ourselves"),
        (b"From: nobody", "email.no_sender"),
        (b"", "email.no_sender"),
    ],
)
def test_mail_that_no_customer_wrote_is_ignored(mail: bytes, reason: str) -> None:
    """Reports, our own mails and mails of nobody are ignored, each with its reason."""
    assert read(mail + b"\n\nx") == Ignored(reason)


def test_envelope_tells_the_sender_where_the_mail_does_not() -> None:
    """A mail without a readable From is its envelope sender's; its time is the post's."""
    reading = read_message(b"From: ???\n\nx", sender=b"env@b.example", timestamp=b"1760000000")

    assert (reading.sender.address, reading.sent_at_ms) == ("env@b.example", 1_760_000_000_000)


def test_mail_with_files_only_gets_words() -> None:
    """Where there is no text, a stand-in says what came."""
    mail = b"From: a@b.example\nContent-Type: image/png; name=a.png\n\n..."

    content = read_message(mail).content

    assert (content.text, content.attachments[0].name) == ("[attachment]", "a.png")
    assert read_message(b"From: a@b.example\n\n").content.text == "[empty message]"


def test_odd_message_id_becomes_a_digest() -> None:
    """An id beyond the bounds is hashed, not refused."""
    reading = read_message(b"From: a@b.example\nMessage-ID: <" + b"x" * 300 + b"@b>\n\nx")

    assert reading.provider_message_id.startswith("b2_")


def test_post_without_the_raw_mail_says_what_to_change() -> None:
    """A route whose address doesn't end in 'mime' posts no raw mail."""
    with pytest.raises(InvalidInputError, match="must end in 'mime'"):
        read_mail({"body-plain": b"x"}, settings=SETTINGS)


def test_an_old_date_does_not_make_the_mail_old() -> None:
    """The provider's signed time counts: a wrong clock or a long way must not lose a mail."""
    reading = read_message(
        b"From: ann@b.example\r\nDate: Mon, 01 Jan 2001 00:00:00 +0000\r\n\r\nHi!\r\n",
        timestamp=b"1760000000",
    )

    assert reading.sent_at_ms == 1_760_000_000_000
