"""Each rule alone: an earlier state, the present one, and what is refused."""

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.history import rules
from scripts.history.model import Cells, Comparison, Corrections, Policy, Rows
from scripts.registers import Reference

ISSUED = ["in_force", "superseded", "withdrawn"]
POLICIES = {
    "documents": Policy("documents", ("code",), numbered=("kind", "title")),
    "revisions": Policy(
        "revisions",
        ("document", "revision"),
        references=(Reference(("document",), "documents", ("code",)),),
        frozen={"when": {"status": ISSUED}, "but": ["review_due_on"], "once": ["ended_on"]},
        moves={"status": {"draft": ["in_force"], "in_force": ["superseded", "withdrawn"]}},
        sequence={"of": "document", "number": "revision"},
        dates=("effective_on",),
    ),
    "risks": Policy("risks", ("code",)),
    "audits": Policy("audits", ("code",), frozen={"when": {"reported_on": True}}),
    "findings": Policy(
        "findings",
        ("code",),
        references=(
            Reference(("risk",), "risks", ("code",)),
            Reference(("audit",), "audits", ("code",)),
        ),
        frozen={"with": "audit", "but": ["risk"]},
    ),
    "corrections": Policy("corrections", ("code",), numbered=(), frozen={}),
}
DAY = dt.date(2020, 9, 30)


def revision(number: str = "01", **cells: str) -> Cells:
    row = {
        "document": "QT-A",
        "revision": number,
        "status": "in_force",
        "effective_on": "2020-02-19",
        "ended_on": "",
        "review_due_on": "2021-02-19",
        "reason": "Ban hành lần đầu",
    }
    return row | cells


def document(code: str = "QT-A", **cells: str) -> Cells:
    return {"code": code, "kind": "procedure", "title": "Quy trình A", "keywords": ""} | cells


def correction(register: str, key: str, field: str, before: str, after: str) -> Cells:
    return {
        "code": "DC-2020-001",
        "register": register,
        "key": key,
        "field": field,
        "before": before,
        "after": after,
        "reason": "Chép sai.",
    }


def state(register: str, rows: list[Cells]) -> dict[str, Rows]:
    key = POLICIES[register].key
    return {register: {tuple(row[name] for name in key): row for row in rows}}


def compared(
    register: str,
    before: list[Cells],
    now: list[Cells],
    *corrections: Cells,
    day: dt.date | None = DAY,
) -> Comparison:
    return Comparison(
        state(register, before), state(register, now), POLICIES, Corrections(corrections), day
    )


def refused(comparison: Comparison) -> Iterator[tuple[str, str, int]]:
    """Yield the rule that refuses, the file and the line."""
    for rule in rules.RULES:
        for found in rule(comparison):
            yield rule.__name__, found.path.rpartition("/")[2], found.line


REFUSED = [
    pytest.param(
        "documents",
        [document()],
        [document("QT-0"), document(title="Quy trình khác")],
        ("numbers_keep_their_meaning", "documents.csv", 3),
        id="a number given to something else",
    ),
    pytest.param(
        "revisions",
        [revision()],
        [revision(reason="Lý do khác")],
        ("frozen_rows_stay", "revisions.csv", 2),
        id="an issued row edited",
    ),
    pytest.param(
        "revisions",
        [revision(status="superseded", ended_on="2020-05-01")],
        [revision(status="superseded", ended_on="2020-06-01")],
        ("frozen_rows_stay", "revisions.csv", 2),
        id="what may be filled once, filled again",
    ),
    pytest.param(
        "revisions",
        [revision()],
        [],
        ("frozen_and_numbered_rows_remain", "revisions.csv", 1),
        id="an issued row deleted",
    ),
    pytest.param(
        "documents",
        [document()],
        [],
        ("frozen_and_numbered_rows_remain", "documents.csv", 1),
        id="a numbered row deleted",
    ),
    pytest.param(
        "revisions",
        [revision()],
        [revision(status="draft")],
        ("states_follow_each_other", "revisions.csv", 2),
        id="issued, then a draft again",
    ),
    pytest.param(
        "revisions",
        [revision()],
        [revision(), revision("03", effective_on="2020-10-01")],
        ("numbers_count_on", "revisions.csv", 3),
        id="a skipped revision",
    ),
    pytest.param(
        "revisions",
        [revision("02")],
        [revision("01", effective_on="2020-10-01"), revision("02")],
        ("numbers_count_on", "revisions.csv", 2),
        id="a lower revision",
    ),
    pytest.param(
        "revisions",
        [revision(), revision("02", status="draft", effective_on="")],
        [revision(status="superseded"), revision("02", effective_on="2020-09-29")],
        ("dates_are_not_moved_back", "revisions.csv", 3),
        id="a draft in force since before",
    ),
    pytest.param(
        "revisions",
        [revision()],
        [revision(status="superseded"), revision("02", effective_on="2020-09-29")],
        ("dates_are_not_moved_back", "revisions.csv", 3),
        id="a new revision in force since before",
    ),
    pytest.param(
        "revisions",
        [revision(status="draft", effective_on="2020-10-15")],
        [revision(status="draft", effective_on="2020-09-01")],
        ("dates_are_not_moved_back", "revisions.csv", 2),
        id="a date moved into the past",
    ),
    pytest.param(
        "corrections",
        [correction("risks", "R", "x", "1", "2")],
        [correction("risks", "R", "x", "1", "3")],
        ("frozen_rows_stay", "corrections.csv", 2),
        id="a correction edited",
    ),
    pytest.param(
        "corrections",
        [correction("risks", "R", "x", "1", "2")],
        [],
        ("frozen_and_numbered_rows_remain", "corrections.csv", 1),
        id="a correction deleted",
    ),
]


