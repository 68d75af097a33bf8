"""On a narrow screen a row of the desk is a card, whose cells then name their column."""

import re
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT

_TEMPLATES = sorted((PROJECT_ROOT / "intake/templates/desk").glob("*.html"))
_WITH_TABLES = [path for path in _TEMPLATES if "<table" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", _WITH_TABLES, ids=lambda path: path.stem)
def test_each_cell_but_the_first_names_its_column(path: Path) -> None:
    tables = re.findall(r"<table.*?</table>", path.read_text(encoding="utf-8"), re.DOTALL)
    for table in tables:
        assert table.startswith('<table class="qms qms--stacks">')
        titles = re.findall(r'<th scope="col">([^<]*)</th>', table)
        cells = re.findall(r"<t[dh]\b[^>]*>", table.partition("<tbody>")[2])
        assert len(cells) == len(titles)
        for title, cell in zip(titles[1:], cells[1:], strict=True):
            assert f'data-label="{title}"' in cell
