"""Where the keys come from that verify tokens: a file that may change, or the issuer's address."""

import asyncio
from pathlib import Path
from typing import Any, Protocol

import httpx
import jwt
import orjson
import structlog
from jwt import PyJWK

from libs.common import clock
from libs.common.errors import InvalidInputError, UnavailableError

KEYS_MAX = 100
KEYS_BYTES_MAX = 256 * 1024
FETCH_TIMEOUT_S = 5.0
# Keys are fetched again when they are old, and when a token names one that is not known; but a
# flood of invented names must not become a flood of requests.
KEYS_AGE_S_MAX = 600.0
REFRESH_INTERVAL_S_MIN = 30.0

Keys = dict[str, PyJWK]
log = structlog.get_logger(__name__)


class KeySource(Protocol):
    """Finds a key by its id; without an id only a set of one key has an answer."""

    async def find(self, key_id: str | None) -> PyJWK | None:
        """None when there is no such key; UnavailableError when no keys can be had at all."""

    async def stop(self) -> None:
        """Let go of connections."""


def read_keys(document: object) -> Keys:
    """The verification keys of a JWKS document; those of unknown kinds are left out.

    Raises InvalidInputError when it holds none.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    keys: Keys = {}
    for entry in (entries if isinstance(entries, list) else [])[:KEYS_MAX]:
        try:
            key = PyJWK(entry)
        except (jwt.PyJWTError, AttributeError, LookupError, TypeError, ValueError):
            continue
        keys[key.key_id or ""] = key
    if not keys:
        raise InvalidInputError("the key set holds no usable key")
    return keys


def _choose(keys: Keys, key_id: str | None) -> PyJWK | None:
    if key_id is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(key_id)


class FileKeys:
    """Keys of a mounted file; read again when it has changed, at most every 30 s or on a miss."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = self._read()
        self._stamp = self._stamp_now()
        self._looked_s = clock.monotonic_s()

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key, of the file as it is now."""
        age_s = clock.monotonic_s() - self._looked_s
        if age_s > REFRESH_INTERVAL_S_MIN or _choose(self._keys, key_id) is None:
            self._refresh()
        return _choose(self._keys, key_id)

    async def stop(self) -> None:
        """Nothing is held open."""

    def _refresh(self) -> None:
        self._looked_s = clock.monotonic_s()
        try:
            stamp = self._stamp_now()
            if stamp != self._stamp:
                self._keys, self._stamp = self._read(), stamp
        except (OSError, InvalidInputError) as error:
            # A rotation that is half done: the old keys stay.
            log.warning("keys.not_reloaded", error_type=type(error).__name__)

    def _stamp_now(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_size

    def _read(self) -> Keys:
        try:
            return read_keys(orjson.loads(self._path.read_bytes()))
        except (OSError, orjson.JSONDecodeError) as error:
            raise InvalidInputError(
                f"JWT_KEYS_FILE can't be read: {type(error).__name__}"
            ) from error


class UrlKeys:
    """Keys that the issuer publishes; kept for ten minutes, and longer while it is away."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            timeout=FETCH_TIMEOUT_S, follow_redirects=False, transport=transport
        )
        self._keys: Keys = {}
        self._fetched_s = float("-inf")
        self._tried_s = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key, asking the issuer when ours are old or lack it, at most every 30 s."""
        if self._is_refresh_due(key_id):
            async with self._fetching:
                if self._is_refresh_due(key_id):
                    await self._refresh()
        if not self._keys:
            raise UnavailableError("the issuer's keys can't be fetched")
        return _choose(self._keys, key_id)

    async def stop(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    def _is_refresh_due(self, key_id: str | None) -> bool:
        now_s = clock.monotonic_s()
        if now_s - self._tried_s < REFRESH_INTERVAL_S_MIN:
            return False
        return now_s - self._fetched_s > KEYS_AGE_S_MAX or _choose(self._keys, key_id) is None

    async def _refresh(self) -> None:
        self._tried_s = clock.monotonic_s()
        try:
            self._keys = read_keys(await self._fetch())
            self._fetched_s = clock.monotonic_s()
        except (httpx.HTTPError, orjson.JSONDecodeError, InvalidInputError) as error:
            log.warning("keys.not_fetched", error_type=type(error).__name__)

    async def _fetch(self) -> Any:  # noqa: ANN401 - any JSON
        body = b""
        async with self._client.stream("GET", self._url) as response:
            response.raise_for_status()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > KEYS_BYTES_MAX:
                    raise InvalidInputError("the key set is too large")
        return orjson.loads(body)
