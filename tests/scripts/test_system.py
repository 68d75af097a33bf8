import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.configuration import LOCAL_ZONE, Places, Portal
from scripts.registers import Row
from scripts.revisions import current_revision
from scripts.states import objective_state
from scripts.system import NEW_WITHIN, System, form_pages, posts_of

DAY = dt.date(2020, 9, 30)
WithRows = Callable[..., System]
Collect = Callable[..., System]


def revision(number: str, status: str, effective_on: str = "") -> Row:
    day = dt.date.fromisoformat(effective_on) if effective_on else None
    return {"revision": number, "status": status, "effective_on": day}


# Revisions


@pytest.mark.parametrize(
    ("chain", "counts"),
    [
        pytest.param([], None, id="no revision"),
        pytest.param([revision("01", "draft")], None, id="draft only"),
        pytest.param([revision("01", "in_force", "2020-02-19")], "01", id="in force"),
        pytest.param([revision("01", "in_force", "2020-09-30")], "01", id="in force from today"),
        pytest.param([revision("01", "in_force", "2020-10-01")], None, id="from tomorrow"),
        pytest.param([revision("01", "withdrawn", "2018-01-01")], "01", id="withdrawn"),
        pytest.param(
            [revision("02", "in_force", "2020-06-01"), revision("01", "superseded", "2019-01-01")],
            "02",
            id="superseded by the one in force",
        ),
        pytest.param(
            [revision("02", "draft"), revision("01", "in_force", "2019-01-01")],
            "01",
            id="the draft of the next one",
        ),
        pytest.param(
            [revision("02", "in_force", "2021-01-01"), revision("01", "in_force", "2019-01-01")],
            "01",
            id="the next one not yet effective",
        ),
        pytest.param(
            [revision("02", "withdrawn", "2020-01-01"), revision("01", "superseded", "2019-01-01")],
            "02",
            id="withdrawn after it superseded",
        ),
        pytest.param(
            [revision("02", "superseded", "2020-01-01"), revision("01", "in_force", "2019-01-01")],
            "01",
            id="in force comes before newer",
        ),
    ],
)
def test_current_revision(chain: list[Row], counts: str | None) -> None:
    found = current_revision(chain, DAY)
    assert (found and found["revision"]) == counts


def test_a_draft_does_not_count_when_its_planned_day_has_passed() -> None:
    assert current_revision([revision("01", "draft", "2020-09-01")], DAY) is None


def test_revisions_of_a_document_are_newest_first(small_system: System) -> None:
    chain = small_system.documents["QT-BC-01"]["revisions"]
    assert [each["revision"] for each in chain] == ["02", "01"]


@pytest.mark.parametrize(
    ("code", "current"),
    [("QT-BC-01", "in_force"), ("QT-BC-02", None), ("QT-BC-03", "withdrawn")],
)
def test_a_document_knows_the_revision_that_counts(
    small_system: System, code: str, current: str | None
) -> None:
    found = small_system.documents[code]["current"]
    assert (found and found["status"]) == current


def test_an_address_is_the_slug_of_the_code(small_system: System) -> None:
    assert small_system.documents["BM-BC01.01"]["address"] == "tai-lieu/bm-bc01-01/"


# Counts and lists


def test_counts_are_of_what_is_in_force_by_kind(small_system: System) -> None:
    counts = small_system.counts()
    assert counts["units"] == 2
    assert counts["system_document"] == 1
    assert counts["system_procedure"] == 1
    assert counts["operational_procedure"] == 1, "a draft and a withdrawn one are left out"


def test_form_templates_do_not_count_as_procedures_or_documents(small_system: System) -> None:
    counts = small_system.counts()
    templates = counts.pop("form_template", 0)
    in_force = [each for each in small_system.documents.values() if each["current"]]
    withdrawn = 1
    assert sum(counts.values()) - counts["units"] == len(in_force) - withdrawn - templates == 3


def test_counts_follow_the_day(with_rows: WithRows) -> None:
    row = {"document": "QT-BC-01", "revision": "01", "effective_on": "2020-12-01"}
    assert with_rows("revisions", row).counts()["operational_procedure"] == 0
    later = with_rows("revisions", row, day=dt.date(2020, 12, 1))
    assert later.counts()["operational_procedure"] == 1


def test_units_stand_in_their_position(small_system: System) -> None:
    assert [unit["code"] for unit in small_system.units] == ["KHCN", "BC"]


def test_a_unit_owns_what_is_in_force_without_form_templates(small_system: System) -> None:
    assert [each["code"] for each in small_system.documents_of_unit("BC")] == ["QT-BC-01"]


