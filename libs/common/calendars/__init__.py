"""Calendars at work: the business clock, and the data that it stands on. Pure but for zone data."""

from libs.common.calendars.business_clock import (
    BEGIN_MS,
    END_MS,
    HORIZON_MS,
    BusinessClock,
    compile_calendar,
)

__all__ = ["BEGIN_MS", "END_MS", "HORIZON_MS", "BusinessClock", "compile_calendar"]
