"""Whoever writes a setting that can't be is told where, what it may be and what it is."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from intake.configuration import PROJECT_ROOT, Places, Portal
from intake.settings import BadConfiguration, environment_problems, problems

SHIPPED = (PROJECT_ROOT / "data" / "portal.toml").read_text(encoding="utf-8")
RAW: dict[str, Any] = tomllib.loads(SHIPPED)


def test_the_shipped_settings_are_sound() -> None:
    assert problems(RAW) == []
    assert environment_problems(RAW, {}) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("port = 25", 'port = "25"', "[mail]: mục port phải là một số nguyên từ 1 đến 65535"),
        ("port = 25", "port = 70000", "đang là 70000"),
        ("port = 25", "port = true", "đang là True"),
        ("starttls = false", 'starttls = "no"', "[mail]: mục starttls phải là true hoặc false"),
        ("starttls = false", "", "[mail]: thiếu mục starttls"),
        ("max_files = 5", "max_file = 5", "mục max_file không có trong cổng; có phải là max_file"),
        ("[accounts]", "[account]", "thiếu bảng [accounts]"),
        ("[accounts]", "[account]", "bảng account không có trong cổng; có phải là accounts không"),
        ('url = "http://127.0.0.1:8000/"', 'url = "qlcl.vn"', "[site]: mục url phải là một địa"),
        ('issuer = ""', 'issuer = "ftp://x"', "[sign_on]: mục issuer phải là một địa chỉ"),
        ('primary = "#0b4f8a"', 'primary = "blue"', "[colours]: mục primary phải là một màu"),
        ("day = 2020-09-30", 'day = "2020-09-30"', "[sample]: mục day phải là một ngày"),
        ("hosts = []", 'hosts = "qlcl"', "[intake]: mục hosts phải là một danh sách"),
        ("cong-qlcl@example.gov.vn", "cong-qlcl", "[mail]: mục sender phải là một hộp thư"),
        ("keep = 14", "keep = 0", "[backup]: mục keep phải là một số nguyên từ 1"),
        ("page_bytes = 250_000", 'page_bytes = "x"', "[gate]: mục page_bytes phải là"),
        ('short_name = "Bộ TT&TT"', 'short_name = ""', "[agency]: mục short_name phải là chữ"),
    ],
)
def test_what_cannot_be_is_told_with_what_it_may_be(
    places: Places, old: str, new: str, told: str
) -> None:
    assert SHIPPED.count(old) == 1
    places.configuration.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    with pytest.raises(BadConfiguration) as bad:
        Portal.load(places.configuration)
    assert told in str(bad.value)
    assert "data/portal.toml: " in str(bad.value)


def test_a_table_written_as_a_value_is_told(places: Places) -> None:
    places.configuration.write_text(f"mail = 1\n{SHIPPED.replace('[mail]', '[mails]')}")
    with pytest.raises(BadConfiguration, match=r"mail phải là một bảng"):
        Portal.load(places.configuration)


def test_everything_wrong_is_told_at_once(places: Places) -> None:
    text = SHIPPED.replace("port = 25", "port = 0").replace("attempts = 5", "attempts = 0")
    places.configuration.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfiguration, match="có 2 chỗ cần sửa"):
        Portal.load(places.configuration)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[agency\n", "viết chưa đúng cách của TOML"),
        ("[agency]\nname = 'Bộ'".encode("utf-16"), "không phải là chữ UTF-8"),
        (None, "không đọc được"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    places: Places, content: bytes | None, told: str
) -> None:
    places.configuration.unlink()
    if content is not None:
        places.configuration.write_bytes(content)
    with pytest.raises(BadConfiguration, match=told):
        Portal.load(places.configuration)


@pytest.mark.parametrize(
    ("settings", "environment", "told"),
    [
        ({"sign_on": {"issuer": "https://sso"}}, {}, "QMS_SIGN_ON_SECRET"),
        ({"mail": {"host": "mail", "user": "qms"}}, {}, "QMS_MAIL_PASSWORD"),
        ({}, {"QMS_PUBLISH_SECRET": "bi-mat"}, "QMS_PUBLISH_SECRET"),
        ({}, {"INTAKE_DATABASE_URL": "postgresql://bi-mat@[x"}, "INTAKE_DATABASE_URL"),
        *(
            ({}, {"INTAKE_DATABASE_URL": f"postgresql://bi-mat@{rest}"}, "sslmode=verify-full")
            for rest in (
                "db1/qms",
                "10.0.0.5/qms?sslmode=require",
                "localhost,db2/qms?sslmode=prefer",
                "/qms?hostaddr=10.0.0.5",
            )
        ),
    ],
)
def test_what_the_environment_lacks_is_told_without_its_secrets(
    settings: dict[str, dict[str, str]], environment: dict[str, str], told: str
) -> None:
    raw = {**RAW, **{table: {**RAW[table], **given} for table, given in settings.items()}}
    (line,) = environment_problems(raw, environment)
    assert told in line
    assert "bi-mat" not in line


def test_a_whole_environment_is_sound() -> None:
    raw = {**RAW, "sign_on": {**RAW["sign_on"], "issuer": "https://sso"}}
    environment = {
        "QMS_SIGN_ON_SECRET": "x",
        "QMS_PUBLISH_SECRET": "0123456789abcdef",
        "INTAKE_DATABASE_URL": "postgresql:///qms",
    }
    assert environment_problems(raw, environment) == []


@pytest.mark.parametrize(
    "rest",
    [
        "/qms?host=/var/run/postgresql",
        "127.0.0.1:5433/qms",
        "localhost,[::1]/qms",
        "db1,db2/qms?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem",
        "db1/qms?sslmode=disable",
    ],
)
def test_a_line_to_a_database_is_decided_or_stays_on_the_machine(rest: str) -> None:
    assert environment_problems(RAW, {"INTAKE_DATABASE_URL": f"postgresql://qms@{rest}"}) == []


def test_the_service_does_not_start_with_bad_settings(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.__main__ import main

    places.configuration.write_text(SHIPPED.replace("port = 25", "port = 0"), encoding="utf-8")
    monkeypatch.setenv("QMS_ROOT", str(places.root))
    with pytest.raises(SystemExit, match=r"Cổng không chạy được\. Cấu hình có 1 chỗ cần sửa"):
        main(["notices"])
    monkeypatch.setenv("QMS_PUBLISH_SECRET", "short")
    places.configuration.write_text(SHIPPED, encoding="utf-8")
    with pytest.raises(SystemExit, match="QMS_PUBLISH_SECRET"):
        main(["serve"])


def test_nothing_is_written_before_settings_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.__main__ import main

    monkeypatch.setenv("QMS_ROOT", str(tmp_path))
    with pytest.raises(SystemExit, match="không đọc được"):
        main(["serve"])
    assert list(tmp_path.iterdir()) == []