def test_documents_of_a_kind_are_those_in_force(small_system: System) -> None:
    found = small_system.documents_of_kind("operational_procedure")
    assert [each["code"] for each in found] == ["QT-BC-01"]


def test_forms_of_a_procedure(small_system: System) -> None:
    assert [each["code"] for each in small_system.forms_of("QT-BC-01")] == ["BM-BC01.01"]


@pytest.mark.parametrize(
    ("template", "form"),
    [("BM-HT06.01", "feedback"), ("BM-HT04.01", "nonconformity"), ("BM-BC01.01", None)],
)
def test_a_form_of_the_portal_stands_for_a_paper_form(
    small_system: System, template: str, form: str | None
) -> None:
    found = small_system.web_form_of(template)
    assert (found and found.name) == form


def test_clauses_of_a_document_are_those_of_the_edition(small_system: System) -> None:
    (clause,) = small_system.clauses_of("TL-HT-01")
    assert (clause["edition"], clause["clause"]) == ("2015", "4.1")


# Objectives


@pytest.mark.parametrize(
    ("direction", "values", "state"),
    [
        ("min", [], "unmeasured"),
        ("max", [], "unmeasured"),
        ("min", [96.0], "on_target"),
        ("min", [95.0], "on_target"),
        ("min", [94.9], "off_target"),
        ("max", [94.0], "on_target"),
        ("max", [95.0], "on_target"),
        ("max", [95.1], "off_target"),
        ("min", [90.0, 96.0], "on_target"),
        ("min", [96.0, 90.0], "off_target"),
    ],
)
def test_objective_state_is_judged_by_the_last_value(
    direction: str, values: list[float], state: str
) -> None:
    objective = {"direction": direction, "target": 95.0}
    assert objective_state(objective, [{"value": value} for value in values]) == state


def test_measurements_are_in_the_order_of_their_periods(small_system: System) -> None:
    (objective,) = small_system.objectives(bloc=True)
    assert [each["period"] for each in objective["measurements"]] == ["2020-Q1", "2020-Q2"]


@pytest.mark.parametrize(
    ("day", "value", "state"),
    [
        pytest.param("2020-04-04", None, "unmeasured", id="the day before the first"),
        pytest.param("2020-04-05", 90.0, "off_target", id="the day of the first"),
        pytest.param("2020-10-04", 96.5, "on_target", id="the day before the last"),
        pytest.param("2020-10-05", 99.0, "on_target", id="the day of the last"),
    ],
)
def test_measurements_after_the_day_are_ignored(
    with_rows: WithRows, day: str, value: float | None, state: str
) -> None:
    system = with_rows("milestones", day=dt.date.fromisoformat(day))
    (objective,) = system.objectives(bloc=True)
    assert objective["state"] == state
    assert (objective["measurements"] or [{"value": None}])[-1]["value"] == value


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        pytest.param({}, ["MT-2020-01", "MT-2020-BC-01"], id="all"),
        pytest.param({"bloc": True}, ["MT-2020-01"], id="of the bloc"),
        pytest.param({"unit": "BC"}, ["MT-2020-BC-01"], id="of a unit"),
        pytest.param({"unit": "KHCN"}, [], id="of a unit without any"),
    ],
)
def test_objectives_are_of_whom_is_asked(
    small_system: System, asked: dict[str, Any], codes: list[str]
) -> None:
    assert [each["code"] for each in small_system.objectives(**asked)] == codes


# Risks


def test_risks_have_the_highest_score_first(small_system: System) -> None:
    found = [(risk["code"], risk["score"]) for risk in small_system.risks()]
    assert found == [("RR-KHCN-01", 25), ("RR-BC-02", 9), ("RR-BC-01", 8)]


def test_risks_of_equal_score_stand_by_code(with_rows: WithRows) -> None:
    rows = [
        {"code": code, "unit": "BC", "document": None, "likelihood": 3, "severity": 2}
        for code in ("RR-BC-02", "RR-BC-01")
    ]
    found = with_rows("risks", *rows).risks()
    assert [risk["code"] for risk in found] == ["RR-BC-01", "RR-BC-02"]


def test_risks_of_a_unit(small_system: System) -> None:
    assert [risk["code"] for risk in small_system.risks("KHCN")] == ["RR-KHCN-01"]


@pytest.mark.parametrize(("score", "level"), [(1, "low"), (8, "low"), (9, "high"), (25, "high")])
def test_the_level_of_a_score_includes_both_bounds(
    small_system: System, score: int, level: str
) -> None:
    assert small_system.risk_level(score)["level"] == level


