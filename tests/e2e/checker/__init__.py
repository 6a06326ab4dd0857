"""An independent judge of a run: reads what the outside saw, the topics and MongoDB.

It believes none of the services and shares no code with them; the contracts alone tell it how to
decode.
"""

from tests.e2e.checker.findings import Finding, Report
from tests.e2e.checker.judging import check
from tests.e2e.checker.material import Material, RawRecord

__all__ = ["Finding", "Material", "RawRecord", "Report", "check"]
