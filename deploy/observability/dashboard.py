"""Grafana dashboards made from a few lines: panels in rows of two, each with one or two queries.

`python -m docs.generate` writes them beside this file as JSON, which is what one imports.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_WIDTH, _HEIGHT = 12, 8
_SOURCE = {"type": "prometheus", "uid": "${source}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture: `queries` are PromQL by legend, `unit` is Grafana's, `says` is for the reader.

    `red_above` or `red_below` draws where it begins to be bad.
    """

    title: str
    says: str
    queries: Mapping[str, str]
    unit: str = "short"
    red_above: float | None = None
    red_below: float | None = None

    def document(self, number: int) -> dict[str, object]:
        """The panel as Grafana reads it; its place follows from its number."""
        column, row = number % 2, number // 2
        return {
            "id": number + 1,
            "type": "timeseries",
            "title": self.title,
            "description": self.says,
            "datasource": _SOURCE,
            "gridPos": {"h": _HEIGHT, "w": _WIDTH, "x": column * _WIDTH, "y": row * _HEIGHT},
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": {"tooltip": {"mode": "multi"}, "legend": {"displayMode": "table"}},
            "targets": [
                {"refId": chr(ord("A") + at), "expr": expression, "legendFormat": legend}
                for at, (legend, expression) in enumerate(self.queries.items())
            ],
        }

    def _defaults(self) -> dict[str, object]:
        steps: list[dict[str, object]] = [{"color": "green", "value": None}]
        if self.red_above is not None:
            steps.append({"color": "red", "value": self.red_above})
        elif self.red_below is not None:
            steps = [
                {"color": "red", "value": None},
                {"color": "green", "value": self.red_below},
            ]
        is_marked = len(steps) > 1
        return {
            "unit": self.unit,
            "min": 0,
            "custom": {"thresholdsStyle": {"mode": "line" if is_marked else "off"}},
            "thresholds": {"mode": "absolute", "steps": steps},
        }


def dashboard(uid: str, title: str, panels: tuple[Panel, ...]) -> str:
    """The JSON document of a dashboard; its data source is chosen when it is looked at."""
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    made = {
        "uid": uid,
        "title": title,
        "tags": ["switchboard"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [panel.document(number) for number, panel in enumerate(panels)],
    }
    return json.dumps(made, indent=2) + "\n"


def expressions(panels: tuple[Panel, ...]) -> Iterator[str]:
    """All queries."""
    for panel in panels:
        yield from panel.queries.values()
