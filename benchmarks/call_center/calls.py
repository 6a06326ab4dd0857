"""What the log tells of each call, and what the replay needs of each caller.

Times are milliseconds since the first midnight of the month; durations are milliseconds too.
"""

from dataclasses import dataclass
from enum import StrEnum


class CustomerClass(StrEnum):
    """What the bank knew of the caller; only the preferred have a head start in the queue."""

    UNIDENTIFIED = "unidentified"
    ORDINARY = "ordinary"
    PREFERRED = "preferred"


class CallOutcome(StrEnum):
    """How a call ended that asked for an agent."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """One call of the log that asked for an agent.

    `customer_class` is None where the log doesn't know it: for whoever did not have to wait.
    `agent_id` is None for the abandoned and where the log names nobody.
    """

    call_id: str
    customer_class: CustomerClass | None
    call_type: str
    arrives_ms: int
    wait_ms: int
    outcome: CallOutcome
    talk_ms: int
    agent_id: str | None

    @property
    def is_answered(self) -> bool:
        """Whether an agent spoke with the caller."""
        return self.outcome is CallOutcome.ANSWERED

    @property
    def answered_ms(self) -> int:
        """When the wait ended."""
        return self.arrives_ms + self.wait_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller of the replay: hangs up after `patience_ms`, else keeps an agent `handling_ms`."""

    call_id: str
    customer_class: CustomerClass
    call_type: str
    arrives_ms: int
    patience_ms: int
    handling_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One stretch of time in which an agent takes calls."""

    agent_id: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a caller; `agent_id` is None for whoever hung up."""

    call_id: str
    customer_class: CustomerClass
    arrives_ms: int
    wait_ms: int
    agent_id: str | None

    @property
    def is_abandoned(self) -> bool:
        """Whether the caller hung up before an agent answered."""
        return self.agent_id is None
