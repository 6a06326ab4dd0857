"""What an operations person sees of a flood: how much waits, how long, and whose it is."""

from collections.abc import Iterable

import structlog

from libs.common import clock, metrics
from services.ingest.core.backlog import Backlog

log = structlog.get_logger(__name__)


def tell_held_back(desks: Iterable[bytes]) -> None:
    """Log that these desks, by their events' key, are held back from now on."""
    for desk in desks:
        log.warning("desk.held_back", **_names(desk))


def tell_released(desks: Iterable[bytes]) -> None:
    """Log that nothing of these desks has waited for a while."""
    for desk in desks:
        log.info("desk.released", **_names(desk))


def show(partition: int, backlog: Backlog) -> None:
    """Set the partition's gauges."""
    oldest_ms = backlog.oldest_at_ms
    age_s = 0.0 if oldest_ms is None else max(0.0, (clock.now_ms() - oldest_ms) / 1000)
    metrics.SPILL_BACKLOG.labels(partition).set(backlog.waiting)
    metrics.SPILL_AGE.labels(partition).set(age_s)
    metrics.SPILL_DESKS.labels(partition).set(backlog.desks_held_back)


def hide(partition: int) -> None:
    """The partition is another replica's: its gauges are shown there."""
    for gauge in (metrics.SPILL_BACKLOG, metrics.SPILL_AGE, metrics.SPILL_DESKS):
        gauge.labels(partition).set(0)


def _names(desk: bytes) -> dict[str, str]:
    tenant_id, _, desk_id = desk.decode(errors="replace").partition("/")
    return {"tenant_id": tenant_id, "desk_id": desk_id}
