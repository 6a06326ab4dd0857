"""When the garbage collector runs: planned and short, never over all that waits while events come.

A router holds some hundred thousand objects that live for minutes to days, and nearly everything
else dies by its reference count. Python's own collector would look at all of them again and again,
in the middle of a decision: measured with 100,000 open items, a third of a second each time. So it
is switched off. What a takeover has loaded is set aside (frozen); the young are looked at a few
times a second (their number can't be asked for: what was set aside and dies is subtracted from it);
all that came since, only while the process has little to do. What an
ended takeover leaves behind may be circular and set aside: it is looked for once afterwards.
"""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from libs.common import clock

LOOK_EVERY_S = 0.2
# A process that used a smaller share of a processor since the last look has little to do.
IDLE_SHARE = 0.1
ALL_EVERY_S = 300.0
RELEASE_WITHIN_S = 60.0
_YOUNG = 1


class PlannedCollector:
    """The process's garbage collection. There is one collector in a process, so also one of these.

    Times are those of `libs.common.clock`.
    """

    def __init__(self) -> None:
        self._looked_s = self._all_s = clock.monotonic_s()
        self._used_s = clock.processor_s()
        self._release_by_s: float | None = None
        self._loading = 0

    def begin(self) -> None:
        """Switch the automatic collection off, and set aside what was imported."""
        gc.disable()
        gc.freeze()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Look at nothing inside, and set aside what came: loading makes no garbage, and all of it
        is young, so the next look would go through a hundred thousand open items.
        """
        self._loading += 1
        try:
            yield
        finally:
            self._loading -= 1
            gc.freeze()

    def loaded(self) -> None:
        """A takeover has loaded its partition, which lives for long."""
        gc.freeze()

    def ended(self) -> None:
        """A takeover ended: what it held is garbage now, some of it perhaps in circles."""
        self._release_by_s = clock.monotonic_s() + RELEASE_WITHIN_S

    async def keep(self) -> None:
        """Look now and then, for the life of the process."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Collect what is due now."""
        if self._loading:
            return
        now_s, is_idle = clock.monotonic_s(), self._is_idle()
        if self._release_by_s is not None and (is_idle or now_s >= self._release_by_s):
            self._release_by_s = None
            gc.unfreeze()
            self._collect_all(now_s)
        elif is_idle and now_s >= self._all_s + ALL_EVERY_S:
            self._collect_all(now_s)
        else:
            gc.collect(_YOUNG)

    def _collect_all(self, now_s: float) -> None:
        """All but what is set aside, which the survivors then are as well."""
        gc.collect()
        gc.freeze()
        self._all_s = now_s

    def _is_idle(self) -> bool:
        now_s, used_s = clock.monotonic_s(), clock.processor_s()
        share = (used_s - self._used_s) / max(now_s - self._looked_s, 1e-9)
        self._looked_s, self._used_s = now_s, used_s
        return share < IDLE_SHARE
