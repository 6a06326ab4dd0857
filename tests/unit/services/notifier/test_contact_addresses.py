"""Tests of reading the contacts file."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from libs.common.errors import InvalidInputError
from services.notifier.contact_addresses import load_addresses

MAIL = "mailtos://anna:verysecret@mail.example.com?to=anna@example.com"
ENTRY: dict[str, Any] = {
    "contact_id": "anna",
    "tenant_id": "acme",
    "desk_id": "support",
    "mail": MAIL,
    "chat": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alarms",
    "pager": "pagerduty://1234567890123456789012345678901a@apikey",
}


def load(folder: Path, *entries: object, allow_plain: bool = False) -> dict[str, Any]:
    """The addresses of a file with these entries."""
    path = folder / "contacts.yaml"
    path.write_bytes(orjson.dumps(entries))
    return load_addresses(path, allow_plain=allow_plain)


def test_good_file_is_read(tmp_path: Path) -> None:
    """Each way is an address, and never shown; without a file there is none."""
    addresses = load(tmp_path, ENTRY, {**ENTRY, "desk_id": "sales", "chat": None, "pager": None})

    assert list(addresses) == [
        "acme/support/anna/mail",
        "acme/support/anna/chat",
        "acme/support/anna/pager",
        "acme/sales/anna/mail",
    ]
    assert addresses["acme/support/anna/mail"].get_secret_value() == MAIL
    assert "verysecret" not in repr(addresses)
    assert load_addresses(None, allow_plain=False) == {}


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("mail", "mailto://anna:verysecret@mail.example.com"),
        ("mail", "slack://verysecret"),
        ("chat", "json://example.com/verysecret"),
        ("chat", "syslog://verysecret"),
        ("pager", "file:///verysecret"),
        ("pager", "verysecret"),
        ("pager", "pagerduty://verysecret"),
        ("pager", "jsons://127.0.0.1/verysecret"),
        ("pager", "ntfys://kafka.internal/verysecret"),
        ("pager", "ntfys://[verysecret/"),
    ],
)
def test_bad_address_is_refused_by_name_without_showing_it(
    tmp_path: Path, way: str, address: str
) -> None:
    """In clear text, at private places, on the machine itself, or for another way."""
    with pytest.raises(InvalidInputError) as refused:
        load(tmp_path, {**ENTRY, way: address})

    assert str(refused.value).startswith(f"contact anna: {way}: ")
    assert "verysecret" not in str(refused.value)


def test_a_laptop_may_send_in_clear_text(tmp_path: Path) -> None:
    """To itself."""
    plain = {
        **ENTRY,
        "chat": "json://127.0.0.1:8080/hook",
        "mail": "mailto://127.0.0.1:2525?from=b@example.com&to=a@example.com",
    }

    assert len(load(tmp_path, plain, allow_plain=True)) == 3


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"contact_id": "An na"}, {"mail": 5}])
def test_entry_of_another_form_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    """By its number and field."""
    with pytest.raises(InvalidInputError, match=f"contact number 1: {next(iter(changes))}"):
        load(tmp_path, {**ENTRY, **changes})


def test_file_that_is_no_list_or_names_one_twice_is_refused(tmp_path: Path) -> None:
    """The parser's own words are not shown: they quote the line."""
    path = tmp_path / "contacts.yaml"

    with pytest.raises(InvalidInputError, match="occurs twice"):
        load(tmp_path, ENTRY, ENTRY)
    path.write_text("a: b")
    with pytest.raises(InvalidInputError, match="expected a list"):
        load_addresses(path, allow_plain=False)
    path.write_text("{verysecret")
    with pytest.raises(InvalidInputError, match="not a readable") as refused:
        load_addresses(path, allow_plain=False)
    assert refused.value.__cause__ is None
