"""What readers are told of a queue, at most every 10 s: length, pace, who stands where (R27).

Never one decision per item, although one completion moves everybody: readers interpolate.
"""

from collections.abc import Iterator
from itertools import count, takewhile

from libs.common.contracts import decisions as d
from services.router.core.entities import QueuePace
from services.router.core.evolve_queues import SERVED_OVER_S, served_lately
from services.router.core.foreseeing import foresee
from services.router.core.turn import Turn


def measure_queue(turn: Turn, pace: QueuePace) -> None:
    """Say how the queue is doing now."""
    lines = turn.state.index_of((pace.tenant_id, pace.desk_id)).lines
    order = lines.in_order(pace.queue_id)
    waiting, served = len(order), served_lately(pace, turn.now_ms)
    turn.emit(
        d.QueueMeasured(
            tenant_id=pace.tenant_id,
            desk_id=pace.desk_id,
            queue_id=pace.queue_id,
            waiting=waiting,
            places=tuple((n, *order[n - 1][:2]) for n in places_told(waiting)),
            served=served,
            served_over_s=SERVED_OVER_S,
        )
    )
    foresee(turn, pace, order, served=served)


def places_told(waiting: int) -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on, and the last."""
    places = (digit * 10**exponent for exponent in count() for digit in (1, 2, 5))
    yield from takewhile(lambda place: place < waiting, places)
    if waiting:
        yield waiting
