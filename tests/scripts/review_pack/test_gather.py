"""Every figure of a pack, reckoned once more from nothing but the files of the registers."""

from collections import Counter
from collections.abc import Callable

import pytest

from scripts import review
from scripts.review_pack.gather import TITLES, NoSuchPeriod, Pack, find_period, gather
from scripts.system import System
from tests.scripts.review_pack.conftest import HELD, table

ROOM = "2020-12-03"
"""Ninety days after the day of the review."""
Numbers = dict[str, int]


def numbers(pack: Pack, point: str) -> Numbers:
    found = next(each for each in pack.inputs if each.point == point)
    assert len({figure.title for figure in found.figures}) == len(found.figures)
    return {figure.title: figure.value for figure in found.figures}


def day_of(pack: Pack) -> str:
    return pack.period.last.isoformat()


def by(day: str, row: dict[str, str], field: str) -> bool:
    return "" < row[field] <= day


def in_force(day: str) -> dict[str, dict[str, str]]:
    return {
        row["document"]: row
        for row in table("revisions")
        if by(day, row, "effective_on") and not by(day, row, "ended_on")
    }


def judged(day: str, wanted: Callable[[dict[str, str]], bool]) -> Counter[str]:
    states: Counter[str] = Counter()
    for row in table("objectives"):
        if not wanted(row) or row["issued_on"] > day:
            continue
        measured = [
            each
            for each in table("measurements")
            if each["objective"] == row["code"] and each["measured_on"] <= day
        ]
        if not measured:
            states["chưa đo"] += 1
            continue
        newest = max(measured, key=lambda each: each["period"])
        above = float(newest["value"]) - float(row["target"])
        states[
            "đạt" if above == 0 or (above > 0) == (row["direction"] == "min") else "chưa đạt"
        ] += 1
    return states


def found_by(day: str) -> list[dict[str, str]]:
    audited = {row["code"] for row in table("audits") if row["audited_on"] <= day}
    return [row for row in table("findings") if row["audit"] in audited]


def earlier_actions(day: str) -> Numbers:
    held = {row["code"] for row in table("reviews") if row["held_on"] < day}
    rows = [row for row in table("review_actions") if row["review"] in held]
    done = [row for row in rows if by(day, row, "done_on")]
    late = [row for row in rows if row not in done and row["due_on"] < day]
    return {
        "việc của các lần trước": len(rows),
        "xong": len(done),
        "đang làm": len(rows) - len(done) - len(late),
        "quá hạn": len(late),
    }


def objectives(day: str) -> Numbers:
    states = judged(day, lambda _: True)
    parts = {words: states[words] for words in ("đạt", "chưa đạt", "chưa đo")}
    return {"mục tiêu": states.total(), **parts}


def processes(day: str) -> Numbers:
    kinds = {row["code"]: row["kind"] for row in table("documents")}
    own = {code for code in in_force(day) if kinds[code] == "operational_procedure"}
    states = judged(day, lambda row: row["document"] in own)
    parts = {words: states[words] for words in ("đạt", "chưa đạt", "chưa đo")}
    return {
        "quy trình nghiệp vụ đang hiệu lực": len(own),
        "mục tiêu của các quy trình này": states.total(),
        **parts,
    }


def nonconformities(day: str) -> Numbers:
    rows = [row for row in found_by(day) if row["grade"] != "observation"]
    closed = [row for row in rows if by(day, row, "closed_on")]
    late = [row for row in closed if row["closed_on"] > row["due_on"]]
    overdue = [row for row in rows if row not in closed and row["due_on"] < day]
    return {
        "phiếu không phù hợp nhận qua cổng": 0,
        "sự không phù hợp do đánh giá nội bộ thấy": len(rows),
        "đóng đúng hạn": len(closed) - len(late),
        "đóng trễ hạn": len(late),
        "đang khắc phục": len(rows) - len(closed) - len(overdue),
        "quá hạn": len(overdue),
    }


