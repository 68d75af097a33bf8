"""The table of OWASP ASVS 5.0 is whole, and every test that it names is there."""

import ast
import re
from functools import cache

import pytest

from intake.accounts import passwords
from intake.configuration import PROJECT_ROOT
from scripts.requirements import CHAPTERS, STATES, TABLE, read

CONTENT = PROJECT_ROOT / "content"
ROWS = read(CONTENT / TABLE)
PAGE = (CONTENT / "quan-tri/security.md").read_text(encoding="utf-8")
_ID = re.compile(r"v5\.0\.0-(\d+)(?:\.(\d+)(?:\.(\d+))?)?")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
"""The levels of the requirements of each section of ASVS 5.0.0, in their order."""


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_levels_are_those_of_the_standard() -> None:
    levels = "".join(LEVELS.values())
    assert [levels.count(level) for level in "123"] == [70, 183, 92]
    assert {section.partition(".")[0] for section in LEVELS} == set(CHAPTERS)


def test_every_requirement_up_to_level_2_has_its_line() -> None:
    named = [row["requirement"].removeprefix("v5.0.0-") for row in ROWS]
    assert len(named) == len(set(named))
    for section, levels in LEVELS.items():
        whole = section in named or section.partition(".")[0] in named
        wanted = {f"{section}.{n}" for n, level in enumerate(levels, 1) if level != "3"}
        lines = {name for name in named if name.startswith(f"{section}.")}
        assert not (whole and lines), section
        assert whole or not wanted - lines, section


def test_lines_stand_in_their_order() -> None:
    numbers = [tuple(map(int, re.findall(r"\d+", row["requirement"])[3:])) for row in ROWS]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_a_line_is_sound(row: dict[str, str]) -> None:
    found = _ID.fullmatch(row["requirement"])
    assert found
    chapter, section, place = found.groups()
    assert chapter in CHAPTERS
    assert row["asks"]
    assert row["state"] in STATES
    if place:
        assert LEVELS[f"{chapter}.{section}"][int(place) - 1] == row["level"]
    else:
        assert row["state"] == "not applicable", "one line for all that doesn't apply"
    for test in row["tests"].split():
        named = _TEST.fullmatch(test)
        assert named, test
        assert named[2] in functions_of(named[1]), test
    assert row["tests"] if row["state"] == "holds" else row["remark"]


def section(title: str) -> str:
    """Return a section of the page of security."""
    _, _, rest = PAGE.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def test_the_threat_model_is_of_one_page() -> None:
    assert len(section("Threat model").split()) < 700


def test_the_page_names_every_way_in() -> None:
    accounts = section("Accounts")
    for address in ("/xu-ly/dang-nhap/", "/xu-ly/dang-nhap-chung/", "/bao-cao/tra-cuu/"):
        assert f"`{address}`" in accounts
    assert all(word in accounts.replace("\n", " ") for word in passwords._USUAL_HERE)


def test_the_page_says_how_many_sessions() -> None:
    assert "Any number of sessions at once" in section("Accounts")


def test_the_page_says_what_each_class_of_data_asks() -> None:
    for access in ("public", "internal", "personal"):
        (line,) = re.findall(rf"(?m)^\| `{access}` \|(.*)\|$", section("Personal data"))
        assert all(cell.strip() for cell in line.split("|"))


def test_the_page_says_when_libraries_are_mended() -> None:
    assert re.search(r"within \d+ days .* within \d+", section("Libraries"))


def test_the_page_names_what_costs_much() -> None:
    assert len(re.findall(r"(?m)^\| [a-z]", section("What costs much"))) >= 5


def test_the_page_says_what_is_logged() -> None:
    assert len(re.findall(r"(?m)^\| [a-z].*\|$", section("Logs"))) >= 4
