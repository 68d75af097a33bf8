"""The files that people attach: few, small, and of a kind that is known by its first bytes."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

from werkzeug.datastructures import FileStorage

from intake.configuration import Portal
from intake.journal.model import Attachment
from intake.text import has_control_characters, normalise

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_PARTS = {
    "word/document.xml": _OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": _OFFICE + "spreadsheetml.sheet",
    "ppt/presentation.xml": _OFFICE + "presentationml.presentation",
}
_NAME_LENGTH = 120

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    _OFFICE + "wordprocessingml.document": "docx",
    _OFFICE + "spreadsheetml.sheet": "xlsx",
    _OFFICE + "presentationml.presentation": "pptx",
}
"""How the name of a file of each kind ends."""

ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.pptx"
"""What a file input offers."""

KINDS = "ảnh (JPG, PNG, WebP), PDF, Word, Excel, PowerPoint (docx, xlsx, pptx)"
"""The same in words."""


class RefusedFile(ValueError):
    """A file can't be taken; the message says which and what to do."""


def read_attachments(
    sent: Sequence[FileStorage], held: Sequence[Attachment], portal: Portal
) -> tuple[Attachment, ...]:
    """Return the files held already and those sent now, each content once.

    Raises:
        RefusedFile: a file is empty, too large, of another kind, or there are too many.
    """
    files = {file.sha256: file for file in held}
    for upload in sent:
        if upload.filename:
            file = _read(upload, portal.max_file_bytes)
            files.setdefault(file.sha256, file)
    if len(files) > portal.max_files:
        raise RefusedFile(f"Chỉ gửi kèm tối đa {portal.max_files} tệp; hãy bỏ bớt.")
    return tuple(files.values())


def media_type(content: bytes) -> str | None:
    """Tell the kind of a file by its content, None when it is not one of those taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return None


def download_name(name: str, media_type: str) -> str:
    """Return the name under which a file is given away.

    It ends as its kind does: what is sent as `a.hta` and begins like a PDF is run by nothing.
    """
    ending = f".{EXTENSIONS.get(media_type, 'bin')}"
    is_so_called = name.lower().replace(".jpeg", ".jpg").endswith(ending)
    return name if is_so_called else name + ending


def _read(upload: FileStorage, limit: int) -> Attachment:
    name = _safe_name(upload.filename or "")
    content = upload.stream.read(limit + 1)
    if not content:
        raise RefusedFile(f"Tệp “{name}” không có nội dung; hãy chọn lại.")
    if len(content) > limit:
        raise RefusedFile(f"Tệp “{name}” lớn hơn {limit // 1_000_000} MB; hãy gửi bản nhỏ hơn.")
    kind = media_type(content)
    if kind is None:
        raise RefusedFile(f"Tệp “{name}” không thuộc loại được nhận: {KINDS}.")
    return Attachment(name, kind, content)


def _safe_name(sent: str) -> str:
    name = normalise(PurePosixPath(sent.replace("\\", "/")).name).replace("\n", " ")
    if not name or has_control_characters(name):
        return "tep"
    return name if len(name) <= _NAME_LENGTH else name[-_NAME_LENGTH:]


def _office_type(content: bytes) -> str | None:
    """Tell the kind of an Office file; one with macros is not taken."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), None)
