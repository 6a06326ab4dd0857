"""Alarms in words, as the feed tells the first of each kind."""

from datetime import datetime

from demo.people.record import Told


def alarm(message: Told) -> str | None:
    """What the supervisor was told, in one line; None for what is no alarm."""
    body = message["body"]
    match message["type"]:
        case "sla.at_risk":
            left_s = (body["due_ms"] - _told_ms(message)) / 1_000
            return f"a promise to {body['policy_id']} is at risk: {left_s:.1f} s are left"
        case "sla.breached":
            return f"a promise to {body['policy_id']} is broken: nobody answered in time"
        case "escalation.fired":
            waited_s = body["waited_ms"] / 1_000
            return (
                f"queue {body['queue_id']} waits too long ({waited_s:.0f} s): "
                "the supervisor is alerted"
            )
        case "escalation.alerted":
            return f"level {body['level']} of {body['policy_id']}: the supervisor is alerted"
        case "escalation.stopped" if body["cause"] == "acknowledged":
            return f"{body['by_agent_id']} sees to it (acknowledged): no further level fires"
        case _:
            return None


def alarm_key(message: Told) -> tuple[str, int]:
    """What makes an alarm the same kind as another one: its type and its level."""
    return message["type"], message["body"].get("level", 0)


def _told_ms(message: Told) -> float:
    return datetime.fromisoformat(message["time"]).timestamp() * 1_000
