"""Email: Mailgun's post verified and read, and every mail of the collection opened."""

import base64
import hashlib
import hmac
from pathlib import Path

import orjson
import pytest

from libs.channels.channel import Ignored, InboundMessage, InboundRequest, OutgoingReply
from libs.channels.endpoints import load_endpoints
from libs.channels.registry import channel_named
from libs.common.contracts.terms import AddressFamily, EndpointId
from libs.common.errors import InvalidInputError, UnauthenticatedError
from tests.unit.libs.channels.builders import (
    NEW_SECRET,
    NO_SHARED,
    NOW_S,
    SAMPLES,
    SHARED,
    endpoint_of,
    mailgun_request,
    reply_of,
    request_of,
)
from tests.unit.libs.channels.contract import ChannelContract

CHANNEL = channel_named("email")
RECORD = orjson.loads((SAMPLES / "mailgun" / "inbound_mime.json").read_bytes())
MAILS = sorted([*(SAMPLES / "mails").iterdir(), *(SAMPLES / "replies").iterdir()])
SHARED_MAILS = sorted((SHARED / "emails_rfc822").glob("**/*.eml"))
SHARED_RECORDS = SHARED / "email_provider_webhooks" / "records.jsonl"


class TestEmailContract(ChannelContract):
    """Email keeps the promises of every channel."""

    name = "email"
    endpoint_id = "shop-mail"

    def request(self, *, secret: str = NEW_SECRET) -> InboundRequest:
        """A short mail."""
        mail = (SAMPLES / "mails" / "raw_email_simple.eml").read_bytes()
        return mailgun_request(mail, secret=secret)

    def request_with(self, body: bytes) -> InboundRequest:
        """A well signed post whose mail is this."""
        return mailgun_request(body)

    def reply(self) -> OutgoingReply:
        """A reply to a mail."""
        return reply_of(family=AddressFamily.EMAIL, address="ann@b.example", text="secret words")


def recorded_request(record: dict[str, str]) -> InboundRequest:
    """A post as it was recorded, arriving when it was signed."""
    body = record.get("body", "").encode() or base64.b64decode(record.get("body_b64", ""))
    return InboundRequest(
        method="POST",
        headers={"content-type": record["content_type"]},
        query={},
        body=body,
        received_at_ms=1_461_261_330_000,
    )


def test_recorded_post_is_read_as_a_mature_library_reads_it() -> None:
    """A multipart post signed by Mailgun's method verifies; sender, subject and text agree."""
    endpoint = load_endpoints("""[{endpoint_id: box, channel: email, tenant_id: t, desk_id: d,
        secrets: [TEST_WEBHOOK_SIGNING_KEY], settings: {address: a@b.example, smtp_host: h}}]""")
    expected = RECORD["events"][0]
    request = recorded_request(RECORD)

    CHANNEL.verify(request, endpoint[EndpointId("box")])
    (item,) = CHANNEL.read(request, endpoint[EndpointId("box")], None)

    assert isinstance(item, InboundMessage)
    data = item.data
    assert f"{data.sender_name} <{data.reply_to.address}>" == expected["from"]
    assert data.content.subject == expected["subject"]
    assert data.content.text == expected["text"].strip()


@pytest.mark.skipif(not SHARED_RECORDS.exists(), reason=NO_SHARED)
def test_other_posts_of_mailgun_are_refused_and_not_failed_on() -> None:
    """Routes and hooks that were set up wrongly give an error that says what is missing."""
    records = map(orjson.loads, SHARED_RECORDS.read_bytes().splitlines())
    wrong = [
        record
        for record in records
        if (record["provider"], record["kind"]) == ("mailgun", "inbound")
        and record["id"] != RECORD["id"]
    ]

    assert wrong
    for record in wrong:
        with pytest.raises(InvalidInputError, match=r"body-mime|content-type"):
            CHANNEL.read(recorded_request(record), endpoint_of("shop-mail"), None)


