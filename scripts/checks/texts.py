"""Rules on the texts of earlier revisions and drafts, and on what replaces a document."""

from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Place, Rule
from scripts.revision_texts import body_of, expanded, frozen_name
from scripts.revisions import REVISION_TEXTS, is_in_force

_WITH_TEXT = ("system_document", "system_procedure", "operational_procedure")


def replaced_texts_are_kept(material: Material) -> Iterator[Finding]:
    """What was in force once can be read: every superseded revision has its frozen text."""
    for row, place in material.rows("revisions"):
        code = row["document"]
        kind = material.system.documents[code]["kind"]
        kept = (code, row["revision"]) in material.system.revision_pages
        if row["status"] == "superseded" and kind in _WITH_TEXT and not kept:
            name = frozen_name(code, row["revision"])
            yield place.says(
                f"{code} lần {row['revision']}: thiếu lời văn content/{REVISION_TEXTS}/{name}; "
                f"trước khi sửa bài hãy chạy make freeze DOC={code}"
            )


def kept_texts_name_a_revision(material: Material) -> Iterator[Finding]:
    """A frozen text is of a revision that there is, in the file of its name."""
    revisions = {(row["document"], row["revision"]) for row, _ in material.rows("revisions")}
    for (code, revision), address in material.system.revision_pages.items():
        place = Place(f"content/{address.rstrip('/')}.md")
        if (code, revision) not in revisions:
            yield place.says(f"không có lần {revision} của {code} trong revisions.csv")
        elif not place.path.endswith(f"/{frozen_name(code, revision)}"):
            name = frozen_name(code, revision)
            yield place.says(f"tệp phải mang tên {name}")


def issued_texts_stay_as_they_are(material: Material) -> Iterator[Finding]:
    """Where the text in force was kept already, its page is changed with a new revision only."""
    frozen = {page.path: page for page in material.pages}
    for code, page in material.page_of.items():
        document = material.system.documents.get(code)
        current = document["current"] if document else None
        if current is None or (code, current["revision"]) not in material.system.revision_pages:
            continue
        kept = frozen[f"content/{REVISION_TEXTS}/{frozen_name(code, current['revision'])}"]
        if expanded(material.system, code, body_of(page.text)) != body_of(kept.text):
            yield Place(page.path).says(
                f"{code}: bài khác lời văn đã lưu của lần {current['revision']} đang hiệu lực; "
                "thêm lần ban hành mới vào revisions.csv hoặc trả lại lời văn"
            )


def replacements_are_in_force(material: Material) -> Iterator[Finding]:
    """Only a withdrawn document is replaced by another, and by one that is in force."""
    for row, place in material.rows("documents"):
        if row["replaced_by"] is None:
            continue
        documents = material.system.documents
        current = documents[row["code"]]["current"]
        if current is None or current["status"] != "withdrawn":
            yield place.says(f"{row['code']}: chưa hủy bỏ mà đã ghi tài liệu thay thế")
        successor = row["replaced_by"]
        if not is_in_force(documents[successor]["current"]):
            yield place.says(f"{row['code']}: tài liệu thay thế {successor} không hiệu lực")


RULES: tuple[Rule, ...] = (
    replaced_texts_are_kept,
    kept_texts_name_a_revision,
    issued_texts_stay_as_they_are,
    replacements_are_in_force,
)
