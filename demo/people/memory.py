"""The memory as agents' and supervisors' apps read it: timelines and transcripts over HTTP."""

from typing import Any

import httpx

PAGE_ENTRIES = 200
PAGES_MAX = 50
Entries = list[dict[str, Any]]


class Memory:
    """Reads history's API with one person's token. `http` has history's address as its base."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"}

    async def transcript(self, conversation_id: str) -> Entries:
        """What was said and decided in the conversation, oldest first; empty if it is unknown."""
        return await self._pages(f"/v1/conversations/{conversation_id}/transcript", {})

    async def timeline(self, family: str, address: str) -> Entries:
        """All that happened to the customer with this address, oldest first; empty if unknown."""
        found = await self._get("/v1/customers", {"family": family, "address": address})
        if found is None:
            return []
        entries = await self._pages(f"/v1/customers/{found['customer_id']}/timeline", {})
        return entries[::-1]

    async def _pages(self, path: str, query: dict[str, str]) -> Entries:
        entries: Entries = []
        cursor: dict[str, str] = {}
        for _ in range(PAGES_MAX):
            page = await self._get(path, {**query, **cursor, "limit": str(PAGE_ENTRIES)})
            if page is None:
                break
            entries += page["entries"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        return entries

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        response = await self._http.get(path, params=query, headers=self._headers)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found
