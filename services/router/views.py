"""What the API answers: the core's answers, each with the saved state that it is about."""

from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict, Field

from libs.common.calendars.days import Day, hours_of
from libs.common.decision_log import LogPosition
from services.router.core.dry_run import DryRun
from services.router.core.inquiry_agents import WhyNot
from services.router.core.inquiry_promises import Promised
from services.router.core.inquiry_queues import QueueClocks
from services.router.core.inquiry_waiting import WhyWaiting
from services.router.inquiries import age_s


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class AsOf(_View):
    """The saved state that an answer is about."""

    partition: int
    offset: int = Field(description="The decision log's record after which the state was saved.")
    event_offset: int = Field(description="The event that this record decided.")
    epoch: int
    now: datetime = Field(description="Engine time of the state; waits are told as of it.")
    age_s: float = Field(description="How old the state is at the time of the answer.")

    @classmethod
    def of(cls, partition: int, position: LogPosition) -> "AsOf":
        """The state at this position."""
        return cls(
            partition=partition,
            offset=position.offset,
            event_offset=position.event_offset,
            epoch=position.epoch,
            now=datetime.fromtimestamp(position.now_ms / 1_000, UTC),
            age_s=age_s(position),
        )


class WhyWaitingView(_View):
    """Where an open work item stands, why, and what would change it."""

    as_of: AsOf
    item: WhyWaiting


class WhyNotView(_View):
    """How one agent stands to a work item, and why."""

    as_of: AsOf
    agent: WhyNot


class PromisedView(_View):
    """What is promised to a conversation, and what escalates."""

    as_of: AsOf
    promised: Promised


class QueueClocksView(_View):
    """A queue's hours and the clocks of its conversations."""

    as_of: AsOf
    queue: QueueClocks


class DayView(_View):
    """One local date of a calendar."""

    date: date
    exists: bool = Field(description="False for a date that the zone skipped.")
    hours: list[str] = Field(description='Open times of the local clock, as "09:00-12:30".')
    reason: str = Field(description="The holiday or exception that makes it so; else empty.")
    clock_change: str = Field(description="How the clock changes on that day; else empty.")

    @classmethod
    def of(cls, day: Day) -> "DayView":
        """The day for people and programs."""
        return cls(
            date=day.date,
            exists=day.exists,
            hours=hours_of(day.intervals),
            reason=day.reason,
            clock_change=day.clock_change,
        )


class CalendarView(_View):
    """The next days of a calendar; `is_open` now."""

    as_of: AsOf
    calendar_id: str
    name: str
    zone: str
    is_open: bool
    days: list[DayView]


class DryRunView(_View):
    """What a configuration would change for the work that is open now."""

    as_of: AsOf
    dry_run: DryRun
