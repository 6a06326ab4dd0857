"""Keys that rotate: a file that changes, an issuer that is away, a flood of unknown names."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.common import clock
from libs.common.errors import InvalidInputError, UnavailableError
from libs.common.key_sets import FileKeys, UrlKeys, read_keys


def document(*key_ids: str) -> dict[str, Any]:
    """A key set with shared secrets of these names."""
    return {"keys": [{"kty": "oct", "k": "c2VjcmV0" * 6, "kid": name} for name in key_ids]}


class Issuer:
    """An issuer of keys over HTTP that counts the requests."""

    def __init__(self, answer: dict[str, Any] | int) -> None:
        self.answer = answer
        self.requests = 0

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        """Answer with the keys or the status."""
        self.requests += 1
        if isinstance(self.answer, int):
            return httpx.Response(self.answer)
        return httpx.Response(200, json=self.answer)


def keys_of(issuer: Issuer) -> UrlKeys:
    """Keys from that issuer."""
    return UrlKeys("http://issuer/keys", transport=httpx.MockTransport(issuer))


class Clock:
    """Time that only a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1_000.0
        monkeypatch.setattr(clock, "monotonic_s", lambda: self.now_s)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock."""
    return Clock(monkeypatch)


async def test_keys_are_fetched_once_for_many_tokens(time: Clock) -> None:
    """And again only when they are ten minutes old."""
    issuer = Issuer(document("a"))
    keys = keys_of(issuer)

    for _ in range(10):
        assert await keys.find("a")
    assert issuer.requests == 1

    time.now_s += 601
    assert await keys.find("a")
    assert issuer.requests == 2
    await keys.stop()


async def test_new_key_is_found_and_a_flood_of_names_is_not_passed_on(time: Clock) -> None:
    """An unknown name asks the issuer, at most every 30 s."""
    issuer = Issuer(document("a"))
    keys = keys_of(issuer)
    await keys.find("a")

    issuer.answer = document("a", "b")
    for number in range(100):
        assert await keys.find(f"invented-{number}") is None
    assert issuer.requests == 1

    time.now_s += 31
    assert await keys.find("b")
    assert issuer.requests == 2


@pytest.mark.parametrize("answer", [500, 302, {"keys": []}, {"keys": "x"}])
async def test_known_keys_stay_while_the_issuer_is_away(
    time: Clock, answer: dict[str, Any] | int
) -> None:
    """An issuer's outage or mistake does not lock everyone out."""
    issuer = Issuer(document("a"))
    keys = keys_of(issuer)
    await keys.find("a")

    issuer.answer = answer
    time.now_s += 3_600

    assert await keys.find("a")


async def test_without_any_keys_callers_are_told_to_come_again(time: Clock) -> None:
    """It is not the caller's fault, and the issuer is not hammered."""
    issuer = Issuer(500)
    keys = keys_of(issuer)

    for _ in range(5):
        with pytest.raises(UnavailableError):
            await keys.find("a")

    assert issuer.requests == 1
    issuer.answer = document("a")
    time.now_s += 31
    assert await keys.find("a")


async def test_huge_key_set_is_not_read(time: Clock) -> None:
    """An issuer can't fill our memory."""
    assert time.now_s
    keys = keys_of(Issuer({"keys": [], "more": "x" * 300_000}))

    with pytest.raises(UnavailableError):
        await keys.find("a")


async def test_changed_file_is_read_again_and_a_broken_one_is_not(
    tmp_path: Path, time: Clock
) -> None:
    """A mounted Secret rotates without a restart; half a file does not lock everyone out."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(document("a")))
    keys = FileKeys(path)
    assert await keys.find("a")

    path.write_text(json.dumps(document("b", "c")))
    os.utime(path, ns=(1, 1))
    assert await keys.find("b")
    assert await keys.find("a") is None

    path.write_text("{")
    time.now_s += 31
    assert await keys.find("b")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"keys":[{"kty":"oct"}]}'])
def test_unusable_file_stops_the_start(tmp_path: Path, content: str) -> None:
    """Better no service than one that refuses everyone."""
    path = tmp_path / "jwks.json"
    path.write_text(content)

    with pytest.raises(InvalidInputError):
        FileKeys(path)


async def test_token_without_a_key_name_needs_a_set_of_one(tmp_path: Path) -> None:
    """Among several nobody guesses."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(document("a")))
    assert await FileKeys(path).find(None)

    path.write_text(json.dumps(document("a", "b")))
    assert await FileKeys(path).find(None) is None


def test_number_of_keys_is_bounded() -> None:
    """A set of thousands is cut."""
    assert len(read_keys(document(*(str(number) for number in range(1_000))))) == 100
