"""The desks of the stories: a named YAML document, with what a story changes laid over it."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "desks"
ID_FIELDS = (
    "queue_id",
    "agent_id",
    "rule_id",
    "agent_group_id",
    "routing_profile_id",
    "calendar_id",
    "sla_policy_id",
    "escalation_policy_id",
    "contact_id",
    "rotation_id",
)
REMOVE = "remove"

Document = dict[str, Any]


def named_desk(name: str) -> Document:
    """A fresh copy of the desk of this name."""
    return deepcopy(_load(name))


@cache
def _load(name: str) -> Document:
    document: Document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    return document


def laid_over(desk: Document, changes: Document) -> Document:
    """The desk with the changes: mappings field by field, lists of named things by their id.

    A field that is null is taken out, and so is a named thing with `remove: true`.
    """
    merged = {**desk, **{name: _merged(desk.get(name), value) for name, value in changes.items()}}
    return {name: value for name, value in merged.items() if value is not None}


def _merged(before: object, change: object) -> object:
    if isinstance(before, dict) and isinstance(change, dict):
        return laid_over(before, change)
    if isinstance(change, list) and change and _id_of(change[0]) is not None:
        return _merged_list(before if isinstance(before, list) else [], change)
    return change


def _merged_list(before: list[Document], changes: list[Document]) -> list[Document]:
    found = {_id_of(one): one for one in before}
    for change in changes:
        name = _id_of(change)
        if change.get(REMOVE):
            del found[name]
        else:
            found[name] = laid_over(found.get(name, {}), change)
    return list(found.values())


def _id_of(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    return next((str(value[field]) for field in ID_FIELDS if field in value), None)