def audited(day: str) -> Numbers:
    grades = Counter(row["grade"] for row in found_by(day))
    return {
        "đợt đánh giá nội bộ": sum(row["audited_on"] <= day for row in table("audits")),
        "báo cáo chi tiết của đơn vị": len(table("audit_reports")),
        "không phù hợp nặng": grades["major"],
        "không phù hợp nhẹ": grades["minor"],
        "điểm lưu ý": grades["observation"],
        "phát hiện đã đóng": sum(by(day, row, "closed_on") for row in found_by(day)),
    }


def risks(day: str) -> Numbers:
    rows = [row for row in table("risks") if row["identified_on"] <= day]
    levels = {
        f"rủi ro mức {level['title'].lower()}": sum(
            int(level["minimum"])
            <= int(row["likelihood"]) * int(row["severity"])
            <= int(level["maximum"])
            for row in rows
        )
        for level in table("risk_levels")
    }
    done = [row for row in rows if by(day, row, "done_on")]
    late = [row for row in rows if row not in done and row["due_on"] < day]
    return {**levels, "biện pháp đã xong": len(done), "biện pháp quá hạn": len(late)}


def on_clauses(titles: dict[str, str]) -> Callable[[str], Numbers]:
    def count(day: str) -> Numbers:
        return {
            title: sum(
                row["clause"] == clause or row["clause"].startswith(f"{clause}.")
                for row in found_by(day)
            )
            for clause, title in titles.items()
        }

    return count


def opportunities(day: str) -> Numbers:
    return {
        "cơ hội đã đăng ký": sum(row["identified_on"] <= day for row in table("opportunities")),
        "điểm lưu ý của đánh giá nội bộ": sum(
            row["grade"] == "observation" for row in found_by(day)
        ),
    }


RECKONED: dict[str, Callable[[str], Numbers]] = {
    "a": earlier_actions,
    "c.2": objectives,
    "c.3": processes,
    "c.4": nonconformities,
    "c.6": audited,
    "c.7": on_clauses({"8.4": "phát hiện về nhà cung cấp bên ngoài (8.4)"}),
    "d": on_clauses(
        {
            "7.1": "phát hiện về nguồn lực (7.1)",
            "7.2": "phát hiện về năng lực (7.2)",
            "7.3": "phát hiện về nhận thức (7.3)",
        }
    ),
    "e": risks,
    "f": opportunities,
}


@pytest.mark.parametrize("point", RECKONED)
@pytest.mark.parametrize("which", ["held", "of_year"])
def test_figures_are_what_the_files_say(
    which: str, point: str, request: pytest.FixtureRequest
) -> None:
    pack: Pack = request.getfixturevalue(which)
    assert numbers(pack, point) == RECKONED[point](day_of(pack))


def test_figures_of_changes_and_measurements(held: Pack) -> None:
    day, year_ago = day_of(held), "2019-09-05"
    issued = [row for row in table("external_documents") if year_ago < row["issued_on"] <= day]
    revised = [
        row
        for row in in_force(day).values()
        if row["revision"] != "01" and row["effective_on"] > year_ago
    ]
    to_review = [row for row in in_force(day).values() if by(ROOM, row, "review_due_on")]
    assert list(numbers(held, "b").values()) == [len(issued), len(revised), len(to_review)]
    measured = [row for row in table("measurements") if row["measured_on"] <= day]
    assert numbers(held, "c.5")["số đo mục tiêu"] == len(measured)


def test_satisfaction_is_judged_by_its_objectives(held: Pack) -> None:
    answering = {row["document"] for row in table("clause_documents") if row["clause"] == "9.1.2"}
    states = judged(day_of(held), lambda row: row["document"] in answering)
    assert numbers(held, "c.1") == {
        "góp ý nhận qua cổng": 0,
        "mục tiêu về sự hài lòng": states.total(),
        **{words: states[words] for words in ("đạt", "chưa đạt", "chưa đo")},
    }


def test_the_page_of_the_review_and_its_pack_say_the_same(
    held: Pack, shipped_system: System
) -> None:
    rows = review.inputs(shipped_system, HELD)
    assert {row["clause"].split()[1]: row["title"] for row in rows} == TITLES
    then = review.system_at(shipped_system, shipped_system.find("reviews", (HELD,)))
    for row, found in zip(rows, held.inputs, strict=True):
        assert list(found.figures) == review.figures(then, row["clause"])
        assert found.summary == row["summary"]


