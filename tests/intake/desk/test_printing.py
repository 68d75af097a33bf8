"""Slips printed at the desk: whoever sees the case gets it, with no more than its page shows."""

import io

import pypdfium2
import pytest
from docx import Document

from intake.accounts.store import AccountStore
from intake.journal.model import Attachment
from intake.journal.sqlite import SqliteJournal
from intake.paper import sheets
from intake.receipts import new_token
from tests.conftest import MakeSubmission
from tests.intake.cases.slips import ACCEPTED, COORDINATOR, SECRETARY, person
from tests.intake.desk.conftest import SignIn, Slips, add

OTHER_UNIT = person("khac", "coordinator", "KHCN")


def words(content: bytes) -> str:
    return " ".join(Document(io.BytesIO(content)).element.body.itertext())


def test_a_case_is_printed_with_all_that_was_done_and_its_files(
    sign_in: SignIn, slips: Slips, journal: SqliteJournal, make_submission: MakeSubmission
) -> None:
    photo = Attachment("hiện trường.png", "image/png", b"\x89PNG\r\n\x1a\n1")
    number = journal.append(make_submission(attachments=(photo,))).number
    slips.through(number, *ACCEPTED, (COORDINATOR, "correct"))
    desk = sign_in(SECRETARY)
    assert f"in/?so={number}&amp;dang=pdf" in desk.get("phieu/", so=number).text
    answer = desk.get("in/", so=number, dang="docx")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={number}.docx"
    assert answer.headers["Cache-Control"] == "no-store"
    for text in ("hiện trường.png", "Đã thu hồi văn bản sai.", "Tiếp nhận", number):
        assert text in words(answer.data)
    page = pypdfium2.PdfDocument(desk.get("in/", so=number, dang="pdf").data)[0]
    assert number in page.get_textpage().get_text_range()


def test_only_those_who_may_know_the_sender_read_it_on_paper(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open(sender_name="Trần Văn Kín", sender_email="kin@example.gov.vn")
    for who, told in ((SECRETARY, True), (COORDINATOR, False)):
        printed = words(sign_in(who).get("in/", so=number, dang="docx").data)
        assert ("Trần Văn Kín" in printed) == told
        assert ("kin@example.gov.vn" in printed) == told


def test_a_case_that_somebody_does_not_see_is_not_printed_either(
    sign_in: SignIn, slips: Slips, store: AccountStore
) -> None:
    add(store, OTHER_UNIT)
    number = slips.open()
    assert sign_in(OTHER_UNIT).get("in/", so=number, dang="docx").status_code == 404
    assert sign_in(SECRETARY).get("in/", so="KPH-2020-999", dang="docx").status_code == 404
    assert sign_in(SECRETARY).get("in/", so=number, dang="exe").status_code == 404
    nobody = sign_in(SECRETARY)
    nobody.client.delete_cookie("qms_session", path="/xu-ly/")
    assert "dang-nhap" in nobody.get("in/", so=number, dang="docx").headers["Location"]


def test_without_pango_pdf_is_refused_kindly_and_docx_still_given(
    sign_in: SignIn, slips: Slips, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise sheets.NoPango("Máy chủ thiếu thư viện Pango.")

    monkeypatch.setattr(sheets, "_setter", missing)
    number, desk = slips.open(), sign_in(SECRETARY)
    answer = desk.get("in/", so=number, dang="pdf")
    assert answer.status_code == 503
    assert "Pango" in answer.text
    assert desk.get("in/", so=number, dang="docx").status_code == 200


def test_a_library_that_cannot_be_loaded_is_told_as_missing_pango(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import builtins

    real = builtins.__import__

    def broken(name: str, *rest: object, **more: object) -> object:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(sheets.NoPango, match="Pango"):
        sheets._setter.__wrapped__()
    assert new_token()
