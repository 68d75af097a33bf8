import datetime as dt
from typing import Any

import pytest

from scripts.declaration import annex, declaration_in_view, entry_of, state
from scripts.revisions import revision_at
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import WithRows

DECLARED: dict[str, Any] = {"code": "CB-2020-01", "annex_on": "2020-05-01"}


def changes(system: System) -> dict[str, str]:
    declaration = declaration_in_view(system)
    assert declaration
    return {each.document["code"]: each.change for each in annex(system, declaration)}


def test_the_annex_is_what_was_in_force_and_what_changed_since(with_rows: WithRows) -> None:
    system = with_rows(
        "revisions",
        {"document": "QT-HT-01", "effective_on": "2020-02-19"},
        {
            "document": "QT-BC-01",
            "revision": "01",
            "status": "superseded",
            "effective_on": "2019-12-01",
            "ended_on": "2020-06-01",
        },
        {"document": "QT-BC-01", "revision": "02", "effective_on": "2020-06-01"},
        {"document": "QT-BC-02", "effective_on": "2020-05-02"},
        {
            "document": "QT-BC-03",
            "status": "withdrawn",
            "effective_on": "2019-12-01",
            "ended_on": "2020-08-01",
        },
        {"document": "TL-HT-01", "effective_on": "2019-12-01"},
    )
    assert changes(with_declaration(system, DECLARED)) == {
        "QT-HT-01": "none",
        "QT-BC-01": "revised",
        "QT-BC-02": "added",
        "QT-BC-03": "withdrawn",
    }


def with_declaration(system: System, *rows: dict[str, Any]) -> System:
    """Return the system with declarations, out of the first shipped row."""
    from dataclasses import replace

    resource = system.registers["declarations"]
    empty = {field["name"]: None for field in resource.fields}
    read = (
        empty
        | {"title": "Công bố", "bases": "Căn cứ", "scope": "Phạm vi", "signer_post": "Bộ trưởng"}
        | {name: day(value) if name.endswith("_on") else value for name, value in row.items()}
        for row in rows
    )
    changed = replace(resource, rows=tuple(read))
    return replace(system, registers={**system.registers, "declarations": changed})


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([DECLARED], "planned"),
        ([{**DECLARED, "issued_on": "2020-05-02"}], "issued"),
        (
            [
                {**DECLARED, "issued_on": "2020-05-02"},
                {"code": "CB-2020-02", "annex_on": "2020-09-01", "replaces": "CB-2020-01"},
            ],
            "issued",
        ),
        (
            [
                {**DECLARED, "issued_on": "2020-05-02"},
                {
                    "code": "CB-2020-02",
                    "annex_on": "2020-09-01",
                    "issued_on": "2020-09-01",
                    "replaces": "CB-2020-01",
                },
            ],
            "replaced",
        ),
    ],
)
def test_the_state_of_a_declaration(
    small_system: System, rows: list[dict[str, Any]], expected: str
) -> None:
    system = with_declaration(small_system, *rows)
    assert state(system, system.rows("declarations")[0]) == expected


def test_only_procedures_are_declared(small_system: System) -> None:
    system = with_declaration(small_system, DECLARED)
    assert entry_of(system, "TL-HT-01") is None
    assert entry_of(system, "QT-HT-01") is not None
    assert entry_of(with_declaration(small_system), "QT-HT-01") is None


def test_the_end_of_a_revision_is_not_part_of_it() -> None:
    chain = [{"effective_on": dt.date(2020, 1, 1), "ended_on": dt.date(2020, 2, 1)}]
    assert revision_at(chain, dt.date(2019, 12, 31)) is None
    assert revision_at(chain, dt.date(2020, 1, 1)) is chain[0]
    assert revision_at(chain, dt.date(2020, 1, 31)) is chain[0]
    assert revision_at(chain, dt.date(2020, 2, 1)) is None


def test_the_shipped_annex_has_the_published_number_of_procedures(shipped_system: System) -> None:
    declared = [each for each in annex_of(shipped_system) if each.declared]
    assert len(declared) == 6 + 46


def annex_of(system: System) -> list[Any]:
    declaration = declaration_in_view(system)
    assert declaration
    return annex(system, declaration)


def test_a_planned_declaration_says_that_nothing_was_declared(small_system: System) -> None:
    system = with_declaration(small_system, DECLARED)
    html = Views(system, "../../").row("declarations", ("CB-2020-01",))
    assert "<strong>Chưa công bố.</strong>" in html
    assert "chưa ban hành" in html
    assert "Trong danh mục dự kiến" in Views(system, "../../").document_head("QT-HT-01")
