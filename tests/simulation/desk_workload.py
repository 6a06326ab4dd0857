"""A small desk for the tests of real processes; simulated desks are drawn in `routing.desks`."""

from libs.common.contracts.configuration import DeskConfiguration

TENANT, DESK = "acme", "support"
AGENTS = ("ann", "bob", "cem")


def configuration(version: int) -> DeskConfiguration:
    """Short times, so that everything falls due within a run; odd versions lack a queue."""
    queues = [{"queue_id": "general", "offer": {"timeout_s": 1}, "wrap_up_s": 1}]
    if version % 2 == 0:
        queues.append({"queue_id": "billing", "requires": {"billing": 2}})
    ranks = {str(queue["queue_id"]): place + 1 for place, queue in enumerate(queues)}
    return DeskConfiguration.model_validate(
        {
            "skills": ["billing"],
            "queues": queues,
            "agents": [
                {"agent_id": name, "queues": ranks, "skills": {"billing": 3}, "capacity_units": 4}
                for name in AGENTS
            ],
            "default": {"queue": "general"},
            "migrate_to": {"billing": "general"},
            "capacity_weights": {"web_chat": 2},
            "policies": {"take_back_after_s": 2, "refusal_forgotten_after_s": 2, "owner_hold_s": 1},
        }
    )
