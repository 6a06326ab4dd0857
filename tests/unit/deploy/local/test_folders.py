"""Where local files live."""

from pathlib import Path

import pytest

from deploy.local.folders import cache_dir, instance_dir, local_dir


def test_default_is_the_ignored_folder_of_the_project() -> None:
    """Without the variable everything is in `.local`, beside pyproject.toml."""
    folder = local_dir({})

    assert folder.name == ".local"
    assert (folder.parent / "pyproject.toml").exists()


def test_variable_moves_everything(tmp_path: Path) -> None:
    """One variable moves the cache and all instances."""
    environment = {"SWITCHBOARD_LOCAL_DIR": str(tmp_path)}

    assert cache_dir(environment) == tmp_path / "cache"
    assert instance_dir("demo", environment) == tmp_path / "demo"


@pytest.mark.parametrize("name", ["", "cache", "../x", "a/b", "Demo", "-x", "a" * 64])
def test_name_that_is_not_a_plain_word_is_refused(name: str) -> None:
    """An instance can't escape its folder or land in the cache."""
    with pytest.raises(ValueError, match="instance"):
        instance_dir(name, {})