@pytest.mark.parametrize(("register", "before", "now", "found"), REFUSED)
def test_one_rule_refuses(
    register: str, before: list[Cells], now: list[Cells], found: tuple[str, str, int]
) -> None:
    assert list(refused(compared(register, before, now))) == [found]


LEGAL = [
    pytest.param("documents", [document()], [document(keywords="a; b")], id="no identity"),
    pytest.param(
        "revisions",
        [revision()],
        [
            revision(status="superseded", ended_on="2020-10-01"),
            revision("02", effective_on="2020-10-01"),
        ],
        id="superseded by the next one",
    ),
    pytest.param(
        "revisions",
        [revision(), revision("02", status="draft", effective_on="")],
        [
            revision(status="superseded", ended_on="2020-10-01"),
            revision("02", effective_on="2020-10-01", reason="Sửa"),
        ],
        id="a draft that is issued",
    ),
    pytest.param(
        "revisions",
        [revision(), revision("02", status="draft")],
        [revision()],
        id="a draft given up",
    ),
    pytest.param("revisions", [revision()], [revision(review_due_on="2022-01-01")], id="free"),
    pytest.param("revisions", [], [revision("04")], id="of a new document"),
    pytest.param("revisions", [revision()], [revision() | {"new": "x"}], id="a new column"),
    pytest.param("revisions", [revision() | {"old": "x"}], [revision()], id="a column less"),
]


@pytest.mark.parametrize(("register", "before", "now"), LEGAL)
def test_what_is_legal_passes(register: str, before: list[Cells], now: list[Cells]) -> None:
    assert list(refused(compared(register, before, now))) == []


CORRECTED = [
    ("documents", document(title="Khác"), ("QT-A", "title", "Quy trình A", "Khác")),
    ("revisions", revision(reason="Khác"), ("QT-A; 01", "reason", "Ban hành lần đầu", "Khác")),
    ("revisions", revision(status="draft"), ("QT-A; 01", "status", "in_force", "draft")),
    ("revisions", None, ("QT-A; 01", "", "", "")),
    ("documents", None, ("QT-A", "", "procedure; Quy trình A", "")),
]


@pytest.mark.parametrize(("register", "now", "cells"), CORRECTED)
def test_a_correction_permits_exactly_its_change(
    register: str, now: Cells | None, cells: tuple[str, str, str, str]
) -> None:
    before = [document() if register == "documents" else revision()]
    after = [now] if now else []
    key, field, old, new = cells
    right = correction(register, key, field, old, new)
    assert list(refused(compared(register, before, after, right))) == []
    others = [right | {"key": "QT-B"}, right | {"register": "risks"}]
    others += [right | {"after": "x"}, right | {"before": "x"}] if field else []
    for wrong in others:
        assert list(refused(compared(register, before, after, wrong))) != []


