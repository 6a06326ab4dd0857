"""Puts a mutant in the place of its module, in this process only: no file is ever written."""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType


def module_name(path: str) -> str:
    """The import path of a file: its path below the root."""
    return ".".join(Path(path).with_suffix("").parts)


class _MutantLoader(SourceFileLoader):
    """Loads the given tree instead of what the file says; neither reads nor writes bytecode."""

    def __init__(self, fullname: str, path: str, tree: ast.Module) -> None:
        super().__init__(fullname, path)
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:
        """The mutant's code."""
        return compile(self._tree, self.get_filename(fullname), "exec")


class MutantFinder(MetaPathFinder):
    """Finds one module, the mutated one, before anybody else does."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self._name = name
        self._tree = tree
        self.was_asked = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The mutant's spec; None for every other module."""
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return None
        self.was_asked = True
        spec.loader = _MutantLoader(fullname, spec.origin, self._tree)
        return spec


def install(path: str, tree: ast.Module) -> MutantFinder:
    """From now on this process imports the mutant. The module must not be imported yet."""
    name = module_name(path)
    assert name not in sys.modules, f"{name} is imported already"
    finder = MutantFinder(name, tree)
    sys.meta_path.insert(0, finder)
    return finder
