"""Reads the webhooks file: which systems want to be told of what, and under which secrets."""

import base64
import binascii
import ipaddress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import yaml
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from libs.common.contracts.envelope import describe
from libs.common.contracts.terms import Name
from libs.common.errors import InvalidInputError
from services.notifier.core.errands import WEBHOOK_TYPES, Subscription

SUBSCRIPTIONS_MAX = 10_000
SECRETS_MAX = 4
SECRET_PREFIX = "whsec_"  # noqa: S105 - the form of a secret, not one
# Standard Webhooks asks for 24 to 64 bytes.
SECRET_BYTES = range(24, 65)
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    webhook_id: Name
    tenant_id: Name
    desk_id: Name
    url: AnyHttpUrl
    secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=SECRETS_MAX)]
    types: Annotated[frozenset[str], Field(min_length=1)]


def load_subscriptions(path: Path | None, *, allow_plain_http: bool) -> tuple[Subscription, ...]:
    """The subscriptions in a YAML or JSON list; none without a file.

    Raises InvalidInputError that names the webhook and the field, never a value.
    """
    if path is None:
        return ()
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        # No cause is chained: a parser's message quotes the line, which may hold a secret.
        raise InvalidInputError("webhooks: not a readable YAML or JSON file") from None
    if not isinstance(entries, list) or len(entries) > SUBSCRIPTIONS_MAX:
        raise InvalidInputError(f"webhooks: expected a list of at most {SUBSCRIPTIONS_MAX}")
    found: dict[str, Subscription] = {}
    for number, entry in enumerate(entries, start=1):
        subscription = _read(number, entry, allow_plain_http=allow_plain_http)
        if subscription.webhook_id in found:
            raise InvalidInputError(f"webhook {subscription.webhook_id}: occurs twice")
        found[subscription.webhook_id] = subscription
    return tuple(found.values())


def _read(number: int, document: object, *, allow_plain_http: bool) -> Subscription:
    try:
        entry = _Entry.model_validate(document)
    except ValidationError as error:
        raise InvalidInputError(f"webhook number {number}: {describe(error)}") from None
    label = f"webhook {entry.webhook_id}"
    if unknown := sorted(entry.types - WEBHOOK_TYPES):
        raise InvalidInputError(f"{label}: types: {len(unknown)} not known")
    url = str(entry.url)
    if not allow_plain_http and (problem := target_problem(url)):
        raise InvalidInputError(f"{label}: url: {problem}")
    secrets = tuple(secret.get_secret_value() for secret in entry.secrets)
    if not all(map(_is_secret, secrets)):
        raise InvalidInputError(f"{label}: secrets: expected whsec_ and 24 to 64 bytes in base64")
    return Subscription(
        webhook_id=entry.webhook_id,
        tenant_id=entry.tenant_id,
        desk_id=entry.desk_id,
        url=url,
        secrets=secrets,
        types=entry.types,
    )


def target_problem(url: str) -> str:
    """Why this URL is no target outside, or nothing: only https, and no private address."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return "only https"
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.username or parts.password:
        return "no credentials in it"
    if not host or host.endswith(_LOCAL_NAMES):
        return "no local name"
    try:
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        return ""
    return "" if is_public else "no private address"


def _is_secret(secret: str) -> bool:
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return False
    return encoded != secret and len(decoded) in SECRET_BYTES
