"""Who is told of troubles: at once, or later together with others of the same kind (R26)."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import Role, Trouble


@decision
class EscalationAlerted(Decision):
    """People are told of a policy's level, once for `count` items, of which the first few are
    named: the roles over `ways`, or (with a `target`, a contact or a rotation) the one contact.

    `since_ms` is there when it was held before: the first of its items fired then. Whatever comes
    before `until_ms` is told together.
    """

    type: Literal["escalation_alerted"] = "escalation_alerted"
    policy_id: str
    level: int
    trouble: Trouble
    count: int
    work_item_ids: tuple[str, ...]
    conversation_ids: tuple[str, ...]
    notify_roles: tuple[Role, ...]
    ways: tuple[str, ...]
    target: str = ""
    contact_id: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    is_urgent: bool = False


@decision
class EscalationAlertHeld(Decision):
    """`count` more items of a policy's level are told of at `due_ms`: others were just told of,
    or the contact is quiet. Nothing more (0): the same are held on.
    """

    type: Literal["escalation_alert_held"] = "escalation_alert_held"
    policy_id: str
    level: int
    trouble: Trouble
    count: int
    work_item_ids: tuple[str, ...]
    conversation_ids: tuple[str, ...]
    notify_roles: tuple[Role, ...]
    ways: tuple[str, ...]
    target: str
    is_urgent: bool
    collect_s: int
    due_ms: int


@decision
class EscalationAlertForgotten(Decision):
    """All troubles that an alert was held for are over: nobody is told."""

    type: Literal["escalation_alert_forgotten"] = "escalation_alert_forgotten"
    policy_id: str
    level: int
    target: str
