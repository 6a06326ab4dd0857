"""What the engine remembers of alerts: for how long more of the same is told together.

One for each policy, level and target of a desk, whatever number of items is in trouble. Plain
mutable records like those of `entities`, changed by `evolve_alerts` alone.
"""

from dataclasses import dataclass, field

from libs.common.contracts.terms import Role, Trouble

WindowKey = tuple[str, str, str, str, str]


@dataclass(slots=True, kw_only=True)
class AlertWindow:
    """People were told, and until `until_ms` more of the same is held; or a contact is quiet.

    `held` counts the items to tell of at `due_ms`, the first of them since `held_since_ms`; some
    are named. The other fields say how they are told.
    """

    tenant_id: str
    desk_id: str
    policy_id: str
    level: int
    target: str
    until_ms: int = 0
    held: int = 0
    held_since_ms: int = 0
    due_ms: int | None = None
    work_item_ids: list[str] = field(default_factory=list)
    conversation_ids: list[str] = field(default_factory=list)
    trouble: Trouble = Trouble.WAITING
    notify_roles: tuple[Role, ...] = ()
    ways: tuple[str, ...] = ()
    is_urgent: bool = False
    collect_s: int = 0

    @property
    def key(self) -> WindowKey:
        """Under which it is found."""
        return (self.tenant_id, self.desk_id, self.policy_id, str(self.level), self.target)
