"""Whether this process lives, is ready, is leaving, or has to be restarted."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from libs.common import clock
from libs.common.errors import ServiceError, UnavailableError

HEARTBEAT_INTERVAL_S = 1.0
HEARTBEAT_AGE_S_MAX = 15.0
CHECK_TIMEOUT_S = 2.0
CHECK_CACHE_S = 2.0

Check = Callable[[], Awaitable[None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The answer of all checks: `reasons` names each that failed, and why, in our words."""

    is_ready: bool
    reasons: dict[str, str] = field(default_factory=dict)


class Health:
    """Collects what the probes ask. Living never depends on a dependency; being ready does."""

    def __init__(self) -> None:
        self.failed = asyncio.Event()
        self.failure = ""
        self.is_started = True
        self.is_draining = False
        self._checks: dict[str, Check] = {}
        self._beat_s = clock.monotonic_s()
        self._answer: tuple[float, Readiness] | None = None

    def add_check(self, name: str, check: Check) -> None:
        """Be ready only while `check` returns; it raises a ServiceError that says why not."""
        self._checks[name] = check

    def starting(self) -> None:
        """Not ready, and no request is served, until `started`."""
        self.is_started = False

    def started(self) -> None:
        """The service can work."""
        self.is_started = True

    def draining(self) -> None:
        """Not ready any more, for good: the process is about to leave."""
        self.is_draining = True

    def fail(self, reason: str) -> None:
        """This process can't go on: not ready, an orderly stop, a non-zero exit code.

        `reason` is a sentence of ours and holds no content. The first reason is kept.
        """
        if not self.failed.is_set():
            log.error("process.failed", reason=reason)
            self.failure = reason
            self.failed.set()

    @property
    def is_live(self) -> bool:
        """Whether the event loop turned lately."""
        return clock.monotonic_s() - self._beat_s < HEARTBEAT_AGE_S_MAX

    async def beat(self) -> None:
        """Keep the heart beating until cancelled."""
        while True:
            self._beat_s = clock.monotonic_s()
            await asyncio.sleep(HEARTBEAT_INTERVAL_S)

    async def readiness(self) -> Readiness:
        """All checks at once, each within 2 s; the answer is kept for 2 s."""
        state = self._own_state()
        if state:
            return Readiness(is_ready=False, reasons={"process": state})
        if self._answer and clock.monotonic_s() - self._answer[0] < CHECK_CACHE_S:
            return self._answer[1]
        outcomes = await asyncio.gather(*(_outcome(check) for check in self._checks.values()))
        reasons = {name: why for name, why in zip(self._checks, outcomes, strict=True) if why}
        readiness = Readiness(is_ready=not reasons, reasons=reasons)
        self._answer = (clock.monotonic_s(), readiness)
        return readiness

    def _own_state(self) -> str:
        if self.failed.is_set():
            return self.failure
        if self.is_draining:
            return "leaving"
        return "" if self.is_started else "starting"


async def _outcome(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await check()
    except ServiceError as error:
        return str(error) or type(error).__name__
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT_S:g} s"
    return ""


def require(condition: bool, reason: str) -> None:  # noqa: FBT001 - a claim, as in assert
    """For checks: raise UnavailableError with this reason unless the claim holds."""
    if not condition:
        raise UnavailableError(reason)
