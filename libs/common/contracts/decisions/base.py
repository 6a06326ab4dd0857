"""What all decisions share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What all decisions share; the tenant is empty only where no desk is concerned."""

    tenant_id: str
    desk_id: str