def test_rows_stand_behind_the_figures(of_year: Pack) -> None:
    listed = {each.point: len(each.table.rows) for each in of_year.inputs}
    assert listed["a"] == numbers(of_year, "a")["việc của các lần trước"]
    assert listed["b"] == numbers(of_year, "b")["văn bản bên ngoài ban hành trong 12 tháng"]
    assert listed["c.2"] == sum(numbers(of_year, "c.2")[state] for state in ("chưa đạt", "chưa đo"))
    assert listed["c.5"] == numbers(of_year, "c.5")["kỳ đã qua chưa có số đo"]
    assert listed["c.7"] == sum(numbers(of_year, "c.7").values())
    assert listed["d"] == sum(numbers(of_year, "d").values())
    grave = ("rủi ro mức rất cao", "rủi ro mức cao")
    assert listed["e"] == sum(numbers(of_year, "e")[level] for level in grave)
    assert listed["f"] == numbers(of_year, "f")["cơ hội đã đăng ký"]
    assert {row[1] for row in of_year.inputs[4].table.rows} != {"0"}


def test_the_summary_tells_what_is_published(held: Pack) -> None:
    summary = held.summary
    wanted = {"units": 11, "system_document": 3, "system_procedure": 6, "operational_procedure": 46}
    assert {name: summary.counts[name] for name in wanted} == wanted
    days = [event["happened_on"].isoformat() for event in summary.events]
    assert days == ["2020-01-10", "2020-02-11", "2020-02-19", "2020-06-20", "2020-09-04"]
    assert [audit["audited_on"].isoformat() for audit, _ in summary.audits] == ["2020-06-20"]


def test_the_summary_counts_what_is_open(held: Pack, of_year: Pack) -> None:
    for pack in (held, of_year):
        day = day_of(pack)
        open_now = {words: (number, late) for words, number, late in pack.summary.open}
        unclosed = [row for row in found_by(day) if not by(day, row, "closed_on")]
        late = [row for row in unclosed if "" < row["due_on"] < day]
        assert open_now["Phát hiện của đánh giá nội bộ chưa đóng"] == (len(unclosed), len(late))
        actions = earlier_actions(day)
        left = actions["việc của các lần trước"] - actions["xong"]
        assert open_now["Việc của các lần xem xét trước chưa xong"] == (left, actions["quá hạn"])
        treated = risks(day)
        left = len(table("risks")) - treated["biện pháp đã xong"]
        expected = (left, treated["biện pháp quá hạn"])
        assert open_now["Biện pháp xử lý rủi ro chưa xong"] == expected


def test_a_period_has_what_happened_in_it(shipped_system: System, held: Pack) -> None:
    first_quarter = gather(shipped_system, find_period(shipped_system, " 2020-q1 "))
    assert first_quarter.summary.audits == ()
    assert first_quarter.decisions.rows == ()
    assert len(held.decisions.rows) == len(table("review_actions"))


def test_codes_for_new_decisions_are_free(held: Pack) -> None:
    used = {row["code"] for row in table("review_actions")}
    assert held.next_codes[0] == "HD-2020-13"
    assert used.isdisjoint(held.next_codes)


def test_charts_count_what_the_figures_count(of_year: Pack) -> None:
    levels = of_year.charts["risk-levels"]
    found = {f"rủi ro mức {line.name.lower()}": line.sum for line in levels.lines}
    assert found.items() <= numbers(of_year, "e").items()
    assert levels.total.counts[0].number == numbers(of_year, "e")["biện pháp đã xong"]
    assert of_year.charts["actions"].total.sum == len(table("review_actions"))


@pytest.mark.parametrize("code", ["2019", "2020-Q4", "XXLD-2020-02", ""])
def test_an_unknown_period_is_told_with_those_that_there_are(
    code: str, shipped_system: System
) -> None:
    with pytest.raises(NoSuchPeriod) as refused:
        find_period(shipped_system, code)
    assert code in str(refused.value)
    for known in (HELD, "2020", "2020-Q3"):
        assert known in str(refused.value)


def test_the_check_code_follows_the_figures(
    held: Pack, of_year: Pack, shipped_system: System
) -> None:
    assert held.check != of_year.check
    assert held.check == gather(shipped_system, held.period).check
