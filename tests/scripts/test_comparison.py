import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.comparison import Change, Side, blocks, compare

LINES = st.lists(
    st.sampled_from(
        ["Một việc", "Một việc khác hẳn", "Hai việc phải làm", "## Mục", "- điểm", "| a | b |"]
    ),
    max_size=8,
)


def text(sides: tuple[Side, ...]) -> list[str]:
    return ["".join(part.text for part in side) for side in sides]


def changed(side: Side) -> list[str]:
    return [part.text.strip() for part in side if part.changed]


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("## 5.1. Nguyên tắc", "5.1. Nguyên tắc"),
        ("- **Bản gốc**: bản đầu", "Bản gốc: bản đầu"),
        ("xem [QT-HT-04](qt-ht-04.md) và `mã`", "xem QT-HT-04 và mã"),
        ("| Bước | *Việc* |", "Bước | Việc"),
        ('!!! note "Lưu ý"', "Lưu ý"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("<tr><td>1</td><td><strong>Nhận &amp; ghi</strong> sổ</td></tr>", "1 | Nhận & ghi sổ"),
        ("<thead><tr><th>Bước</th><th>Việc</th></tr></thead>", "Bước | Việc"),
    ],
)
def test_blocks_are_plain_text(line: str, plain: str) -> None:
    assert blocks(line) == [plain]


def test_rules_of_tables_and_empty_lines_are_no_blocks() -> None:
    assert blocks("| a |\n| --- |\n\n| b |\n|:--|---|") == ["a", "b"]
    table = '<div class="x">\n<table>\n<tbody>\n<tr><td>a</td></tr>\n</table>\n</div>'
    assert blocks(table) == ["a"]


def test_equal_texts_are_one_run() -> None:
    (only,) = compare("a\n\nb", "a\nb")
    assert (only.kind, text(only.left)) == ("same", ["a", "b"])


def test_an_alike_block_is_changed_word_by_word() -> None:
    (change,) = compare("trả lời trong 8 ngày làm việc", "trả lời trong 5 ngày làm việc")
    assert change.kind == "changed"
    assert changed(change.left[0]) == ["8"]
    assert changed(change.right[0]) == ["5"]


def test_neighbouring_words_are_one_change() -> None:
    (change,) = compare("người báo cáo ký sau", "người duyệt phiếu ký sau")
    assert changed(change.left[0]) == ["báo cáo"]
    assert changed(change.right[0]) == ["duyệt phiếu"]


def test_what_is_new_or_gone_stands_alone() -> None:
    kinds = [change.kind for change in compare("a\nmất đi\nb", "a\nb\nthêm vào")]
    assert kinds == ["same", "removed", "same", "added"]


def test_blocks_that_are_not_alike_are_not_paired() -> None:
    kinds = [change.kind for change in compare("một hai ba", "bốn năm sáu")]
    assert kinds == ["removed", "added"]


@given(LINES, LINES)
def test_the_sides_joined_are_the_two_texts(before: list[str], after: list[str]) -> None:
    changes = compare("\n".join(before), "\n".join(after))

    def joined(side: str) -> list[str]:
        return [block for change in changes for block in text(getattr(change, side))]

    assert joined("left") == blocks("\n".join(before))
    assert joined("right") == blocks("\n".join(after))


@given(LINES, LINES)
def test_kinds_say_which_sides_there_are(before: list[str], after: list[str]) -> None:
    sides: dict[str, tuple[bool, bool]] = {
        "same": (True, True),
        "changed": (True, True),
        "removed": (True, False),
        "added": (False, True),
    }
    for change in compare("\n".join(before), "\n".join(after)):
        assert isinstance(change, Change)
        assert (bool(change.left), bool(change.right)) == sides[change.kind]