@pytest.mark.parametrize(("code", "days"), [("RR-BC-01", 360), ("RR-BC-02", 90)])
def test_a_review_is_due_after_the_days_of_the_level(
    small_system: System, code: str, days: int
) -> None:
    (risk,) = (each for each in small_system.risks() if each["code"] == code)
    assert risk["review_due_on"] == dt.date(2020, 1, 1) + dt.timedelta(days=days)


# Clauses


@pytest.mark.parametrize(
    ("clause", "documents", "gap", "depth"),
    [
        pytest.param("4", [], False, 0, id="a heading is no gap"),
        pytest.param("4.1", ["TL-HT-01"], False, 1, id="answered"),
        pytest.param("4.2", [], True, 1, id="a gap"),
    ],
)
def test_clause_table(
    small_system: System, clause: str, documents: list[str], gap: bool, depth: int
) -> None:
    (row,) = (each for each in small_system.clause_table("2015") if each["clause"] == clause)
    assert [each["code"] for each in row["documents"]] == documents
    assert row["gap"] is gap
    assert row["depth"] == depth


def test_the_clause_table_is_of_one_edition_in_its_order(small_system: System) -> None:
    assert [row["clause"] for row in small_system.clause_table("2015")] == ["4", "4.1", "4.2"]


def test_an_answer_to_another_edition_does_not_fill_a_gap(small_system: System) -> None:
    (row,) = small_system.clause_table("2026")
    assert row["gap"]


# News


def test_news_is_newest_first_and_without_form_templates(small_system: System) -> None:
    news = [(each["document"], each["revision"]) for each in small_system.news()]
    assert news == [
        ("QT-BC-01", "02"),
        ("QT-HT-01", "01"),
        ("QT-BC-03", "01"),
        ("QT-BC-01", "01"),
    ]
    assert [each["what"] for each in small_system.news()] == [
        "revised",
        "issued",
        "withdrawn",
        "issued",
    ]


def test_news_of_a_unit_within_a_time(small_system: System) -> None:
    assert [each["document"] for each in small_system.news("KHCN")] == ["QT-HT-01"]
    within = small_system.news("BC", dt.timedelta(days=121))
    assert [(each["document"], each["revision"]) for each in within] == [("QT-BC-01", "02")]
    assert small_system.news("BC", dt.timedelta(days=120)) == []


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        pytest.param(dt.timedelta(days=-1), False, id="tomorrow"),
        pytest.param(dt.timedelta(), True, id="today"),
        pytest.param(NEW_WITHIN, True, id="the last day of the window"),
        pytest.param(NEW_WITHIN + dt.timedelta(days=1), False, id="older"),
    ],
)
def test_the_window_of_the_news(with_rows: WithRows, age: dt.timedelta, shown: bool) -> None:
    row = {"document": "TL-HT-01", "revision": "01", "effective_on": DAY - age}
    assert bool(with_rows("revisions", row).news()) is shown


def test_news_carries_the_title_and_address_of_its_document(small_system: System) -> None:
    newest = small_system.news()[0]
    assert (newest["title"], newest["address"]) == ("Cấp phép", "tai-lieu/qt-bc-01/")


# Submissions


def test_submissions_are_newest_first_across_versions_of_the_form(collect: Collect) -> None:
    def before(descriptor: dict[str, Any]) -> None:
        descriptor["title"] = "Góp ý (bản cũ)"

    system = collect(
        "feedback",
        ("2020-08-05T01:00:00Z", {}),
        ("2020-09-20T01:00:00Z", {}),
        ("2020-09-20T01:00:00Z", {}),
        earlier=(("2020-07-01T01:00:00Z", {}), ("2020-08-10T01:00:00Z", {})),
        before=before,
    )
    assert [row["number"][-3:] for row in system.submissions("feedback")] == [
        "005",
        "004",
        "002",
        "003",
        "001",
    ]


def test_submissions_of_one_form_only(collect: Collect) -> None:
    collect("feedback", ("2020-08-05T01:00:00Z", {}))
    system = collect("nonconformity", ("2020-08-06T01:00:00Z", {}))
    assert [row["number"] for row in system.submissions("nonconformity")] == ["KPH-2020-001"]


def test_nothing_was_sent_with_a_form_without_a_package(small_system: System) -> None:
    assert small_system.submissions("feedback") == []


def test_collected_text_is_read_without_its_formula_escape(collect: Collect) -> None:
    system = collect("feedback", ("2020-08-05T01:00:00Z", {"summary": "=1+1 là công thức"}))
    assert system.submissions("feedback")[0]["summary"] == "=1+1 là công thức"


