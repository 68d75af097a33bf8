"""Rules on written pages: they belong to a document, in its place, with the parts it must have."""

import re
import unicodedata
from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Place, Rule

_LAW = re.compile(r"\b\d{1,3}/\d{4}/(?:QĐ|NĐ|TT|TTLT|NQ|QH\d+|CT|PL)[-A-ZĐa-z0-9]*")
"""The number of a Vietnamese legal document: ordinal, year, kind and issuer."""

_CODE = re.compile(r"\b(?:QT|BM|TL)-[A-ZĐ][A-Za-zĐđ]*[0-9]*(?:[-.][0-9]+)+")
_PROCEDURE_PARTS = (
    "1. Mục đích",
    "2. Phạm vi",
    "3. Tài liệu viện dẫn",
    "4. Định nghĩa",
    "5. Nội dung",
    "6. Biểu mẫu",
    "7. Hồ sơ",
)
_ADMINISTRATIVE_PARTS = (
    "5.1. Cơ sở pháp lý",
    "5.2. Thành phần hồ sơ",
    "5.3. Số lượng hồ sơ",
    "5.4. Thời gian",
    "5.5. Nơi tiếp nhận",
    "5.6. Phí, lệ phí",
    "5.7. Đối tượng",
)
_PROCEDURE_MACROS = ("document_head()", "flowchart()", "steps()", "forms()", "records()")


def pages_name_documents(material: Material) -> Iterator[Finding]:
    """A page's document exists, and the page stands at the document's address."""
    for page in material.pages:
        code = page.document
        if code is None:
            continue
        document = material.system.documents.get(code)
        if document is None:
            yield Place(page.path).says(f"không có tài liệu {code} trong documents.csv")
        elif page.path != f"content/{document['address'].rstrip('/')}.md":
            yield Place(page.path).says(f"bài của {code} phải nằm ở {document['address']}")


def procedures_have_their_parts(material: Material) -> Iterator[Finding]:
    """A procedure's page has the seven parts, and an administrative one those of section 5."""
    for code, page in material.page_of.items():
        document = material.system.documents.get(code)
        if document is None or not document["kind"].endswith("procedure"):
            continue
        wanted = _PROCEDURE_PARTS + (_ADMINISTRATIVE_PARTS if document["administrative"] else ())
        headings = [line.lstrip("#").strip() for line in page.lines if line.startswith("#")]
        for part in wanted:
            if not any(heading.startswith(part) for heading in headings):
                yield Place(page.path).says(f"{code}: thiếu mục “{part}”")
        for macro in _PROCEDURE_MACROS:
            if not any(macro in line for line in page.lines):
                yield Place(page.path).says(f"{code}: thiếu dòng {{{{ {macro} }}}}")


def codes_in_texts_exist(material: Material) -> Iterator[Finding]:
    """A code written in a page is the code of a document."""
    for page in material.pages:
        if page.path.startswith("content/quan-tri/"):
            continue
        for number, line in enumerate(page.lines, 1):
            for code in _CODE.findall(line):
                if code not in material.system.documents:
                    yield Place(page.path, number).says(f"không có tài liệu mang mã {code}")


def cited_law_is_listed(material: Material) -> Iterator[Finding]:
    """A legal document that a text cites is in the list of external documents, and linked."""
    listed = {row["number"] for row, _ in material.rows("external_documents")}
    linked = {(row["document"], row["number"]) for row, _ in material.rows("external_references")}
    for code, page in material.page_of.items():
        for line, text in enumerate(page.lines, 1):
            for number in _LAW.findall(text):
                place = Place(page.path, line)
                if number not in listed:
                    yield place.says(f"{number}: thêm văn bản này vào external_documents.csv")
                elif (code, number) not in linked:
                    missing = f"thêm dòng {code},{number} vào external_references.csv"
                    yield place.says(f"{number}: {missing}")


def texts_are_composed(material: Material) -> Iterator[Finding]:
    """Text is in NFC."""
    for page in material.pages:
        for number, line in enumerate(page.lines, 1):
            if unicodedata.normalize("NFC", line) != line:
                yield Place(page.path, number).says("chữ tổ hợp rời (NFD); chuyển về NFC")


def every_form_has_a_page(material: Material) -> Iterator[Finding]:
    """Every form schema stands on a page, or nobody could fill it."""
    for name in material.system.forms:
        if name not in material.system.form_pages:
            yield Place(f"data/forms/{name}.json").says(f"chưa có trang nào ghi “form: {name}”")


RULES: tuple[Rule, ...] = (
    pages_name_documents,
    procedures_have_their_parts,
    codes_in_texts_exist,
    cited_law_is_listed,
    texts_are_composed,
    every_form_has_a_page,
)
