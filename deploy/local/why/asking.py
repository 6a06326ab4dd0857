"""Asks the router's API about an open work item, as a supervisor of its desk."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httpx

from deploy.local.tokens import LocalIssuer
from libs.common.contracts.terms import Role
from services.router.core.inquiry_obstacles import time_of

TIMEOUT_S = 20.0
LIFETIME_S = 60


class RouterDoor:
    """The API of one router replica; any replica knows every desk."""

    def __init__(
        self,
        url: str,
        issuer: LocalIssuer,
        *,
        tenant_id: str,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            base_url=url,
            transport=transport,
            timeout=TIMEOUT_S,
            trust_env=False,
            headers={"authorization": f"Bearer {_token(issuer, tenant_id)}"},
        )

    def why(self, work_item_id: str) -> Sequence[str]:
        """Where the open item stands and what would change it; empty for one that is done."""
        found = self._get(f"/v1/work-items/{work_item_id}/why")
        if found is None:
            return ()
        item, standing = found["item"], found["item"]["standing"]
        lines = [f"{item['state']} in queue {item['asking']['queue_id']}, {_as_of(found)}"]
        if standing["place"] is not None:
            lines.append(
                f"place {standing['place']} of {standing['waiting']}, step {standing['step']}"
                f" of {standing['steps']}"
            )
        if (agents := item["agents"]) is not None:
            counts = [f"{n} {reason}" for reason, n in agents["by_first_reason"].items()]
            lines.append(f"of {agents['configured']} agents: {', '.join(counts)}")
        chosen = [says for one in item["chosen"] for says in one["says"]]
        return (
            lines
            + chosen
            + [f"would change it{_at(one)}: {one['says']}" for one in item["outlook"]]
        )

    def why_not(self, work_item_id: str, agent_id: str) -> Sequence[str]:
        """Why this agent hasn't got the item; says so where the item is done."""
        found = self._get(f"/v1/work-items/{work_item_id}/why-not/{agent_id}")
        if found is None:
            return ("the item is not open any more: only its recorded decisions tell",)
        return [*found["agent"]["says"], _as_of(found)]

    def _get(self, path: str) -> dict[str, Any] | None:
        answer = self._client.get(path)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body


def _token(issuer: LocalIssuer, tenant_id: str) -> str:
    return issuer.mint(
        tenant_id=tenant_id,
        subject="why",
        roles=[Role.SUPERVISOR],
        desks=["*"],
        lifetime_s=LIFETIME_S,
    )


def _as_of(found: dict[str, Any]) -> str:
    as_of = found["as_of"]
    return (
        f"as of record {as_of['offset']} of partition {as_of['partition']},"
        f" epoch {as_of['epoch']}, {as_of['age_s']:.1f} s old"
    )


def _at(outlook: dict[str, Any]) -> str:
    return f" at {time_of(outlook['at_ms'])}" if outlook["at_ms"] is not None else ""
