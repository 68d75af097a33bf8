import unicodedata

import pytest

from scripts.slugs import slug


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("Hoạt động", "hoat-dong", id="đ is kept as d"),
        pytest.param("Đo ĐẠC", "do-dac", id="capital Đ as well"),
        pytest.param("ấ ầ ẩ ẫ ậ ắ ằ ẳ ẵ ặ", "a-a-a-a-a-a-a-a-a-a", id="marks on marks"),
        pytest.param("ô ơ ư ê ý", "o-o-u-e-y", id="letters with one mark"),
        pytest.param("BM-HT04.01", "bm-ht04-01", id="a code with a dot"),
        pytest.param("QT-TĐKT-02", "qt-tdkt-02", id="a code with Đ"),
        pytest.param("  – Điều 4.1: (bối cảnh)! ", "dieu-4-1-boi-canh", id="signs become one dash"),
        pytest.param("c__d", "c-d", id="underscores"),
        pytest.param("…", "", id="nothing is left"),
    ],
)
def test_slug(text: str, address: str) -> None:
    assert slug(text) == address


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_slug_does_not_depend_on_how_the_letters_are_encoded(form: str) -> None:
    assert slug(unicodedata.normalize(form, "Sự không phù hợp")) == "su-khong-phu-hop"


def test_slug_takes_the_separator_of_the_table_of_contents() -> None:
    assert slug("Phạm vi áp dụng", "_") == "pham_vi_ap_dung"
