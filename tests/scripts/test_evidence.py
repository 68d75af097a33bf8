import datetime as dt
from collections.abc import Callable

from scripts.evidence import evidence_days
from scripts.system import System


def test_the_days_of_declarations_and_audits_are_evidence(shipped_system: System) -> None:
    assert evidence_days(shipped_system) == {
        dt.date(2020, 6, 30): "công bố CB-2020-01",
        dt.date(2020, 6, 20): "đánh giá DGNB-2020-01",
    }


def test_a_declaration_counts_on_the_day_it_is_issued(with_rows: Callable[..., System]) -> None:
    row = {"code": "CB-2020-02", "annex_on": "2020-08-30", "issued_on": "2020-09-25"}
    assert evidence_days(with_rows("declarations", row)) == {
        dt.date(2020, 8, 30): "công bố CB-2020-02",
        dt.date(2020, 9, 25): "công bố CB-2020-02",
    }


def test_an_audit_counts_until_it_is_reported(with_rows: Callable[..., System]) -> None:
    row = {"code": "DGNB-2020-02", "audited_on": "2020-08-03", "reported_on": "2020-08-10"}
    assert sorted(evidence_days(with_rows("audits", row))) == [
        dt.date(2020, 8, 3),
        dt.date(2020, 8, 10),
    ]
