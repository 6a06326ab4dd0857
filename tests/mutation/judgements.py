"""What people say about the survivors, kept in a committed file by the mutants' lasting names."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

COMMITTED = Path(__file__).with_name("judgements.yaml")


class InvalidJudgementError(Exception):
    """The file says something that is no judgement."""


class Kind(StrEnum):
    """The three things that can be said."""

    EQUIVALENT = "equivalent"
    ACCEPTABLE = "acceptable"
    TEST_ADDED = "test added"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One survivor judged, with the reason."""

    kind: Kind
    because: str


def read(path: Path) -> dict[str, Judgement]:
    """The judgements by mutant; none when there is no file. Raises InvalidJudgementError."""
    raw = yaml.safe_load(path.read_text()) if path.exists() else None
    if not isinstance(raw, dict | None):
        raise InvalidJudgementError(f"{path}: expected a mapping by mutant, found {type(raw)}")
    return {str(mutant_id): _judgement(mutant_id, one) for mutant_id, one in (raw or {}).items()}


def _judgement(mutant_id: object, raw: Any) -> Judgement:  # noqa: ANN401 - what the file says
    kinds = {str(kind) for kind in Kind}
    if not isinstance(raw, dict) or raw.get("kind") not in kinds or not raw.get("because"):
        expected = f"kind (one of {sorted(kinds)}) and because"
        raise InvalidJudgementError(f"judgement of {mutant_id}: expected {expected}, found {raw}")
    return Judgement(Kind(raw["kind"]), str(raw["because"]))
