"""The page that explains a desk's document: each part as a table, from the contract itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libs.common.contracts.configuration import DeskConfiguration

_HEAD = Path(__file__).with_name("desk_page_head.md")
_ORDER = (
    "Calendar",
    "HolidayPlace",
    "CalendarException",
    "SlaPolicy",
    "SlaConditions",
    "EscalationPolicy",
    "EscalationLevel",
    "EscalationActions",
    "Notify",
    "Contact",
    "Rotation",
    "Override",
    "QueueConfiguration",
    "OfferPolicy",
    "Step",
    "OverflowPolicy",
    "OverflowThreshold",
    "OutOfHours",
    "Notice",
    "WaitNotices",
    "WaitNotice",
    "InactivityPolicy",
    "InactivityNotice",
    "QueueEscalation",
    "AgentConfiguration",
    "AgentGroup",
    "RoutingProfile",
    "RoutingRule",
    "Conditions",
    "Hours",
    "Range",
    "Route",
    "ChannelPolicy",
    "DeskPolicies",
    "ShiftEnd",
)
_TITLES = {
    "Calendar": "calendars[]",
    "HolidayPlace": "calendars[].holidays[]",
    "CalendarException": "calendars[].exceptions[]",
    "SlaPolicy": "sla_policies[]",
    "SlaConditions": "sla_policies[].when",
    "EscalationPolicy": "escalation_policies[]",
    "EscalationLevel": "escalation_policies[].levels[]",
    "EscalationActions": "escalation_policies[].levels[].actions",
    "Notify": "escalation_policies[].levels[].actions.notify",
    "Contact": "contacts[]",
    "Rotation": "rotations[]",
    "Override": "rotations[].overrides[]",
    "QueueConfiguration": "queues[]",
    "OfferPolicy": "queues[].offer",
    "Step": "queues[].steps[]",
    "OverflowPolicy": "queues[].overflow",
    "OverflowThreshold": "queues[].overflow.enter, .leave",
    "OutOfHours": "queues[].out_of_hours",
    "Notice": "queues[].out_of_hours.notices[]",
    "WaitNotices": "queues[].wait_notices",
    "WaitNotice": "queues[].wait_notices.notices[]",
    "InactivityPolicy": "queues[].inactivity",
    "InactivityNotice": "queues[].inactivity.reminders[], .closings[]",
    "QueueEscalation": "queues[].escalation",
    "AgentConfiguration": "agents[]",
    "AgentGroup": "agent_groups[]",
    "RoutingProfile": "routing_profiles[]",
    "RoutingRule": "rules[]",
    "Conditions": "rules[].when",
    "Hours": "rules[].when.hours[]",
    "Range": "rules[].when.attributes.<label>",
    "Route": "rules[].then, default",
    "ChannelPolicy": "channels.<channel>",
    "DeskPolicies": "policies",
    "ShiftEnd": "policies.shift_end, agent_groups[].shift_end",
}
BELOW = "see below"
_NAME_PATTERN = "^[a-z0-9][a-z0-9._-]{0,63}$"


def desk_page() -> Iterator[tuple[str, str]]:
    """One page: the head as it is written, then a table for each part of the document."""
    schema = DeskConfiguration.model_json_schema()
    parts = [_part("The document", schema)]
    parts += [_part(f"`{_TITLES[name]}`", schema["$defs"][name]) for name in _ORDER]
    yield "desk.md", _HEAD.read_text(encoding="utf-8") + "\n" + "\n".join(parts)


def _part(title: str, model: dict[str, Any]) -> str:
    needed = model.get("required", ())
    rows = [
        f"| `{name}` | {_said(field)} | {_values(field)} | {_default(field, name in needed)} |"
        for name, field in model["properties"].items()
    ]
    return "\n".join(
        [
            f"### {title}\n",
            f"{' '.join(model['description'].split())}\n",
            "| Field | What it does | Values | Default |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _said(field: dict[str, Any]) -> str:
    return " ".join(field["description"].split())


def _default(field: dict[str, Any], is_needed: bool) -> str:  # noqa: FBT001 - one word of a row
    if is_needed:
        return "needed"
    default = field.get("default")
    if isinstance(default, dict) or default in (None, "", []):
        return ""
    if isinstance(default, list):
        return ", ".join(default) if len(default) == 1 else f"all {len(default)}"
    return f"{default}".lower()


def _values(field: dict[str, Any]) -> str:
    """The kind of value in a few words: a number's bounds, a choice, a name, a part."""
    kinds = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
    return _kind(kinds[0])


def _kind(kind: dict[str, Any]) -> str:
    if "$ref" in kind:
        return _reference(kind["$ref"].rsplit("/", 1)[-1])
    if "enum" in kind:
        return ", ".join(kind["enum"])
    plain = {"boolean": "true, false", "number": "number"}
    match kind["type"]:
        case "array":
            item = _kind(kind["items"])
            return f"list, {item}" if item == BELOW else f"list of {item}"
        case "object":
            return _mapping(kind)
        case "integer":
            return f"{kind['minimum']} to {kind['maximum']:,}".replace(",", " ")
        case other:
            is_name = kind.get("pattern") == _NAME_PATTERN
            return plain.get(other, "name" if is_name else "text")


def _mapping(kind: dict[str, Any]) -> str:
    patterns = kind.get("patternProperties", {})
    value = next(iter(patterns.values()), kind.get("additionalProperties", {}))
    inner = _kind(value)
    return f"by name, {inner}" if inner == BELOW else f"name: {inner}"


def _reference(name: str) -> str:
    if name in _TITLES:
        return BELOW
    enumerated = DeskConfiguration.model_json_schema()["$defs"][name]
    return ", ".join(enumerated["enum"])
