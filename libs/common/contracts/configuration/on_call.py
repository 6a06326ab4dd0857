"""Who is told outside the desk's own streams: contacts, when they are left alone, and whose turn
it is.

Where a contact is reached (an address, a key of a pager) is a secret and no part of the document:
the notifier's contacts file has it. So a rotation can be read by everybody.
"""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from libs.common.contracts.configuration.calendars import LocalDate, ZoneName
from libs.common.contracts.configuration.document import Document, Mistake, contradiction
from libs.common.contracts.terms import Name, ShortText

CONTACTS_MAX = 500
ROTATIONS_MAX = 100
MEMBERS_MAX = 50
OVERRIDES_MAX = 200
TURN_DAYS_MAX = 56
# Whoever stands in for longer means years by mistake.
OVERRIDE_DAYS_MAX = 366

_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DATE = "(19[7-9][0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _exists(moment: str) -> str:
    try:
        datetime.fromisoformat(moment)
    except ValueError as error:
        raise contradiction([Mistake((), "there is no such day")]) from error
    return moment


LocalTime = Annotated[str, StringConstraints(pattern=f"^{_TIME}$")]
LocalMoment = Annotated[
    str, StringConstraints(pattern=f"^{_DATE}T{_TIME}$"), AfterValidator(_exists)
]


class Contact(Document):
    """A person, or an address that several people read."""

    contact_id: Name
    """How levels, rotations and the notifier's contacts file name it."""
    name: ShortText = ""
    """For people."""
    quiet_outside: Name | None = None
    """The calendar of the hours in which everything may come. Outside of them what is not urgent
    waits until it opens. Left out: never quiet.
    """


class Override(Document):
    """Somebody stands in for whoever's turn it is."""

    contact: Name
    """Who is on call."""
    begins: LocalMoment
    """From when on, on the rotation's clock: `2026-12-24T09:00`."""
    ends: LocalMoment
    """Until when, that minute not included."""

    @model_validator(mode="after")
    def _ends_in_time(self) -> Self:
        begins, ends = map(datetime.fromisoformat, (self.begins, self.ends))
        if begins >= ends:
            raise contradiction([Mistake(("ends",), "must be after begins")])
        if (ends - begins).days > OVERRIDE_DAYS_MAX:
            problem = f"at most {OVERRIDE_DAYS_MAX} days; change the members for longer"
            raise contradiction([Mistake(("ends",), problem)])
        return self


class Rotation(Document):
    """Contacts who are on call in turns."""

    rotation_id: Name
    """How levels name it; no contact has the same name."""
    name: ShortText = ""
    """For people."""
    zone: ZoneName
    """The IANA zone on whose clock the turns change, summer time included."""
    begins: LocalDate
    """The day on which the first member's turn begins. Before it the turns are the same, counted
    backwards.
    """
    hand_over_at: LocalTime = "09:00"
    """At this time one turn ends and the next begins."""
    turn_days: Annotated[int, Field(ge=1, le=TURN_DAYS_MAX)] = 7
    """For so many days: 7 for weeks."""
    members: tuple[Name, ...] = Field(max_length=MEMBERS_MAX)
    """Contacts in the order of their turns; one may be named more than once."""
    overrides: tuple[Override, ...] = Field(default=(), max_length=OVERRIDES_MAX)
    """Who stands in; the first that holds decides."""

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if not self.members:
            raise contradiction([Mistake(("members",), "a rotation without members")])
        return self
