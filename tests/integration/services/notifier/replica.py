"""One notifier replica inside the test's process: real Kafka, real MongoDB, a real socket."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import jwt
import orjson
import uvicorn
import websockets

from libs.common import clock
from libs.common.contracts.terms import Role
from services.notifier.app import Configured, LogNames, Notifier
from services.notifier.settings import NotifierSettings
from tests.unit.services.notifier import builders as b

SIGNING_KEY = b"a key that only this test knows, 32 bytes"
ENDPOINTS = [
    {
        "endpoint_id": "site",
        "channel": "web_chat",
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "secrets": [],
        "settings": {},
    }
]


def write_files(folder: Path, endpoints: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The files that a replica reads, as settings."""
    encoded = base64.urlsafe_b64encode(SIGNING_KEY).rstrip(b"=").decode()
    keys = {"keys": [{"kty": "oct", "kid": "test", "k": encoded, "alg": "HS256"}]}
    (folder / "keys.json").write_bytes(orjson.dumps(keys))
    (folder / "endpoints.yaml").write_bytes(orjson.dumps(endpoints or ENDPOINTS))
    return {
        "jwt_keys_file": folder / "keys.json",
        "endpoints_file": folder / "endpoints.yaml",
    }


def token(
    *roles: Role,
    subject: str = b.AGENT,
    tenant: str = b.TENANT,
    desks: tuple[str, ...] = (b.DESK,),
    lifetime_s: float = 600,
    endpoint: str | None = None,
) -> str:
    """A credential as an issuer would sign it."""
    claims: dict[str, Any] = {
        "iss": "switchboard",
        "aud": "switchboard",
        "sub": subject,
        "tenant": tenant,
        "roles": [role.value for role in roles or (Role.AGENT,)],
        "desks": list(desks),
        "exp": clock.now_ms() / 1000 + lifetime_s,
    }
    if endpoint:
        claims["endpoint"] = endpoint
    return jwt.encode(claims, SIGNING_KEY, algorithm="HS256", headers={"kid": "test"})


class Replica:
    """A running notifier and the address of its door."""

    def __init__(self, notifier: Notifier, port: int) -> None:
        self.notifier = notifier
        self.port = port

    @property
    def url(self) -> str:
        """Its HTTP address."""
        return f"http://127.0.0.1:{self.port}"

    def connect(
        self, *, cursor: str | None = None, bearer: str | None = None, desk: str = b.DESK
    ) -> websockets.connect:
        """A WebSocket to the desk's stream."""
        query = f"?cursor={cursor}" if cursor else ""
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}/v1/desks/{desk}/stream{query}",
            additional_headers={"Authorization": f"Bearer {bearer or token()}"},
            # A client that leaves with a full queue would not read the server's farewell.
            max_queue=None,
        )


class QuietServer(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


@asynccontextmanager
async def replica(settings: NotifierSettings, names: LogNames) -> AsyncIterator[Replica]:
    """A replica that serves inside the block and leaves in order after it."""
    notifier = Notifier(settings, configured=Configured.load(settings), names=names)
    listening = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(
        uvicorn.Config(notifier.api, log_config=None, lifespan="off", timeout_graceful_shutdown=2)
    )
    await notifier.start()
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield Replica(notifier, listening.getsockname()[1])
    finally:
        server.should_exit = True
        await asyncio.gather(serving, notifier.drain())
        await notifier.stop()
