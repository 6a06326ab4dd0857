"""Mailgun's proof of itself: a keyed digest of a time and a token, sent as fields of the form.

The digest doesn't cover the mail, so whoever holds one post's triple could put another mail
under it while it is fresh; only TLS and the window stand against that.
"""

import hashlib
import hmac
import re

from libs.channels.channel import InboundRequest
from libs.channels.email_mailgun.form import Fields
from libs.channels.endpoint import Endpoint
from libs.channels.secrets_match import is_any_of, secrets_of
from libs.common.errors import UnauthenticatedError

CLOCK_SKEW_S_MAX = 300
_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_TOKEN = re.compile(rb"[\x21-\x7e]{1,128}")
_MS_PER_S = 1_000


def verify_signature(
    fields: Fields, *, endpoint: Endpoint, request: InboundRequest, window_s: int
) -> None:
    """Raises UnauthenticatedError unless the triple verifies with one of the endpoint's signing
    keys and its time is at most `window_s` old (and at most 300 s ahead of ours).
    """
    timestamp = fields.get("timestamp", b"")
    token = fields.get("token", b"")
    expected = [
        hmac.new(key, timestamp + token, hashlib.sha256).hexdigest().encode()
        for key in secrets_of(endpoint)
    ]
    is_signed = is_any_of(fields.get("signature", b"").lower(), expected)
    if not (is_signed and _TOKEN.fullmatch(token) and _is_fresh(timestamp, request, window_s)):
        raise UnauthenticatedError("request does not verify")


def _is_fresh(timestamp: bytes, request: InboundRequest, window_s: int) -> bool:
    if not _TIMESTAMP.fullmatch(timestamp):
        return False
    age_s = request.received_at_ms / _MS_PER_S - int(timestamp)
    return -CLOCK_SKEW_S_MAX <= age_s <= window_s
