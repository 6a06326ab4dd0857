"""Reads JSON that somebody else defined: what is there and of the right kind, or nothing."""

from typing import Any

import orjson

from libs.common.errors import InvalidInputError, MalformedBodyError

_INTEGER_MAX = 2**63 - 1


class JsonObject:
    """A JSON object of a provider. Each method answers None or an empty value where the member
    is missing or of another kind: providers add members and kinds without notice.
    """

    __slots__ = ("_members",)

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members

    @classmethod
    def parse(cls, body: bytes) -> "JsonObject":
        """Read a body. Raises MalformedBodyError if it isn't JSON, InvalidInputError if it isn't
        an object.
        """
        try:
            # Telegram's files and some proxies put a byte order mark in front.
            document = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            raise MalformedBodyError("body: not JSON") from error
        if not isinstance(document, dict):
            raise InvalidInputError("body: expected an object")
        return cls(document)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def names(self) -> tuple[str, ...]:
        """The names of all members, in their order."""
        return tuple(self._members)

    def text(self, name: str) -> str | None:
        """The member's string."""
        value = self._members.get(name)
        return value if isinstance(value, str) else None

    def integer(self, name: str) -> int | None:
        """The member's whole number of at most 63 bits and a sign; true and false are none."""
        value = self._members.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return value if abs(value) <= _INTEGER_MAX else None

    def number(self, name: str) -> float | None:
        """The member's number, whole or not."""
        value = self._members.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return float(value)

    def is_true(self, name: str) -> bool:
        """Whether the member is `true`."""
        return self._members.get(name) is True

    def child(self, name: str) -> "JsonObject | None":
        """The member's object."""
        value = self._members.get(name)
        return JsonObject(value) if isinstance(value, dict) else None

    def children(self, name: str) -> tuple["JsonObject", ...]:
        """The objects in the member's array."""
        value = self._members.get(name)
        if not isinstance(value, list):
            return ()
        return tuple(JsonObject(item) for item in value if isinstance(item, dict))
