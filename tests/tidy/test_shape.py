"""The tree is where one looks for it: mirrored tests, documented names, no dead files."""

import ast
import re
import subprocess

from tests.tidy.sources import PRODUCT, ROOT, Source, sources

ENTRY_POINTS = {"__init__", "__main__", "conftest"}


def test_every_unit_test_mirrors_a_source() -> None:
    """A unit test's path is its source's path; stories across a package carry the package's."""
    unmirrored = []
    for test in sources("tests/unit"):
        below = test.path.relative_to("tests/unit")
        if not below.name.startswith("test_"):
            continue
        # The checker is the tests' own, and has tests itself.
        folder = "tests/e2e/checker" if below.parts[0] == "e2e_checker" else below.parent
        target = ROOT / folder / below.name.removeprefix("test_")
        story = re.sub(
            r"_(properties|stories|samples|contract|schema|data|real_data)$", "", target.stem
        )
        names = (f"{story}.py", f"__{story}__.py")
        candidates = (target, target.with_suffix(""), *map(target.with_name, names))
        if not any(path.exists() for path in candidates):
            unmirrored.append(str(test.path))

    assert unmirrored == []


def test_public_names_say_what_they_promise() -> None:
    """Every module and every public class, function and method has a docstring."""
    silent = [name for source in sources(*PRODUCT) for name in _undocumented(source)]

    assert silent == []


def _undocumented(source: Source) -> list[str]:
    nodes = [
        node
        for parent in ast.walk(source.tree)
        if isinstance(parent, ast.Module)
        or (isinstance(parent, ast.ClassDef) and not parent.name.startswith("_"))
        for node in parent.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    ]
    silent = [node.name for node in nodes if not ast.get_docstring(node)]
    module = [] if ast.get_docstring(source.tree) else ["module"]
    return [f"{source.path}: {name}" for name in (*module, *silent)]


def test_every_test_says_its_promise() -> None:
    """A test's docstring is the promise that it holds us to."""
    silent = [
        f"{source.path}: {function.name}"
        for source in sources("tests")
        for function in source.functions()
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert silent == []


def test_no_source_file_is_dead() -> None:
    """Every module is imported by something or is an entry point."""
    everything = sources(*PRODUCT, "tests")
    imported: set[str] = set()
    for source in everything:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
                imported.update(f"{node.module}.{alias.name}" for alias in node.names)
    run = (ROOT / "Makefile").read_text()
    dead = [
        str(source.path)
        for source in sources(*PRODUCT)
        if source.path.stem not in ENTRY_POINTS
        and (name := ".".join(source.path.with_suffix("").parts)) not in imported
        and f"-m {name}" not in run
        and "__main__" not in source.text
    ]

    assert dead == []


def test_no_tracked_file_names_this_machine_or_a_registry() -> None:
    """The tree is the same wherever it is cloned."""
    pattern = r"(^|[^a-zA-Z.])/(wor[k]|ro[o]t)/[a-z.]|https?://[^ \"]*/(simpl[e]|maven[2])/"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", "."],  # noqa: S607 - git, and our words
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout == ""
