import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.configuration import Places
from intake.errors import StorageUnavailable

Get = Callable[..., TestResponse]
TRAVERSALS = [
    "/../data/portal.toml",
    "/../../data/portal.toml",
    "/bao/../../../data/portal.toml",
    "/%2e%2e/%2e%2e/data/portal.toml",
    "/..%2f..%2f..%2fdata/portal.toml",
    "/..\\..\\data\\portal.toml",
    "/%2fetc/passwd",
    "/bao/%00",
]


@pytest.fixture
def get(client: FlaskClient) -> Get:
    """Ask for an address, and let go of the file that answers."""
    return lambda address, **more: client.get(address, buffered=True, **more)


@pytest.mark.parametrize(
    ("address", "words"), [("/", "Xin chào"), ("/doc/", "Chỉ để đọc"), ("/bao/", "Gửi phiếu báo")]
)
def test_pages_of_the_release_are_served(get: Get, address: str, words: str) -> None:
    answer = get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert words in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_folder_is_a_page_with_a_slash(get: Get) -> None:
    answer = get("/doc")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/doc/")


@pytest.mark.parametrize("address", ["/khong-co/", "/bao/gone.js", "/site/", "/khong-co"])
def test_a_page_that_is_not_there_is_told_of_in_vietnamese(get: Get, address: str) -> None:
    answer = get(address)
    assert answer.status_code == 404
    assert "<title>Không tìm thấy trang – " in answer.text
    assert "Trang này không có hoặc đã chuyển đi" in answer.text
    assert "Not Found" not in answer.text
    assert '<a href="/tai-lieu/">' in answer.text, "there is a way on"
    assert "cuối trang" in answer.text, "within the page of the site"


@pytest.mark.parametrize("address", TRAVERSALS)
def test_nothing_outside_the_release_is_served(get: Get, address: str, places: Places) -> None:
    answer = get(address, follow_redirects=True)
    assert answer.status_code == 404
    assert "max_file_bytes" not in answer.text
    assert "root:" not in answer.text


def test_two_slashes_lead_nowhere(client: FlaskClient) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": "//etc/passwd"}, follow_redirects=True)
    assert answer.status_code == 404


def test_without_a_release_everything_is_unknown(get: Get, places: Places) -> None:
    places.current_site.unlink()
    assert get("/").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_too_long_for_the_disk_is_an_unknown_page(client: FlaskClient, method: str) -> None:
    assert client.open("/" + "a" * 300, method=method).status_code == 404


@pytest.fixture
def zipped(built_site: Path) -> bytes:
    content = gzip.compress(b"<p>packed</p>")
    (built_site / "doc" / "index.html.gz").write_bytes(content)
    return content


def test_the_packed_variant_is_sent_to_who_takes_it(get: Get, zipped: bytes) -> None:
    answer = get("/doc/", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.mimetype == "text/html"
    assert answer.data == zipped
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Disposition" not in answer.headers, "a page is saved under its own name"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_the_plain_variant_is_sent_to_others(get: Get, zipped: bytes, accepted: str) -> None:
    answer = get("/doc/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert "Chỉ để đọc" in answer.text
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_an_unchanged_file_is_not_sent_again(get: Get) -> None:
    tag = get("/doc/").headers["ETag"]
    assert get("/doc/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.css", "text/css"), ("a.woff2", "font/woff2"), ("a.unknown", "application/octet-stream")],
)
def test_files_have_their_kind(get: Get, built_site: Path, name: str, kind: str) -> None:
    (built_site / name).write_bytes(b"x")
    assert get(f"/{name}").mimetype == kind


@pytest.mark.parametrize("address", ["/", "/khong-co/", "/healthz", "/doc"])
def test_every_answer_protects_its_reader(get: Get, address: str) -> None:
    headers = get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_health_says_how_far_the_journal_goes(get: Get) -> None:
    assert get("/healthz").json == {"journal": 0}


def test_health_fails_when_the_journal_cannot_be_read(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> int:
        raise StorageUnavailable("không đọc được")

    monkeypatch.setattr("intake.journal.sqlite.SqliteJournal.last_seq", fail)
    assert get("/healthz").status_code == 503
