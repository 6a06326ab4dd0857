"""The demo's company."""

from demo.company import (
    CALLBACKS,
    LATE_AGENT,
    OFFICE_AGENT,
    desk_configuration,
    desk_document,
)
from demo.desk import MANNER
from demo.scene import LATE_AGENT_COMES_S
from libs.common.documents.desk_document import read_desk_configuration
from services.router.core.profiles import Profiles


def test_only_the_late_agent_serves_the_queue_whose_promise_is_broken() -> None:
    """Otherwise somebody would answer in time, and there were no alert to see."""
    configuration = desk_configuration()
    profiles = Profiles(configuration)

    impatient = [
        queue_id
        for policy in configuration.sla_policies
        if policy.escalation and (policy.first_response_s or 0) < LATE_AGENT_COMES_S
        for queue_id in policy.when.queue
    ]
    serving = [
        agent.agent_id
        for agent in configuration.agents
        for queue_id in impatient
        if queue_id in profiles.of_agent[agent.agent_id].queues
    ]
    assert serving == [LATE_AGENT]


def test_only_the_queue_that_calls_back_has_hours_and_nobody_plays_its_agent() -> None:
    """The demo is played at any hour of any day: nothing else may wait for the office."""
    configuration = desk_configuration()

    assert [queue.queue_id for queue in configuration.queues if queue.calendar] == [CALLBACKS]
    assert [agent.agent_id for agent in configuration.agents if agent.shift] == [OFFICE_AGENT]
    [serving] = [agent.agent_id for agent in configuration.agents if CALLBACKS in agent.queues]
    assert serving == OFFICE_AGENT


def test_every_queue_has_someone_with_its_skills() -> None:
    """A question that nobody could answer would wait for ever."""
    configuration = desk_configuration()
    profiles = Profiles(configuration)

    unserved = [
        queue.queue_id
        for queue in configuration.queues
        if not any(
            queue.queue_id in profile.queues and profile.has_skills(tuple(queue.requires.items()))
            for profile in profiles.of_agent.values()
        )
    ]
    assert unserved == []


def test_the_door_takes_the_document() -> None:
    """What the administrator of the demo sends has no mistake."""
    document = desk_document().encode()

    assert read_desk_configuration(document, is_json=False) == desk_configuration()


def test_agents_finish_with_a_code_that_their_queue_knows() -> None:
    """A wrong one would be refused, and the agent would be held until the time is out."""
    codes = [queue.wrap_up_codes for queue in desk_configuration().queues if queue.wrap_up_codes]

    assert codes
    assert all(MANNER.wrap_up_code in those for those in codes)
