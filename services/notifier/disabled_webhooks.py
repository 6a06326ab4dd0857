"""The webhooks that answered "gone": disabled until a person removes the entry."""

from libs.common import clock
from libs.common.mongo import Collection, translated

DISABLED_WEBHOOKS = "notifier_disabled_webhooks"


class StoredDisabledWebhooks:
    """The entries in MongoDB. Every method raises UnavailableError when that is away."""

    def __init__(self, disabled: Collection) -> None:
        self._disabled = disabled

    async def has(self, webhook_id: str) -> bool:
        """Whether this webhook is disabled."""
        with translated():
            return await self._disabled.find_one({"_id": webhook_id}) is not None

    async def add(self, webhook_id: str, *, tenant_id: str) -> None:
        """Disable this webhook; repeating it changes nothing."""
        entry = {"tenant_id": tenant_id, "disabled_at": clock.now()}
        with translated():
            await self._disabled.update_one(
                {"_id": webhook_id}, {"$setOnInsert": entry}, upsert=True
            )
