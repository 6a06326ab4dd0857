"""Reads the contacts file: where people are reached over mail, chat and pager.

Each address is one of Apprise's URLs, which are secrets as a whole: nothing of one is ever shown.
Only ways out are taken that lead to another system over TLS; the library has many that do not, and
some that act on the machine itself.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from libs.common.contracts.envelope import describe
from libs.common.contracts.terms import Name
from libs.common.errors import InvalidInputError
from services.notifier.apprise_transport import is_address
from services.notifier.core.alerts import OUTER_WAYS, lane_of
from services.notifier.subscriptions import target_problem

CONTACTS_MAX = 10_000
# To a provider's own servers, by TLS whatever the URL looks like.
PROVIDERS: Mapping[str, frozenset[str]] = {
    "mail": frozenset(),
    "chat": frozenset({"discord", "gchat", "slack", "tgram", "webex", "workflows", "zulip"}),
    "pager": frozenset({"opsgenie", "pagerduty", "pover", "signl4", "splunk"}),
}
# To a server that the URL names, over TLS.
SERVERS: Mapping[str, frozenset[str]] = {
    "mail": frozenset({"mailtos"}),
    "chat": frozenset({"jsons", "matrixs", "mmosts", "rockets"}),
    "pager": frozenset({"gotifys", "jsons", "ntfys"}),
}
# The same in clear text: for a laptop.
PLAIN_SERVERS: Mapping[str, frozenset[str]] = {
    "mail": frozenset({"mailto"}),
    "chat": frozenset({"json", "mmost", "rocket"}),
    "pager": frozenset({"gotify", "json", "ntfy"}),
}
# By lane: a contact's way.
Addresses = Mapping[str, SecretStr]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    contact_id: Name
    tenant_id: Name
    desk_id: Name
    mail: SecretStr | None = None
    chat: SecretStr | None = None
    pager: SecretStr | None = None


def load_addresses(path: Path | None, *, allow_plain: bool) -> dict[str, SecretStr]:
    """The addresses in a YAML or JSON list, by lane; none without a file.

    Raises InvalidInputError that names the contact and the way, never an address.
    """
    if path is None:
        return {}
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        # No cause is chained: a parser's message quotes the line, which may hold a secret.
        raise InvalidInputError("contacts: not a readable YAML or JSON file") from None
    if not isinstance(entries, list) or len(entries) > CONTACTS_MAX:
        raise InvalidInputError(f"contacts: expected a list of at most {CONTACTS_MAX}")
    found: dict[str, SecretStr] = {}
    for number, entry in enumerate(entries, start=1):
        for lane, address in _read(number, entry, allow_plain=allow_plain):
            if lane in found:
                raise InvalidInputError(f"contact {lane}: occurs twice")
            found[lane] = address
    return found


def _read(number: int, document: object, *, allow_plain: bool) -> Iterator[tuple[str, SecretStr]]:
    try:
        entry = _Entry.model_validate(document)
    except ValidationError as error:
        raise InvalidInputError(f"contact number {number}: {describe(error)}") from None
    for way in OUTER_WAYS:
        address: SecretStr | None = getattr(entry, way)
        if address is None:
            continue
        if problem := _problem(way, address.get_secret_value(), allow_plain=allow_plain):
            raise InvalidInputError(f"contact {entry.contact_id}: {way}: {problem}")
        lane = lane_of(
            tenant_id=entry.tenant_id,
            desk_id=entry.desk_id,
            contact_id=entry.contact_id,
            way=way,
        )
        yield lane, address


def _problem(way: str, address: str, *, allow_plain: bool) -> str:
    """Why this is no address for the way; empty where it is one."""
    scheme = address.partition("://")[0].lower()
    is_server = scheme in SERVERS[way] or (allow_plain and scheme in PLAIN_SERVERS[way])
    if not is_server and scheme not in PROVIDERS[way]:
        known = ", ".join(sorted(SERVERS[way] | PROVIDERS[way]))
        return f"not a way that is taken; known: {known}"
    if is_server and not allow_plain:
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            return "not an address"
        if problem := target_problem(f"https://{host}/"):
            return problem
    return "" if is_address(address) else "not an address that Apprise understands"
