"""The demo's company."""

from demo.company import LATE_AGENT, desk_configuration


def test_only_the_late_agent_serves_the_queue_that_waits() -> None:
    """Otherwise nobody would wait too long, and there were no alert to see."""
    configuration = desk_configuration()

    impatient = [
        queue
        for queue in configuration.queues
        if queue.escalation and queue.escalation.after_s < 14
    ]
    serving = [
        agent.agent_id
        for agent in configuration.agents
        for queue in impatient
        if queue.queue_id in agent.queues
    ]
    assert serving == [LATE_AGENT]


def test_every_queue_has_someone_with_its_skills() -> None:
    """A question that nobody could answer would wait for ever."""
    configuration = desk_configuration()

    unserved = [
        queue.queue_id
        for queue in configuration.queues
        if not any(
            queue.queue_id in agent.queues
            and all(agent.skills.get(skill, 0) >= level for skill, level in queue.requires.items())
            for agent in configuration.agents
        )
    ]
    assert unserved == []
