import json
from pathlib import Path

import pytest

from scripts.search.text import syllable, syllables

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "forms", "keys"), VECTORS)
def test_syllables(text: str, forms: list[str], keys: list[str]) -> None:
    found = list(syllables(text))
    assert [each.form for each in found] == forms
    assert [each.key for each in found] == keys


def test_a_tone_that_another_one_contradicts_is_another_form() -> None:
    assert syllable("tài") != syllable("tái")
    assert syllable("tài").key == syllable("tái").key == "tai"
