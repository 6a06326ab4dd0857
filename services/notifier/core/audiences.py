"""Who may hear what: the names of audiences, and which of them a credential belongs to."""

from collections.abc import Iterable

from libs.common.contracts.terms import Role

AGENTS = "agents"
SUPERVISORS = "supervisors"
DESK_ROLES = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)


def agent(agent_id: str) -> str:
    """One agent of the desk."""
    return f"agent:{agent_id}"


def customer(endpoint_id: str, contact_point_id: str) -> str:
    """The person at one contact point, as seen through one endpoint of ours."""
    return f"customer:{endpoint_id}:{contact_point_id}"


def of_credential(roles: Iterable[Role], subject: str) -> tuple[str, ...]:
    """What a credential of this desk may hear: agents what is theirs, supervisors the overview."""
    held = frozenset(roles)
    heard: list[str] = []
    if Role.AGENT in held:
        heard += [AGENTS, agent(subject)]
    if held & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        heard.append(SUPERVISORS)
    return tuple(heard)
