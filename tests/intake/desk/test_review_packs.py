"""The pack of a management review, given at the desk to who prepares it."""

import io
import shutil
import zipfile

import pytest

from intake.configuration import PROJECT_ROOT
from intake.desk import review_packs
from intake.desk.review_packs import NoPack
from tests.intake.cases.slips import COORDINATOR, SECRETARY
from tests.intake.desk.conftest import SignIn, Slips

PERIOD = "XXLD-2020-01"


def test_the_page_offers_each_period(sign_in: SignIn) -> None:
    desk = sign_in(SECRETARY)
    text = desk.get("xem-xet/").text
    for code in (PERIOD, "2020", "2020-Q3"):
        assert f'href="/xu-ly/xem-xet/tai-ve/?ky={code}"' in text
    assert 'href="/xu-ly/xem-xet/"' in desk.get().text


def test_the_pack_is_that_of_the_command(sign_in: SignIn, slips: Slips) -> None:
    shutil.copytree(PROJECT_ROOT / "content", slips.places.content, dirs_exist_ok=True)
    answer = sign_in(SECRETARY).get("xem-xet/tai-ve/", ky=PERIOD)
    assert answer.status_code == 200, answer.text
    assert f"xem-xet-{PERIOD.lower()}.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
    assert {"tom-tat.pdf", "bao-cao.pdf", "quyet-dinh.xlsx"} <= names
    assert not (slips.places.root / "data" / "xem-xet").exists()


def test_an_unknown_period_is_told_with_those_that_there_are(sign_in: SignIn) -> None:
    answer = sign_in(SECRETARY).get("xem-xet/tai-ve/", ky="1999")
    assert answer.status_code == 404
    assert PERIOD in answer.text


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ("WARNING x\nChưa lập được tập tài liệu.\nMáy chưa có Pango.\n", "Máy chưa có Pango."),
        ("Traceback\nKeyError: 'secret'", "Hãy báo cho quản trị cổng."),
    ],
)
def test_a_failure_is_told_in_words(
    errors: str, told: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise NoPack(review_packs._told(errors))

    monkeypatch.setattr(review_packs, "packed", fail)
    answer = sign_in(SECRETARY).get("xem-xet/tai-ve/", ky=PERIOD)
    assert answer.status_code == 503
    assert told in answer.text
    assert "KeyError" not in answer.text


def test_only_who_prepares_reviews_gets_it(sign_in: SignIn) -> None:
    desk = sign_in(COORDINATOR)
    assert desk.get("xem-xet/").status_code == 403
    assert desk.get("xem-xet/tai-ve/", ky=PERIOD).status_code == 403
    assert "xem-xet/" not in desk.get().text
