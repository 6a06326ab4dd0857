"""The indexes that the memory is read by; each begins with the tenant."""

from libs.common.mongo import ASCENDING, Database, IndexModel, translated
from services.history.documents import LINKS, TIMELINE

# Partial, so that an entry costs only the indexes by which it can be found.
INDEXES = {
    TIMELINE: [
        IndexModel(
            [("tenant_id", ASCENDING), ("customer_id", ASCENDING), ("position", ASCENDING)],
            name="timeline",
            partialFilterExpression={"customer_id": {"$exists": True}},
        ),
        IndexModel(
            [("tenant_id", ASCENDING), ("conversation_id", ASCENDING), ("position", ASCENDING)],
            name="transcript",
            partialFilterExpression={"conversation_id": {"$exists": True}},
        ),
    ],
    LINKS: [
        IndexModel(
            [("tenant_id", ASCENDING), ("contact_point_ids", ASCENDING)],
            name="contact_point",
            partialFilterExpression={"is_active": True},
        ),
    ],
}


async def create_indexes(database: Database) -> None:
    """Create what is missing; harmless to repeat. Raises UnavailableError without MongoDB."""
    with translated():
        for collection, indexes in INDEXES.items():
            await database[collection].create_indexes(indexes)
