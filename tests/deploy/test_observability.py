"""Dashboards and alerts ask for what the code exports, and tell whoever reads them what to do."""

import json
import re
from pathlib import Path

import yaml
from prometheus_client import Counter, Gauge, Histogram

from deploy.observability import promises
from deploy.observability.dashboard import dashboard, expressions
from libs.common import metrics

FOLDER = Path("deploy/observability")
METRIC = re.compile(r"\bswitchboard_[a-z_]+")
SUFFIXES = {Counter: ("_total",), Gauge: ("",), Histogram: ("_bucket", "_count", "_sum")}


def _exported() -> dict[str, tuple[str, ...]]:
    """Every series' name, with its labels."""
    return {
        f"{found._name}{suffix}": found._labelnames
        for found in vars(metrics).values()
        if isinstance(found, Counter | Gauge | Histogram)
        for suffix in SUFFIXES[type(found)]
    }


def _rules() -> list[dict[str, object]]:
    [group] = yaml.safe_load((FOLDER / "rules.yaml").read_text())["groups"]
    rules: list[dict[str, object]] = group["rules"]
    return rules


def test_every_query_asks_for_series_and_labels_that_the_code_exports() -> None:
    """A panel of a metric that was renamed would stay empty for ever, and an alert silent."""
    exported = _exported()
    asked = [*expressions(promises.PANELS), *(str(rule["expr"]) for rule in _rules())]

    unknown = [name for text in asked for name in METRIC.findall(text) if name not in exported]
    assert unknown == []
    for text in asked:
        known = {label for name in METRIC.findall(text) for label in exported[name]} | {"le"}
        grouped = {label for by in re.findall(r"by \(([^)]*)\)", text) for label in by.split(", ")}
        filtered = set(re.findall(r"[{,]\s*([a-z]+)[!=~]+\"", text))
        assert grouped | filtered <= known, text


def test_each_question_about_promises_has_its_panel() -> None:
    """Attainment, at risk, breached, escalations by level, lateness."""
    titles = {panel.title for panel in promises.PANELS}

    wanted = {"Attainment by policy", "At risk", "Breached", "Escalations by level", "Lateness"}
    assert wanted <= titles
    assert all(panel.says for panel in promises.PANELS)


def test_the_dashboard_is_one_that_grafana_can_import() -> None:
    """Own ids and places for all panels; the data source is asked for."""
    made = json.loads(dashboard(promises.UID, promises.TITLE, promises.PANELS))

    places = [tuple(panel["gridPos"].values()) for panel in made["panels"]]
    assert len(set(places)) == len({panel["id"] for panel in made["panels"]}) == len(places)
    assert made["templating"]["list"][0]["type"] == "datasource"


def test_each_alert_says_what_to_do() -> None:
    """At three in the morning a name is not enough."""
    for rule in _rules():
        annotations = rule["annotations"]
        assert isinstance(annotations, dict)
        assert annotations["summary"]
        assert len(annotations["action"]) > len(annotations["summary"]), rule["alert"]
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
