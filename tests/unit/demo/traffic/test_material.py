"""Which material is played."""

from pathlib import Path

from demo.traffic.material import SAMPLE, find_material


def test_without_the_shared_data_the_sample_is_played(tmp_path: Path) -> None:
    """The demo has something to say wherever it is cloned."""
    material = find_material(tmp_path)

    assert material.is_sample
    assert (len(material.questions), len(material.dialogues)) == (16, 8)
    assert {episode.topic for episode in material.dialogues} == {"bank", "doctor", "hotel", "ride"}


def test_every_part_of_the_sample_names_its_source() -> None:
    """Other people's words are never without where they come from and their licence."""
    told = (SAMPLE / "SOURCE.md").read_text(encoding="utf-8")
    parts = [path.name for path in SAMPLE.iterdir() if path.is_dir()]

    assert [name for name in parts if name not in told] == []
    assert [name for name in parts if not list((SAMPLE / name).rglob("*LICENSE*"))] == []
