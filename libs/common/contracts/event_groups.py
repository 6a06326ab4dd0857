"""Which events belong together: those of integrators, and those that a flood consists of."""

from libs.common.contracts.events import (
    ContactEnded,
    ContactPointsLinked,
    ContactPointsUnlinked,
    CustomerEventRecorded,
    MessageReceived,
)

# Only these may come from an integrator's credential, through `POST /v1/events`.
INTEGRATOR_EVENT_TYPES = frozenset(
    {
        MessageReceived.type,
        ContactEnded.type,
        ContactPointsLinked.type,
        ContactPointsUnlinked.type,
        CustomerEventRecorded.type,
    }
)
# What a flood consists of: nobody but customers and integrators sends these, and nobody's number
# bounds them. Whatever agents, administrators and our own services say is never held back.
SPILLABLE_EVENTS = (MessageReceived, ContactPointsLinked, ContactPointsUnlinked)
SPILLABLE_EVENT_TYPES = frozenset(data.type for data in SPILLABLE_EVENTS)
