"""What a supervisor's app asks the router about time: clocks, hours, the days to come."""

from typing import Any

import httpx

from demo.company import CALENDAR, CALLBACKS, DESK

_DESK = f"/v1/desks/{DESK}"


class Questions:
    """Asks the router's API with one person's token. `http` has a router's address as its base."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"}

    async def clocks(self) -> dict[str, Any]:
        """The clocks of the queue that calls back, with its hours."""
        found: dict[str, Any] = (await self._get(f"{_DESK}/queues/{CALLBACKS}/clocks")).json()
        return found

    async def days(self, form: str) -> str:
        """The office's next fourteen days, as `text` or as `svg`."""
        return (await self._get(f"{_DESK}/calendars/{CALENDAR}/days", format=form)).text

    async def _get(self, path: str, **query: str) -> httpx.Response:
        response = await self._http.get(path, params=query, headers=self._headers)
        return response.raise_for_status()
