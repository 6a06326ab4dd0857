"""Looks at the saves of all partitions while they are written, and keeps some of each."""

import asyncio
import random

from libs.common import mongo
from libs.common.errors import UnavailableError
from services.router.core.ownership_effects import StoredSave
from services.router.saves import SaveStore

LOOK_EVERY_S = 1.5
KEPT_MAX = 10


class SavesSeen:
    """A sample of all saves by partition, the newest last. Each is judged in the end, so their
    number is bounded.
    """

    def __init__(self, uri: str, database: str, *, partitions: int, seed: int) -> None:
        self._database = mongo.connect(uri, database)
        self._store = SaveStore(self._database)
        self._random = random.Random(seed)
        self.seen: dict[int, list[StoredSave]] = {number: [] for number in range(partitions)}

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once; a database that does not answer is looked at another time."""
        for partition, found in self.seen.items():
            try:
                save = await self._store.load(partition)
            except UnavailableError:
                continue
            if save is None or (found and found[-1].position == save.position):
                continue
            if len(found) == KEPT_MAX:
                found.pop(self._random.randrange(KEPT_MAX))
            found.append(save)

    def close(self) -> None:
        """Disconnect."""
        mongo.close(self._database)
