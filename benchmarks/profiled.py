"""Runs a service as it is and notes where its processor time goes:

    PROFILE=... python -m benchmarks.profiled SERVICE

Every few milliseconds of processor time that the process uses, the kernel interrupts it and the
stack of the main thread is counted: nothing is changed in the code, and waiting costs nothing. What
a C library does shows as the Python function that called it. Imports are left out. Written at the
end of the process.
"""

import atexit
import json
import os
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path, PurePath
from types import CodeType, FrameType

INTERVAL_S = 0.001
PROFILE_VARIABLE = "PROFILE"
STACK_FRAMES_MAX = 60
_IMPORTING = "<frozen importlib"

_own: Counter[CodeType] = Counter()
_total: Counter[CodeType] = Counter()


def main() -> None:
    """Run the service under the eye of the timer."""
    service, path = sys.argv[1], Path(os.environ[PROFILE_VARIABLE])
    atexit.register(write, path)
    begin()
    sys.argv = [service]
    runpy.run_module(f"services.{service}", run_name="__main__")


def begin() -> None:
    """Note from now on where the processor time of this process goes."""
    signal.signal(signal.SIGPROF, _note)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)


def write(path: Path) -> None:
    """Stop, and write what was noted."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    samples = sum(_own.values())
    counted = [
        {"name": _name(code), "own": _own[code], "total": total} for code, total in _total.items()
    ]
    path.write_text(json.dumps({"samples": samples, "functions": counted}), encoding="utf-8")


def _note(_number: int, frame: FrameType | None) -> None:
    innermost = frame
    seen: set[CodeType] = set()
    for _ in range(STACK_FRAMES_MAX):
        if frame is None:
            break
        if frame.f_code.co_filename.startswith(_IMPORTING):
            return
        seen.add(frame.f_code)
        frame = frame.f_back
    if innermost is not None:
        _own[innermost.f_code] += 1
        _total.update(seen)


def _name(code: CodeType) -> str:
    file = "/".join(PurePath(code.co_filename).parts[-2:])
    return f"{file}:{code.co_qualname}"


if __name__ == "__main__":
    main()