def test_a_correction_permits_a_date_in_the_past() -> None:
    now = [revision(status="superseded"), revision("02", effective_on="2020-09-29")]
    reason = correction("revisions", "QT-A; 02", "effective_on", "", "2020-09-29")
    assert list(refused(compared("revisions", [revision()], now, reason))) == []


def test_where_no_day_is_known_no_date_is_judged() -> None:
    now = [revision(status="superseded"), revision("02", effective_on="2020-09-29")]
    assert list(refused(compared("revisions", [revision()], now, day=None))) == []


def test_no_correction_corrects_a_correction() -> None:
    before, now = correction("risks", "R", "x", "1", "2"), correction("risks", "R", "x", "1", "3")
    excuses = (
        correction("corrections", "DC-2020-001", "after", "2", "3"),
        correction("corrections", "DC-2020-001", "", "", ""),
    )
    assert list(refused(compared("corrections", [before], [now], *excuses))) != []
    assert list(refused(compared("corrections", [before], [], *excuses))) != []


def test_a_number_that_was_taken_out_returns_only_as_what_it_was() -> None:
    gone = correction("documents", "QT-A", "", "procedure; Quy trình A", "")
    assert list(refused(compared("documents", [], [document()], gone))) == []
    reused = compared("documents", [], [document(title="Khác")], gone)
    assert list(refused(reused)) == [("numbers_keep_their_meaning", "documents.csv", 2)]


def test_a_row_that_others_referred_to_remains() -> None:
    finding = {"code": "PH-1", "risk": "RR-1", "audit": "DG-1"}
    before = state("risks", [{"code": "RR-1"}]) | state("findings", [finding])
    emptied = state("findings", [finding | {"risk": ""}])
    comparison = Comparison(before, emptied | {"risks": {}}, POLICIES, Corrections([]))
    assert list(refused(comparison)) == [("rows_referred_to_remain", "findings.csv", 2)]
    both_gone = Comparison(before, {"findings": {}, "risks": {}}, POLICIES, Corrections([]))
    assert list(refused(both_gone)) == []
    permitted = Corrections([correction("risks", "RR-1", "", "", "")])
    assert list(refused(Comparison(before, emptied, POLICIES, permitted))) == []


@pytest.mark.parametrize(("reported", "number"), [("2020-06-30", 1), ("", 0)])
def test_a_row_is_frozen_with_the_one_it_belongs_to(reported: str, number: int) -> None:
    finding = {"code": "PH-1", "risk": "", "audit": "DG-1", "evidence": "Hai phiếu"}
    audits = state("audits", [{"code": "DG-1", "reported_on": reported}])
    before = audits | state("findings", [finding])
    now = audits | state("findings", [finding | {"evidence": "Ba phiếu"}])
    assert len(list(refused(Comparison(before, now, POLICIES, Corrections([]))))) == number


cells = st.sampled_from(["", "2020-09-01", "2020-10-05"])
revisions = st.builds(
    revision,
    st.sampled_from(["01", "02", "03"]),
    status=st.sampled_from(["draft", *ISSUED]),
    effective_on=cells,
    ended_on=cells,
    reason=st.sampled_from(["a", "b"]),
)
many = st.lists(revisions, unique_by=lambda row: row["revision"])


@given(many)
def test_what_did_not_change_passes(rows: list[Cells]) -> None:
    assert list(refused(compared("revisions", rows, rows))) == []


@given(many, many)
def test_a_frozen_cell_never_changes_unseen(before: list[Cells], now: list[Cells]) -> None:
    found = list(refused(compared("revisions", before, now)))
    after = {row["revision"]: row for row in now}
    for row in before:
        if row["status"] in ISSUED:
            kept = after.get(row["revision"], {})
            same = all(kept.get(name) == row[name] for name in ("reason", "effective_on"))
            assert found or same


@given(many, many)
def test_corrections_of_every_change_let_all_but_numbers_pass(
    before: list[Cells], now: list[Cells]
) -> None:
    """Whatever was wrong can be mended by saying so, never by hiding it."""
    was = {row["revision"]: row for row in before}
    excuses = [
        correction("revisions", f"QT-A; {row['revision']}", name, old.get(name, ""), row[name])
        for row in now
        for old in [was.get(row["revision"], {})]
        for name in row
    ] + [correction("revisions", f"QT-A; {number}", "", "", "") for number in was]
    rest = {rule for rule, _, _ in refused(compared("revisions", before, now, *excuses))}
    assert rest <= {"numbers_count_on"}