@pytest.mark.parametrize("age_s", [0, 900, 8 * 3_600, -299])
def test_retry_of_an_outage_still_verifies(age_s: int) -> None:
    """Mailgun repeats for 8 hours; each repeat is accepted."""
    CHANNEL.verify(mailgun_request(b"", at_s=NOW_S - age_s), endpoint_of("shop-mail"))


@pytest.mark.parametrize("age_s", [10 * 3_600, -301, NOW_S - 1])
def test_old_or_future_signature_does_not_verify(age_s: int) -> None:
    """Beyond the window a signature proves nothing."""
    with pytest.raises(UnauthenticatedError):
        CHANNEL.verify(mailgun_request(b"", at_s=NOW_S - age_s), endpoint_of("shop-mail"))


def test_changed_token_does_not_verify() -> None:
    """The signature covers the token."""
    request = mailgun_request(b"", token="a" * 50)
    changed = InboundRequest(
        method="POST",
        headers=request.headers,
        query={},
        body=request.body.replace(b"a" * 50, b"b" * 50),
        received_at_ms=request.received_at_ms,
    )

    with pytest.raises(UnauthenticatedError):
        CHANNEL.verify(changed, endpoint_of("shop-mail"))


@pytest.mark.parametrize("timestamp", ["", "now", "1" * 13, "-5", "1760000000.5"])
def test_odd_timestamp_does_not_verify(timestamp: str) -> None:
    """What is no whole number of seconds is no time, however well it is signed."""
    signed = hmac.new(NEW_SECRET.encode(), f"{timestamp}t".encode(), hashlib.sha256).hexdigest()
    body = f"timestamp={timestamp}&token=t&signature={signed}&body-mime=x".encode()
    request = request_of(body, content_type="application/x-www-form-urlencoded")

    with pytest.raises(UnauthenticatedError):
        CHANNEL.verify(request, endpoint_of("shop-mail"))


def test_own_address_must_be_one() -> None:
    """A mailbox that is no address is refused when the endpoints are read."""
    with pytest.raises(InvalidInputError, match=r"endpoint box: settings\.address"):
        load_endpoints("""[{endpoint_id: box, channel: email, tenant_id: t, desk_id: d,
            secrets: [abcd1234], settings: {address: shop, smtp_host: h}}]""")


def test_repeat_with_another_token_is_the_same_event() -> None:
    """The mail counts, not the post: with a Message-ID and without one."""
    for mail in (b"Message-ID: <a@b>\nFrom: a@b.example\n\nx", b"From: a@b.example\n\nx"):
        ids = {read_one(mailgun_request(mail, token=token)).event_id for token in ("t1", "t2")}

        assert len(ids) == 1


def test_answer_is_200_and_no_other() -> None:
    """Mailgun repeats its post at a 202."""
    assert CHANNEL.answer(()).status == 200


def read_one(request: InboundRequest) -> InboundMessage:
    """Read a request that holds a message."""
    (item,) = CHANNEL.read(request, endpoint_of("shop-mail"), None)
    assert isinstance(item, InboundMessage)
    return item


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.name)
def test_sample_mail_opens(path: Path) -> None:
    """Each sample, broken or not, is a message or ignored with a reason."""
    (item,) = CHANNEL.read(mailgun_request(path.read_bytes()), endpoint_of("shop-mail"), None)

    assert isinstance(item, InboundMessage | Ignored)
    assert isinstance(item, Ignored) or item.data.content.text


@pytest.mark.skipif(not SHARED_MAILS, reason=NO_SHARED)
def test_every_mail_of_the_collection_opens() -> None:
    """All mails open; only delivery reports are no messages."""
    endpoint = endpoint_of("shop-mail")
    reasons = set()
    for path in SHARED_MAILS:
        (item,) = CHANNEL.read(mailgun_request(path.read_bytes()), endpoint, None)
        if isinstance(item, Ignored):
            reasons.add(item.reason)

    assert len(SHARED_MAILS) >= 103
    assert reasons == {"email.delivery_report"}
