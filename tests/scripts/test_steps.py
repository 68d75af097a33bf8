from pathlib import Path

import pytest

from scripts.files_hash import digest, folder_hash
from scripts.steps import Steps

KEY, OTHER = digest("step", "a"), digest("step", "b")


def made_before(path: Path, ground: str = "g") -> None:
    steps = Steps(path, ground)
    steps.put(KEY, "made")
    steps.save()


def test_what_was_made_is_found_by_the_next_build(tmp_path: Path) -> None:
    made_before(tmp_path / "steps")
    steps = Steps(tmp_path / "steps", "g")
    assert steps.once(KEY, lambda: pytest.fail("it was made before")) == "made"
    assert steps.once(OTHER, lambda: "anew") == "anew"


def test_what_a_build_did_not_use_is_dropped(tmp_path: Path) -> None:
    made_before(tmp_path / "steps")
    steps = Steps(tmp_path / "steps", "g")
    steps.once(OTHER, lambda: "anew")
    steps.save()
    assert Steps(tmp_path / "steps", "g").get(KEY) is None


def test_what_a_build_that_did_not_pass_made_is_not_kept(tmp_path: Path) -> None:
    made_before(tmp_path / "steps")
    Steps(tmp_path / "steps", "g").once(OTHER, lambda: "refused")
    steps = Steps(tmp_path / "steps", "g")
    assert (steps.get(KEY), steps.get(OTHER)) == ("made", None)


def test_other_code_or_settings_begin_anew(tmp_path: Path) -> None:
    made_before(tmp_path / "steps")
    assert Steps(tmp_path / "steps", "other").get(KEY) is None


@pytest.mark.parametrize("size", [0, 10, 32, -1])
def test_a_file_that_is_cut_off_is_as_none(tmp_path: Path, size: int) -> None:
    path = tmp_path / "steps"
    made_before(path)
    path.write_bytes(path.read_bytes()[:size])
    assert Steps(path, "g").get(KEY) is None


def test_a_file_with_one_wrong_bit_is_as_none(tmp_path: Path) -> None:
    path = tmp_path / "steps"
    made_before(path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    assert Steps(path, "g").get(KEY) is None


def test_a_step_that_reads_one_file_reads_the_same_once(tmp_path: Path) -> None:
    read = []

    def length(content: str) -> int:
        read.append(content)
        return len(content)

    for _ in range(2):
        steps = Steps(tmp_path / "steps", "g")
        keeping = steps.kept(length)
        assert [keeping("ab"), keeping("ab"), keeping("c")] == [2, 2, 1]
        steps.save()
    assert read == ["ab", "c"]


def test_parts_of_a_hash_stand_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab", b"c") == digest("ab", "c")


def test_a_folder_is_its_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    hashes = {folder_hash(tmp_path)}
    (tmp_path / "a.pyc").write_text("compiled")
    assert folder_hash(tmp_path) in hashes
    (tmp_path / "a").write_text("2")
    hashes.add(folder_hash(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    hashes.add(folder_hash(tmp_path))
    assert len(hashes) == 3
