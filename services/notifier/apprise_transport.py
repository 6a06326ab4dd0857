"""The one place where Apprise is: brings a message to people over whatever an address says.

The library is blocking and its log lines show addresses, so it is used in threads of our own and
its loggers are silent. It tells only whether it worked.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from apprise import Apprise, AppriseAsset, NotifyType, PersistentStoreMode
from apprise.plugins import NotifyBase
from pydantic import SecretStr

from services.notifier.core.alerts import ContactMessage

THREADS_MAX = 16
SILENT_LOGGERS = ("apprise", "urllib3", "requests_oauthlib", "oauthlib")


def _asset() -> AppriseAsset:
    """Nothing is stored on disk, and no escapes in our texts are interpreted."""
    return AppriseAsset(
        app_id="Switchboard",
        app_desc="Switchboard",
        app_url="",
        async_mode=False,
        http_redirects=False,
        secure_logging=True,
        storage_mode=PersistentStoreMode.MEMORY,
    )


def is_address(address: str) -> bool:
    """Whether it is an address that a message can be sent to."""
    return _plugin(address) is not None


def _plugin(address: str) -> NotifyBase | None:
    for name in SILENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return Apprise.instantiate(address, asset=_asset(), suppress_exceptions=True)


class BringsMessages(Protocol):
    """What brings one message to one address."""

    async def send(self, address: SecretStr, message: ContactMessage) -> bool:
        """Whether it was taken, in time."""


class AppriseTransport:
    """At most 16 messages at once, each within `timeout_s` for connecting and for answering."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="alerts")

    def close(self) -> None:
        """Wait for nothing: what is cut off is sent again."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, address: SecretStr, message: ContactMessage) -> bool:
        """Whether the other side took it in time; never raises for its faults."""
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(self._threads, self._send, address, message)
        try:
            async with asyncio.timeout(2 * self._timeout_s):
                return await sending
        except TimeoutError:
            return False

    def _send(self, address: SecretStr, message: ContactMessage) -> bool:
        plugin = _plugin(address.get_secret_value())
        if plugin is None:
            return False
        plugin.socket_connect_timeout = self._timeout_s
        plugin.socket_read_timeout = self._timeout_s
        kind = NotifyType.FAILURE if message.is_urgent else NotifyType.WARNING
        return bool(plugin.notify(body=message.body, title=message.title, notify_type=kind))
