import hashlib
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests.scripts.vietnamese_letters import LETTERS

FONTS = Path(__file__).resolve().parents[3] / "content" / "assets" / "fonts"
FACES = sorted(FONTS.glob("tinos-*.woff2"))
SIGNS = "→≥≤≠–—“”‘’…×°§₫□"


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.stem)
def test_every_face_draws_every_letter_of_vietnamese(face):
    font = TTFont(face)
    drawn = font.getBestCmap()
    glyphs = font.getGlyphSet()
    for letter in LETTERS + SIGNS:
        assert drawn.get(ord(letter), ".notdef") != ".notdef", letter
        assert glyphs[drawn[ord(letter)]].width > 0, letter


def test_a_letter_is_as_wide_as_in_times_new_roman():
    font = TTFont(FONTS / "tinos-400-normal.woff2")
    widths = {letter: font["hmtx"][font.getBestCmap()[ord(letter)]][0] for letter in "aệMW1"}
    assert widths == {"a": 909, "ệ": 909, "M": 1821, "W": 1933, "1": 1024}
    assert font["head"].unitsPerEm == 2048


def test_vendored_files_are_the_ones_written_down():
    written = dict(
        reversed(line.split())
        for line in (FONTS / "VENDORED.txt").read_text(encoding="utf-8").splitlines()
        if re.match(r"[0-9a-f]{64} ", line)
    )
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.woff2")
    }
    assert found == written
    assert len(FACES) == 4
