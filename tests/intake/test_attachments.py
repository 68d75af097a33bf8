import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from intake.attachments import ACCEPT, RefusedFile, media_type, read_attachments
from intake.configuration import Portal
from intake.journal.model import Attachment

OFFICE = "application/vnd.openxmlformats-officedocument."


def upload(content: bytes, name: str = "tep.bin") -> FileStorage:
    return FileStorage(io.BytesIO(content), name, content_type="image/png")


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("webp", "image/webp"),
        ("pdf", "application/pdf"),
        ("docx", OFFICE + "wordprocessingml.document"),
        ("xlsx", OFFICE + "spreadsheetml.sheet"),
        ("pptx", OFFICE + "presentationml.presentation"),
    ],
)
def test_a_file_is_known_by_its_content(
    sample: str, kind: str, samples: dict[str, bytes], portal: Portal
) -> None:
    (file,) = read_attachments([upload(samples[sample], "ten.exe")], (), portal)
    assert (file.media_type, file.content, file.name) == (kind, samples[sample], "ten.exe")
    assert f".{sample}" in ACCEPT.split(",")


@pytest.mark.parametrize(
    "sample",
    ["docm", "exe", "svg", "html", "text", "zip", "other office", "broken docx", "wave"],
)
def test_other_kinds_are_refused_whatever_their_name(
    sample: str, samples: dict[str, bytes], portal: Portal
) -> None:
    with pytest.raises(RefusedFile, match=r"“anh\.png” không thuộc loại được nhận"):
        read_attachments([upload(samples[sample], "anh.png")], (), portal)


@given(st.binary(max_size=200), st.booleans())
def test_no_content_breaks_the_check(content: bytes, zipped: bool) -> None:
    start = b"PK\x03\x04" if zipped else b""
    assert media_type(start + content) is None or not zipped


def test_an_empty_file_is_refused(portal: Portal) -> None:
    with pytest.raises(RefusedFile, match=r"“rong\.pdf” không có nội dung"):
        read_attachments([upload(b"", "rong.pdf")], (), portal)


@pytest.mark.parametrize(("extra", "taken"), [(0, True), (1, False)])
def test_a_file_may_be_as_large_as_the_limit(
    extra: int, taken: bool, samples: dict[str, bytes], portal: Portal
) -> None:
    content = samples["pdf"].ljust(portal.max_file_bytes + extra)
    if taken:
        assert len(read_attachments([upload(content)], (), portal)) == 1
    else:
        with pytest.raises(RefusedFile, match="lớn hơn 10 MB"):
            read_attachments([upload(content)], (), portal)


@pytest.mark.parametrize(("held", "sent", "taken"), [(0, 5, True), (0, 6, False), (3, 3, False)])
def test_held_and_sent_files_together_are_few(
    held: int, sent: int, taken: bool, portal: Portal
) -> None:
    waiting = [Attachment("a.pdf", "application/pdf", b"%%PDF-held%d" % n) for n in range(held)]
    uploads = [upload(b"%%PDF-sent%d" % n) for n in range(sent)]
    if taken:
        assert len(read_attachments(uploads, waiting, portal)) == held + sent
    else:
        with pytest.raises(RefusedFile, match="tối đa 5 tệp"):
            read_attachments(uploads, waiting, portal)


def test_the_same_content_counts_once_and_keeps_its_first_name(
    samples: dict[str, bytes], portal: Portal
) -> None:
    held = (Attachment("dau.png", "image/png", samples["png"]),)
    uploads = [upload(samples["png"], "hai.png"), upload(samples["pdf"], "ba.pdf")]
    files = read_attachments(uploads, held, portal)
    assert [file.name for file in files] == ["dau.png", "ba.pdf"]


def test_a_file_input_left_empty_sends_nothing(portal: Portal) -> None:
    assert read_attachments([upload(b"", "")], (), portal) == ()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("anh.png", "anh.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\Ảnh 1.png", "Ảnh 1.png"),
        ("/tuyet/doi.pdf", "doi.pdf"),
        ("A\u0309nh.png", "Ảnh.png"),
        ("a\x00b.png", "tep"),
        ("a\x1b[31m.png", "tep"),
        ("a\nb.png", "a b.png"),
        ("exe\u202egnp.png", "exegnp.png"),
        ("  .  ", "."),
        ("\u200b", "tep"),
        ("x" * 200 + ".docx", "x" * 115 + ".docx"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str, samples: dict[str, bytes], portal: Portal) -> None:
    (file,) = read_attachments([upload(samples["png"], sent)], (), portal)
    assert file.name == kept
