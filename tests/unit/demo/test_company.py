"""The demo's company."""

from demo.company import LATE_AGENT, desk_configuration, desk_document
from demo.desk import MANNER
from libs.common.documents.desk_document import read_desk_configuration
from services.router.core.profiles import Profiles


def test_only_the_late_agent_serves_the_queue_that_waits() -> None:
    """Otherwise nobody would wait too long, and there were no alert to see."""
    configuration = desk_configuration()
    profiles = Profiles(configuration)

    impatient = [
        queue
        for queue in configuration.queues
        if queue.escalation and queue.escalation.after_s < 14
    ]
    serving = [
        agent.agent_id
        for agent in configuration.agents
        for queue in impatient
        if queue.queue_id in profiles.of_agent[agent.agent_id].queues
    ]
    assert serving == [LATE_AGENT]


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
