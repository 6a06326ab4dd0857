"""The glossary's words, and no others."""

import ast
import re

from tests.tidy.sources import PRODUCT, ROOT, Source, sources

# word: what to say instead. Names of the outside world (a provider's field) are strings, not names.
BANNED = {
    "workspace": "tenant",
    "ticket": "conversation or work item",
    "inbox": "endpoint",
    "operator": "agent",
    "snapshot": "save",
    "payload": "data, body or record",
    "helper": "the thing's own name",
    "helpers": "the thing's own name",
    "utils": "the thing's own name",
    "util": "the thing's own name",
    "manager": "what it does",
    "roster": "shift",
}


def _names(source: Source) -> set[str]:
    names = {source.path.stem}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return set(spaced.lower().split("_"))


def test_names_use_the_glossarys_words() -> None:
    """One word, one meaning; a new word enters the glossary in the same commit."""
    used = [
        f"{source.path}: {name}: say {BANNED[word]}"
        for source in sources(*PRODUCT)
        for name in sorted(_names(source))
        for word in _words(name) & BANNED.keys()
    ]

    assert used == []


def test_the_glossary_explains_every_contract_term() -> None:
    """The list is the project's own and is kept."""
    glossary = (ROOT / "docs" / "GLOSSARY.md").read_text()
    terms = [
        node.name
        for source in sources("libs/common/contracts")
        if source.path.name == "terms.py"
        for node in source.tree.body
        if isinstance(node, ast.ClassDef)
    ]

    assert [term for term in terms if term not in glossary] == []