@pytest.mark.parametrize("form", ["feedback", "nonconformity"])
def test_public_fields_leave_out_what_is_internal_or_personal(
    small_system: System, form: str
) -> None:
    public = {field["name"] for field in small_system.public_fields(form)}
    schema = small_system.forms[form].fields
    assert public == {field.name for field in schema if field.access == "public"}
    assert public.isdisjoint({"sender_name", "sender_unit", "sender_email", "content"})


# Pages of forms


def write_page(folder: Path, path: str, text: str) -> None:
    page = folder / path
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        pytest.param("---\nform: feedback\n---\n# X\n", {"feedback": "a/b/"}, id="alone"),
        pytest.param(
            "---\ntitle: X\nform:  feedback\nhide: [toc]\n---\n", {"feedback": "a/b/"}, id="among"
        ),
        pytest.param("# X\n\nform: feedback\n", {}, id="in the text"),
        pytest.param("---\nweb_form: feedback\n---\n", {}, id="another property"),
        pytest.param("# X\n---\nform: feedback\n---\n", {}, id="not at the start"),
        pytest.param("---\ntitle: X\n---\nform: feedback\n", {}, id="below the front matter"),
    ],
)
def test_form_pages_are_found_by_their_front_matter(
    tmp_path: Path, text: str, pages: dict[str, str]
) -> None:
    write_page(tmp_path, "a/b.md", text)
    assert form_pages(tmp_path) == pages


def test_an_example_in_a_page_is_not_its_front_matter(tmp_path: Path) -> None:
    write_page(tmp_path, "a.md", "---\ntitle: X\n---\n```\n---\nform: feedback\n---\n```\n")
    assert form_pages(tmp_path) == {}


def test_a_form_on_the_index_page_of_a_folder_has_the_address_of_the_folder(
    tmp_path: Path,
) -> None:
    write_page(tmp_path, "a/index.md", "---\nform: feedback\n---\n")
    assert form_pages(tmp_path) == {"feedback": "a/"}


def test_a_form_without_a_page_has_no_address(small_system: System) -> None:
    assert small_system.form_address("feedback") == "bao-cao/gop-y/"
    with pytest.raises(KeyError):
        small_system.form_address("unknown")


# The day


def test_the_day_is_the_one_of_the_sample(small_system: System) -> None:
    assert small_system.day == DAY


def test_the_day_is_today_without_a_sample(small_places: Places) -> None:
    text = small_places.configuration.read_text(encoding="utf-8")
    start = text.index("[sample]")
    end = text.index("\n[", start)
    small_places.configuration.write_text(text[:start] + text[end:], encoding="utf-8")
    before = dt.datetime.now(LOCAL_ZONE).date()
    day = Portal.load(small_places.configuration).day()
    assert before <= day <= dt.datetime.now(LOCAL_ZONE).date()
    assert System.load(small_places).day >= before


def test_labels_are_the_words_of_the_register(small_system: System) -> None:
    assert small_system.label("documents", "kind", "form_template") == "Biểu mẫu"
    assert small_system.label("documents", "kind", "unheard of") == "unheard of"


# Jobs


@pytest.mark.parametrize(
    ("actor", "posts"),
    [
        ("Thư ký ISO", ["Thư ký ISO"]),
        ("Thư ký ISO; trưởng đơn vị chủ trì", ["Thư ký ISO", "Trưởng đơn vị chủ trì"]),
        ("Văn thư Bộ, chuyên viên", ["Văn thư Bộ", "Chuyên viên"]),
        ("Văn thư;", ["Văn thư"]),
    ],
)
def test_an_actor_may_be_several_posts(actor: str, posts: list[str]) -> None:
    assert posts_of(actor) == posts


def test_the_jobs_of_a_unit_are_in_its_procedures_and_those_of_the_system(
    with_rows: WithRows,
) -> None:
    system = with_rows(
        "steps",
        {"document": "QT-BC-01", "step": 1, "actor": "Văn thư; chuyên viên"},
        {"document": "QT-BC-03", "step": 1},
        {"document": "QT-HT-01", "step": 1},
    )
    jobs = system.jobs_of_unit("BC")
    assert (jobs[0]["document"], jobs[0]["posts"]) == (
        "QT-BC-01",
        ["Văn thư", "Chuyên viên"],
    )
    assert [job["document"] for job in jobs] == ["QT-BC-01", "QT-HT-01"]
    assert [job["document"] for job in system.jobs_of_unit("KHCN")] == ["QT-HT-01"]
