"""What a desk's promises say and can't mean: never reached, or broken before they could be kept."""

from collections.abc import Iterator

from libs.common.contracts.configuration import DeskConfiguration, Mistake, SlaConditions, SlaPolicy
from libs.common.documents.escalation_mistakes import escalation_mistakes
from libs.common.documents.lines import Path


def promise_mistakes(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    for index, policy in enumerate(desk.sla_policies):
        yield from _of_targets(("sla_policies", index), policy)
    yield from _never_reached(desk)
    yield from escalation_mistakes(desk)


def _of_targets(path: Path, policy: SlaPolicy) -> Iterator[Mistake]:
    """Whoever closes a conversation in time has answered in time: the longer target is empty."""
    whole_s = policy.resolution_s
    for field in ("first_response_s", "next_response_s"):
        target_s: int | None = getattr(policy, field)
        if whole_s is not None and target_s is not None and target_s > whole_s:
            problem = f"longer than resolution_s ({whole_s}): it could only be broken after that"
            yield Mistake((*path, field), problem)


def _never_reached(desk: DeskConfiguration) -> Iterator[Mistake]:
    """The first policy that holds decides, so nothing comes behind one that always holds."""
    for index, policy in enumerate(desk.sla_policies[:-1]):
        if policy.when == SlaConditions():
            problem = f"never reached: policy {policy.sla_policy_id} before it always holds"
            yield Mistake(("sla_policies", index + 1), problem)
            return
