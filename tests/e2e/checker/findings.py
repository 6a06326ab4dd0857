"""What the checker says: each contradiction in one line, and how much it looked at."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

SHOWN_PER_RULE_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that must not be: the broken rule, what it is about, and what was seen."""

    rule: str
    subject: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on a run. `looked_at` counts what was examined, so that nobody takes an empty
    run for a good one.
    """

    findings: tuple[Finding, ...]
    looked_at: Mapping[str, int]

    @property
    def is_good(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def rules_broken(self) -> frozenset[str]:
        """The names of the rules that do not hold."""
        return frozenset(finding.rule for finding in self.findings)

    def to_json(self) -> str:
        """The whole report."""
        document = {
            "is_good": self.is_good,
            "looked_at": dict(self.looked_at),
            "findings": [asdict(finding) for finding in self.findings],
        }
        return json.dumps(document, indent=2)

    def to_text(self) -> str:
        """The report for a person: at most five findings of each rule, and how many there are."""
        counts = ", ".join(f"{count} {what}" for what, count in self.looked_at.items())
        verdict = "nothing contradicts" if self.is_good else f"{len(self.findings)} contradictions"
        lines = [f"{verdict}; looked at {counts}"]
        told: Counter[str] = Counter()
        for finding in self.findings:
            told[finding.rule] += 1
            if told[finding.rule] <= SHOWN_PER_RULE_MAX:
                lines.append(f"  {finding.rule}: {finding.subject}: {finding.seen}")
        for rule, count in told.items():
            if count > SHOWN_PER_RULE_MAX:
                lines.append(f"  {rule}: {count - SHOWN_PER_RULE_MAX} more")
        return "\n".join(lines)
