"""Regenerates the documents that are made from the code, or with `--check` says which are stale."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from docs.asyncapi_document import asyncapi_document
from docs.dashboard_documents import dashboard_documents
from docs.desk_page import desk_page
from docs.example_pictures import example_pictures
from docs.lifecycle_document import lifecycle_document
from docs.openapi_documents import openapi_documents
from docs.schema_documents import schema_documents

ROOT = Path(__file__).parent
Documents = Iterator[tuple[str, str]]
SOURCES: tuple[Callable[[], Documents], ...] = (
    schema_documents,
    openapi_documents,
    asyncapi_document,
    lifecycle_document,
    desk_page,
    example_pictures,
    dashboard_documents,
)


def generated() -> dict[Path, str]:
    """Every generated document: its path and its text."""
    return {(ROOT / name).resolve(): text for source in SOURCES for name, text in source()}


def stale() -> list[str]:
    """Documents that the code would now make otherwise, and those it no longer makes."""
    documents = generated()
    differing = [
        path for path, text in documents.items() if not path.exists() or path.read_text() != text
    ]
    leftovers = [path for path in (ROOT / "api").rglob("*.json") if path not in documents]
    return sorted(str(path.relative_to(ROOT.parent)) for path in (*differing, *leftovers))


def main() -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when stale")
    if parser.parse_args().check:
        found = stale()
        for path in found:
            sys.stderr.write(f"stale: {path} (run `make docs`)\n")
        return 1 if found else 0
    for document, text in generated().items():
        document.parent.mkdir(parents=True, exist_ok=True)
        document.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
