from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts.front_matter import front_matter
from scripts.revision_texts import CannotFreeze, expanded, freeze, frozen_path, text_of
from scripts.revisions import revision_pages
from scripts.stage import stage
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import WithRows

PAGE = """---
document: QT-BC-01
---
{{ document_head() }}

## 1. Mục đích

Theo [QT-HT-01](qt-ht-01.md) và [trang chủ](../index.md).

{{ flowchart() }}

{{ steps() }}

{{ forms() }}
"""


@pytest.fixture
def written(small_places: Places) -> Path:
    page = small_places.content / "tai-lieu/qt-bc-01.md"
    page.write_text(PAGE, encoding="utf-8")
    return small_places.content


def test_a_frozen_text_has_its_tables_written_out(small_system: System, written: Path) -> None:
    frozen = freeze(written, small_system, "QT-BC-01").read_text(encoding="utf-8")
    assert "<tr><td>2</td><td><strong>Đủ &amp; đúng &lt;hồ sơ&gt;?</strong>" in frozen
    assert "→ Đủ: bước 3. → Thiếu: bước 1." in frozen
    assert "<td>BM-BC01.01</td><td>Phiếu thẩm định</td>" in frozen
    assert "0,5 ngày làm việc" in frozen
    assert "document_head" not in frozen
    assert front_matter(frozen.splitlines())["revision"] == '"02"'


def test_a_frozen_text_reads_as_the_present_one(small_system: System, written: Path) -> None:
    before = text_of(small_system, written, "QT-BC-01", "02")
    assert before
    frozen = freeze(written, small_system, "QT-BC-01")
    assert frozen == frozen_path(written, "QT-BC-01", "02")
    assert text_of(small_system, written, "QT-BC-01", "02") == before
    assert "](../qt-ht-01.md)" in frozen.read_text(encoding="utf-8")
    assert "](../../index.md)" in frozen.read_text(encoding="utf-8")


def test_a_frozen_text_stays_when_its_page_changes(small_system: System, written: Path) -> None:
    freeze(written, small_system, "QT-BC-01")
    (written / "tai-lieu/qt-bc-01.md").write_text("{{ document_head() }}\n\nLời mới\n")
    assert "Mục đích" in str(text_of(small_system, written, "QT-BC-01", "02"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("QT-KHONG-01", "không có tài liệu"),
        ("QT-BC-02", "chưa có lời văn"),
        ("TL-HT-01", "chưa có lời văn"),
    ],
)
def test_what_has_no_text_in_force_is_not_frozen(
    small_system: System, written: Path, code: str, words: str
) -> None:
    with pytest.raises(CannotFreeze, match=words):
        freeze(written, small_system, code)


def test_a_text_is_frozen_once(small_system: System, written: Path) -> None:
    frozen = freeze(written, small_system, "QT-BC-01")
    frozen.write_text("sửa tay")
    with pytest.raises(CannotFreeze, match="đã được lưu"):
        freeze(written, small_system, "QT-BC-01")
    assert frozen.read_text() == "sửa tay"


def test_every_macro_of_a_shipped_document_can_be_written_out(shipped_system: System) -> None:
    content = Places(PROJECT_ROOT).content
    for document in shipped_system.documents.values():
        page = content / f"{document['address'].rstrip('/')}.md"
        if page.exists():
            assert "{{" not in expanded(shipped_system, document["code"], page.read_text())


def test_a_table_can_be_scrolled_with_the_keyboard(small_system: System) -> None:
    text = expanded(small_system, "QT-BC-01", "{{ steps() }}")
    assert text.startswith('<div class="qms-table" tabindex="0" role="region" aria-label="Bước">')


def earlier_text(content: Path, revision: str, words: str) -> None:
    path = frozen_path(content, "QT-BC-01", revision)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'---\nrevision_of: QT-BC-01\nrevision: "{revision}"\n---\n'
        f"{{{{ revision_head() }}}}\n\n{words}\n"
    )


def test_two_texts_have_a_page_that_compares_them(small_places: Places, written: Path) -> None:
    earlier_text(written, "01", "Lời cũ")
    system = System.load(small_places)
    assert revision_pages(written) == {("QT-BC-01", "01"): "tai-lieu/cac-lan/qt-bc-01-01/"}
    folder = stage(small_places, system)
    page = (folder / "tai-lieu/so-sanh/qt-bc-01-01-02.md").read_text()
    assert '{{ comparison("QT-BC-01", "01", "02") }}' in page
    html = Views(system, "../../../").comparison(written, "QT-BC-01", "01", "02")
    assert "<del>Lời cũ</del>" in html
    assert "<ins>1. Mục đích</ins>" in html
    assert 'href="../../../tai-lieu/cac-lan/qt-bc-01-01/"' in html


def test_one_text_alone_is_compared_with_nothing(small_places: Places, written: Path) -> None:
    folder = stage(small_places, System.load(small_places))
    assert not (folder / "tai-lieu/so-sanh").exists()
    assert written.exists()


def test_a_document_names_its_earlier_texts_and_its_draft(
    small_places: Places, written: Path
) -> None:
    earlier_text(written, "01", "Lời cũ")
    views = Views(System.load(small_places), "../../")
    head = views.document_head("QT-BC-01")
    assert 'href="../../tai-lieu/cac-lan/qt-bc-01-01/"' in head
    assert 'href="../../tai-lieu/so-sanh/qt-bc-01-01-02/"' in head
    assert "Đang có dự thảo" not in head


def test_a_frozen_text_in_force_is_not_compared_with_itself(
    small_places: Places, small_system: System, written: Path
) -> None:
    freeze(written, small_system, "QT-BC-01")
    system = System.load(small_places)
    assert not (stage(small_places, system) / "tai-lieu/so-sanh").exists()
    assert "so-sanh" not in Views(system, "../../").document_head("QT-BC-01")
    head = Views(system, "../../../").revision_head("QT-BC-01", "02")
    assert "Lời văn đã lưu của lần đang hiệu lực" in head
    assert "Đã được thay thế" not in head


def test_the_head_of_an_earlier_text_leads_to_the_one_in_force(small_system: System) -> None:
    html = Views(small_system, "../../../").revision_head("QT-BC-01", "01")
    assert "<strong>Đã được thay thế</strong> từ ngày 01/06/2020" in html
    assert 'href="../../../tai-lieu/qt-bc-01/"' in html
    draft = Views(small_system, "../../../").revision_head("QT-BC-02", "01")
    assert "<strong>Dự thảo.</strong>" in draft


def test_a_withdrawn_document_leads_to_what_replaces_it(with_rows: WithRows) -> None:
    system = with_rows(
        "documents",
        {"code": "QT-BC-03", "kind": "operational_procedure", "replaced_by": "QT-BC-01"},
        {"code": "QT-BC-01", "kind": "operational_procedure", "title": "Cấp phép"},
    )
    head = Views(system, "../../").document_head("QT-BC-03")
    assert 'Thay bằng <a href="../../tai-lieu/qt-bc-01/"' in head
