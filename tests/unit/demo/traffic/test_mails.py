"""How mails become episodes, and how they are dated."""

from datetime import UTC, datetime

from demo.traffic.mails import dated, read_mails
from demo.traffic.material import SAMPLE

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_the_samples_mails_are_read_with_their_senders() -> None:
    """Each mail is one matter of another sender, with the id by which a repeat is known."""
    episodes = read_mails(SAMPLE, at_most=99)

    addresses = [episode.address for episode in episodes]
    assert "jdoe@machine.example" in addresses
    assert len(set(addresses)) == len(addresses) >= 5
    assert all(episode.mail and episode.mail.message_id for episode in episodes)


def test_only_the_date_is_new() -> None:
    """A mail that is handed over today was written today; the rest stays byte for byte."""
    source = (
        b"From: a@b.example\r\nDate: Fri,\r\n 21 Nov 1997\r\nSubject: x\r\n\r\nDate: dinner\r\n"
    )

    assert dated(source, NOW) == (
        b"From: a@b.example\r\nDate: Tue, 03 Feb 2026 04:05:06 +0000\r\nSubject: x\r\n"
        b"\r\nDate: dinner\r\n"
    )


def test_a_mail_without_a_date_stays_as_it_is() -> None:
    """Nothing is invented."""
    source = b"From: a@b.example\n\nDate: dinner\n"

    assert dated(source, NOW) == source
