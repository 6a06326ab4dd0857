"""Unit tests of calendars: zones, days, windows of a month, the business clock."""
