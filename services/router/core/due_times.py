"""Which later times may be asked for: none that has passed, and none more than a year ahead."""

from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.timed_events import DUE_WITHIN_S_MAX
from services.router.core.turn import Refused, Turn


def check_due(turn: Turn, due_ms: int, *, subject_id: str) -> None:
    """Refuse what is due already, or beyond the limit, by engine time: the door's own clock may
    be another, and an event may have waited on its way.
    """
    if due_ms <= turn.now_ms:
        raise Refused(RefusalReason.DUE_IN_THE_PAST, subject_id=subject_id)
    if due_ms > turn.now_ms + 1_000 * DUE_WITHIN_S_MAX:
        raise Refused(RefusalReason.DUE_TOO_FAR, subject_id=subject_id)
