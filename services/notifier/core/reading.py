"""From a record of the decision log to what follows from it, by the log's own rule."""

from dataclasses import dataclass

from libs.common.contracts.records import DecisionRecord, Headers, decode_record, read_headers
from libs.common.decision_log import LogPosition, Verdict, judge
from libs.common.errors import UnprocessableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The reader's next memory; `record` only when it counts, `error` when it then is unreadable.

    An unreadable record that counts still moves the position: what comes behind it counts too.
    """

    position: LogPosition
    record: DecisionRecord | None = None
    error: UnprocessableError | None = None


def read(
    position: LogPosition,
    *,
    offset: int,
    headers: tuple[tuple[str, bytes], ...] | Headers,
    value: bytes | None,
) -> Reading:
    """Judge the record at `offset` and decode it if it counts.

    Raises LogContradictionError when the log contradicts itself: stop and page.
    """
    following, verdict = judge(position, offset, read_headers(headers))
    if verdict is not Verdict.COUNTS:
        return Reading(position=following)
    try:
        record = decode_record(value)
    except UnprocessableError as error:
        return Reading(position=following, error=error)
    if not isinstance(record, DecisionRecord):
        return Reading(
            position=following,
            error=UnprocessableError("record is not what its headers say"),
        )
    return Reading(position=following, record=record)
