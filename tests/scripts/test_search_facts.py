from intake.configuration import PROJECT_ROOT, Places
from scripts.search_facts import facts, synonyms
from scripts.system import System
from tests.scripts.conftest import Collect, WithRows


def test_what_is_not_in_force_has_a_status(small_places: Places, small_system: System) -> None:
    found = facts(small_system, small_places.content)
    assert found["tai-lieu/qt-bc-01/"].status == ""
    assert found["tai-lieu/qt-bc-02/"].status == "Chưa ban hành"
    withdrawn = small_system.label("revisions", "status", "withdrawn")
    assert found["tai-lieu/qt-bc-03/"].status == withdrawn


def test_earlier_texts_have_a_status_of_their_own() -> None:
    places = Places(PROJECT_ROOT)
    system = System.load(places)
    found = facts(system, places.content)
    earlier = [found[page] for page in system.revision_pages.values()]
    assert earlier
    assert all(each.status for each in earlier)


def test_a_document_has_code_kind_unit_and_keywords(shipped_system: System) -> None:
    found = facts(shipped_system, Places(PROJECT_ROOT).content)["tai-lieu/qt-cntt-02/"]
    assert (found.code, found.kind) == ("QT-CNTT-02", "Quy trình nghiệp vụ")
    assert found.unit == "Vụ Công nghệ thông tin"
    assert "máy tính cũ" in found.keywords


def test_everyday_words_lead_to_any_page(with_rows: WithRows, small_places: Places) -> None:
    row = {"address": "tai-ngay/", "words": "quy trình tháng trước; bản cũ"}
    found = facts(with_rows("search_words", row), small_places.content)
    assert found["tai-ngay/"].everyday == "quy trình tháng trước; bản cũ"


def test_every_row_with_a_page_is_found_by_its_code(shipped_system: System) -> None:
    found = facts(shipped_system, Places(PROJECT_ROOT).content)
    for risk in shipped_system.rows("risks"):
        row = found[f"rui-ro/{risk['code'].lower().replace('đ', 'd')}/"]
        assert row.code == risk["code"]
        assert row.unit == shipped_system.unit_by_code[risk["unit"]]["name"]


def test_a_slip_that_was_sent_is_found(collect: Collect, small_places: Places) -> None:
    system = collect("nonconformity", ("2020-06-30T10:00:00Z", {}))
    assert facts(system, small_places.content)["so/khong-phu-hop/kph-2020-001/"].code


def test_a_written_page_may_name_keywords(small_places: Places, small_system: System) -> None:
    (small_places.content / "hop.md").write_text("---\nkeywords: lịch; phòng\n---\n# Họp\n")
    assert facts(small_system, small_places.content)["hop/"].keywords == "lịch; phòng"


def test_the_glossary_gives_synonyms_ambiguous_ones_weigh_less(with_rows: WithRows) -> None:
    system = with_rows(
        "glossary",
        {"term": "KPH", "expansion": "không phù hợp", "kind": "abbreviation", "ambiguous": "false"},
        {"term": "TT", "expansion": "thông tư", "kind": "abbreviation", "ambiguous": "true"},
        {"term": "yêu cầu", "expansion": "yêu cầu", "kind": "term", "ambiguous": "false"},
    )
    found = {short: (long, sureness) for short, long, sureness in synonyms(system)}
    assert found["KPH"][0] == "không phù hợp"
    assert found["TT"][1] < found["KPH"][1]
    assert "yêu cầu" not in found
    assert found["BC"][0] == "Vụ Bưu chính"
