"""Tests of who may hear what."""

from libs.common.contracts.terms import Role
from services.notifier.core import audiences


def test_agent_hears_only_what_is_theirs() -> None:
    """An agent's credential opens the agent's own audience and that of all agents."""
    heard = audiences.of_credential([Role.AGENT], "ada")

    assert heard == (audiences.AGENTS, "agent:ada")


def test_supervisor_and_administrator_hear_the_overview() -> None:
    """Both roles hear what supervisors hear, and nothing that is an agent's own."""
    assert audiences.of_credential([Role.SUPERVISOR], "sue") == (audiences.SUPERVISORS,)
    assert audiences.of_credential([Role.ADMINISTRATOR], "root") == (audiences.SUPERVISORS,)


def test_customer_hears_nothing_of_the_desk() -> None:
    """A customer's role opens no audience of the desk."""
    assert audiences.of_credential([Role.CUSTOMER], "visitor") == ()


def test_customers_of_two_endpoints_are_two_audiences() -> None:
    """One person on two web sites of ours has two streams."""
    assert audiences.customer("site", "ctp_1") != audiences.customer("shop", "ctp_1")
