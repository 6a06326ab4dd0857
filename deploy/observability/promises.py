"""What an operator sees of promises: one panel for each question that a supervisor asks."""

from deploy.observability.dashboard import Panel

TITLE = "Switchboard: promises and escalations"
UID = "switchboard-promises"
LATE_S = 5
_BY_POLICY = "tenant, desk, policy"
_KEPT_OR_BROKEN = 'switchboard_sla_outcomes_total{outcome=~"kept|broken"}'

PANELS = (
    Panel(
        title="Attainment by policy",
        says="What was kept of what was kept or broken in the last hour. Canceled targets, which"
        " nobody owes, do not count.",
        queries={
            "{{desk}} {{policy}} {{target}}": (
                f"sum by ({_BY_POLICY}, target)"
                ' (increase(switchboard_sla_outcomes_total{outcome="kept"}[1h]))'
                f" / sum by ({_BY_POLICY}, target) (increase({_KEPT_OR_BROKEN}[1h]))"
            )
        },
        unit="percentunit",
        red_below=0.9,
    ),
    Panel(
        title="At risk",
        says="Targets that came to be at risk, a minute.",
        queries={
            "{{desk}} {{policy}} {{target}}": (
                f"60 * sum by ({_BY_POLICY}, target) (rate(switchboard_sla_at_risk_total[5m]))"
            )
        },
    ),
    Panel(
        title="Breached",
        says="Targets that were broken, a minute.",
        queries={
            "{{desk}} {{policy}} {{target}}": (
                f"60 * sum by ({_BY_POLICY}, target)"
                ' (rate(switchboard_sla_outcomes_total{outcome="broken"}[5m]))'
            )
        },
    ),
    Panel(
        title="Escalations by level",
        says="Levels that fired in ten minutes, and chains that an acknowledgement stopped.",
        queries={
            "{{desk}} {{policy}} level {{level}}": (
                f"sum by ({_BY_POLICY}, level) (increase(switchboard_escalations_total[10m]))"
            ),
            "acknowledged": (
                'sum (increase(switchboard_escalations_stopped_total{cause="acknowledged"}[10m]))'
            ),
        },
    ),
    Panel(
        title="Lateness",
        says=f"How late what was due fired, in engine time: 99 of 100, and all. Promised: {LATE_S}"
        " s. After an outage the backlog drains oldest first.",
        queries={
            "{{what}} p99": (
                "histogram_quantile(0.99, sum by (what, le)"
                " (rate(switchboard_firing_lateness_seconds_bucket[5m])))"
            ),
            "{{what}} max": (
                "histogram_quantile(1, sum by (what, le)"
                " (rate(switchboard_firing_lateness_seconds_bucket[5m])))"
            ),
        },
        unit="s",
        red_above=LATE_S,
    ),
    Panel(
        title="The router",
        says="Events decided a second, and the age of the event decided last: time that stands"
        " still makes everything late.",
        queries={
            "events/s": "sum (rate(switchboard_router_events_total[5m]))",
            "oldest event, s": "max (switchboard_router_event_age_seconds)",
        },
    ),
)
