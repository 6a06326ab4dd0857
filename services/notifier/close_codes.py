"""Why a stream was closed: the WebSocket close codes, each with what the client does next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CloseCode:
    """A close code and its reason, as the client sees them."""

    code: int
    reason: str


GONE = CloseCode(1000, "closed by the client")
SERVICE_RESTART = CloseCode(1012, "service restart: reconnect with your cursor")
TRY_AGAIN_LATER = CloseCode(1013, "try again later: reconnect with your cursor")
TOO_TALKATIVE = CloseCode(1008, "this stream is for listening")
CREDENTIAL_EXPIRED = CloseCode(4401, "credential expired: reconnect with a new one")
CONNECTION_LOST = CloseCode(4408, "counted as disconnected: reconnect with your cursor")
REPLACED = CloseCode(4409, "replaced by a newer connection of this agent")
CURSOR_EXPIRED = CloseCode(4410, "cursor expired: load the state anew, connect without cursor")
CURSOR_UNKNOWN = CloseCode(4411, "cursor is ahead of the log: connect without cursor")
SLOW_READER = CloseCode(4429, "reading too slowly: reconnect with your cursor")
