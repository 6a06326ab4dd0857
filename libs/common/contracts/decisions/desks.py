"""What a desk works by, and what it refuses."""

from typing import Literal

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import RefusalReason


@decision
class ConfigurationApplied(Decision):
    """The desk works by this configuration from now on; versions count from 1."""

    type: Literal["configuration_applied"] = "configuration_applied"
    version: int
    configuration: DeskConfiguration


@decision
class RematchEnded(Decision):
    """All waiting items were looked at under the new configuration."""

    type: Literal["rematch_ended"] = "rematch_ended"


@decision
class EventRefused(Decision):
    """The event changes nothing. `subject_id` names the reservation, conversation or item it was
    about and `agent_id` who sent it, so that the sender can be told.
    """

    type: Literal["event_refused"] = "event_refused"
    reason: RefusalReason
    event_type: str
    agent_id: str | None = None
    subject_id: str | None = None
    detail: str = ""
