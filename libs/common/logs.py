"""Structured logs: one JSON object per line on standard output, and nothing private in it."""

import logging
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import PurePath
from types import TracebackType
from typing import Any

import structlog

from libs.common import clock

# Keys that may hold what people wrote or who they are. Our own code uses none of them.
PRIVATE_KEYS = frozenset(
    {
        "address", "addresses", "authorization", "body", "content", "contents", "cookie", "data",
        "email", "headers", "html", "input", "key", "message_text", "name", "names", "password",
        "phone", "record", "secret", "sender", "sender_name", "subject", "text", "token", "uri",
        "url", "value", "values",
    }
)  # fmt: skip
VALUE_LENGTH_MAX = 500
STACK_FRAMES_MAX = 20
# While a broker is down aiokafka writes 20 to 30 lines a second; uvicorn one for each request that
# is no HTTP, which anybody can send.
NOISY_FAMILIES = frozenset({"aiokafka", "consumers", "faststream", "motor", "pymongo", "uvicorn"})
CHATTY_LOGGERS = ("asyncio", "httpcore", "httpx", "uvicorn.access", "uvicorn.error")
NOISY_LINES_PER_INTERVAL = 5
NOISY_INTERVAL_S = 10.0

EventDict = MutableMapping[str, Any]


def configure_logs(service_name: str, *, level: str = "INFO") -> None:
    """Send everything, the libraries' lines included, to standard output as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Service(service_name),
        describe_exception,
        drop_private,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_handler(shared)]
    root.setLevel(level)
    for name in (*NOISY_FAMILIES, *CHATTY_LOGGERS):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _handler(shared: list[structlog.typing.Processor]) -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_library_line, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(RateLimit())
    return handler


class RateLimit(logging.Filter):
    """Lets a few lines of each noisy family pass per interval, and counts the others.

    It belongs to the handler: a logger's own filter does not see what its children write.
    """

    def __init__(self) -> None:
        super().__init__()
        self._windows: dict[str, _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line may pass; the first after a pause tells how many were dropped."""
        family = record.name.partition(".")[0]
        if family not in NOISY_FAMILIES:
            return True
        window = self._windows.setdefault(family, _Window())
        now_s = clock.monotonic_s()
        if now_s - window.began_s >= NOISY_INTERVAL_S:
            record.dropped_lines = window.dropped
            window.began_s, window.lines, window.dropped = now_s, 0, 0
        window.lines += 1
        if window.lines <= NOISY_LINES_PER_INTERVAL:
            return True
        window.dropped += 1
        return False


@dataclass(slots=True)
class _Window:
    began_s: float = float("-inf")
    lines: int = 0
    dropped: int = 0


class _Service:
    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = self._name
        return event


def drop_private(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Remove what may hold people's words or names, and cut what is long."""
    for key in [key for key in event if key.lower() in PRIVATE_KEYS]:
        del event[key]
    for key, value in event.items():
        if isinstance(value, str) and len(value) > VALUE_LENGTH_MAX:
            event[key] = value[:VALUE_LENGTH_MAX] + "…"
    return event


def describe_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and the places it passed; never its message, which may
    quote what it failed on.
    """
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        event["stack"] = places(error.__traceback__)
    return event


def places(traceback: TracebackType | None) -> list[str]:
    """The innermost frames as "file:line function"."""
    found: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = "/".join(PurePath(code.co_filename).parts[-3:])
        found.append(f"{file}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return found[-STACK_FRAMES_MAX:]


def _library_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A library's line: who wrote it, how many were dropped before it, and of its message only
    the first line, since asyncio appends what a forgotten task failed on.
    """
    record: logging.LogRecord = event["_record"]
    event["event"] = str(event["event"]).partition("\n")[0]
    event["logger"] = record.name
    if dropped := getattr(record, "dropped_lines", 0):
        event["dropped_lines"] = dropped
    return event
