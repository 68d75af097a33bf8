"""What each setting may be, told to whoever wrote another thing, in their words."""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import conninfo

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MAILBOX = re.compile(r"(?:[^<>@\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)")
_SHORTEST_SECRET = 16
_DECIDED_LINES = {"verify-full", "disable"}
"""All other modes of PostgreSQL let somebody in between take the server's place."""


class BadConfiguration(ValueError):
    """The portal can't start as it is configured; the message names every place to mend."""


@dataclass(frozen=True)
class _Rule:
    wanted: str
    holds: Callable[[Any], bool]


def _is_address(value: Any, *, empty: bool = False) -> bool:
    if not isinstance(value, str):
        return False
    if not value:
        return empty
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _number(least: int, most: int) -> _Rule:
    return _Rule(
        f"một số nguyên từ {least} đến {most}",
        lambda value: type(value) is int and least <= value <= most,
    )


_TEXT = _Rule("chữ trong ngoặc kép, không để trống", lambda v: isinstance(v, str) and bool(v))
_MAYBE = _Rule('chữ trong ngoặc kép; không dùng thì viết ""', lambda v: isinstance(v, str))
_YES_NO = _Rule("true hoặc false", lambda v: isinstance(v, bool))
_COLOUR_RULE = _Rule(
    'một màu dạng "#0b4f8a"', lambda v: isinstance(v, str) and bool(_COLOUR.fullmatch(v))
)
_ADDRESS = _Rule('một địa chỉ dạng "https://qlcl.example.gov.vn/"', _is_address)
_MAYBE_ADDRESS = _Rule(
    'một địa chỉ dạng "https://…"; không dùng thì viết ""', lambda v: _is_address(v, empty=True)
)
_MAILBOX_RULE = _Rule(
    'một hộp thư dạng "Tên <ten@example.gov.vn>"',
    lambda v: isinstance(v, str) and bool(_MAILBOX.fullmatch(v)),
)
_DAY = _Rule("một ngày dạng 2020-09-30, không có ngoặc kép", lambda v: type(v) is dt.date)
_TEXTS = _Rule(
    'một danh sách dạng ["a", "b"]; không có thì viết []',
    lambda v: isinstance(v, list) and all(isinstance(each, str) and each for each in v),
)
_PAIRS = _Rule(
    'các cặp dạng "a" = "b"',
    lambda v: isinstance(v, dict) and all(isinstance(each, str) for each in v.values()),
)
_RULES: dict[str, dict[str, _Rule]] = {
    "agency": dict.fromkeys(
        ("name", "short_name", "superior", "contact", "denunciation_body"), _TEXT
    ),
    "standard": {"name": _TEXT, "edition": _TEXT},
    "site": {"title": _TEXT, "description": _TEXT, "url": _ADDRESS},
    "colours": dict.fromkeys(("primary", "primary_dark", "accent"), _COLOUR_RULE),
    "sample": {"day": _DAY, "notice": _MAYBE},
    "accounts": {
        "idle_minutes": _number(1, 1440),
        "session_hours": _number(1, 168),
        "attempts": _number(1, 100),
        "pause_minutes": _number(1, 1440),
        "password_length": _number(8, 128),
    },
    "sign_on": {
        "issuer": _MAYBE_ADDRESS,
        **dict.fromkeys(("client_id", "scope", "name_claim", "unit_claim", "roles_claim"), _TEXT),
        "roles": _PAIRS,
    },
    "mail": {
        "host": _MAYBE,
        "port": _number(1, 65535),
        "starttls": _YES_NO,
        "user": _MAYBE,
        "sender": _MAILBOX_RULE,
    },
    "intake": {
        "behind_proxy": _YES_NO,
        "hosts": _TEXTS,
        "max_files": _number(0, 50),
        "max_file_bytes": _number(1_000, 100_000_000),
    },
    "backup": {"folder": _TEXT, "keep": _number(1, 10_000)},
    "gate": {
        "page_bytes": _number(1_000, 100_000_000),
        "index_bytes": _number(1_000, 1_000_000_000),
        "queries": _PAIRS,
    },
}
_MAY_LACK = {"sample", "gate"}
"""Tables that may be left out, and settings of them one by one."""


def problems(raw: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the tables of `data/portal.toml`, a line for each place."""
    return [*_unknown(raw, _RULES, "bảng"), *_wrong(raw)]


def _wrong(raw: Mapping[str, Any]) -> Iterator[str]:
    for table in _RULES:
        if table not in raw:
            if table not in _MAY_LACK:
                yield f"thiếu bảng [{table}]"
        elif not isinstance(raw[table], dict):
            yield f"{table} phải là một bảng: viết [{table}] trên một dòng riêng"
        else:
            yield from (f"bảng [{table}]: {line}" for line in _wrong_in(table, raw[table]))


def _wrong_in(table: str, given: Mapping[str, Any]) -> Iterator[str]:
    rules = _RULES[table]
    yield from _unknown(given, rules, "mục")
    for name, rule in rules.items():
        if name in given and not rule.holds(given[name]):
            yield f"mục {name} phải là {rule.wanted}; đang là {given[name]!r}"
        elif name not in given and table not in _MAY_LACK:
            yield f"thiếu mục {name}, là {rule.wanted}"


def _unknown(given: Mapping[str, Any], known: Mapping[str, Any], what: str) -> Iterator[str]:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            meant = f"; có phải là {near[0]} không?" if near else ""
            yield f"{what} {name} không có trong cổng{meant}"


def environment_problems(raw: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Return what the environment lacks for what the tables ask for, a line for each.

    Values are never repeated: they are secrets.
    """
    return list(_missing_in(raw, environment))


def _missing_in(raw: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    if raw["sign_on"]["issuer"] and not environment.get("QMS_SIGN_ON_SECRET"):
        yield "bảng [sign_on] có issuer nhưng biến môi trường QMS_SIGN_ON_SECRET còn trống"
    if raw["mail"]["host"] and raw["mail"]["user"] and not environment.get("QMS_MAIL_PASSWORD"):
        yield "bảng [mail] có user nhưng biến môi trường QMS_MAIL_PASSWORD còn trống"
    secret = environment.get("QMS_PUBLISH_SECRET", "")
    if secret and len(secret) < _SHORTEST_SECRET:
        yield f"biến môi trường QMS_PUBLISH_SECRET phải dài ít nhất {_SHORTEST_SECRET} ký tự"
    if url := environment.get("INTAKE_DATABASE_URL", ""):
        yield from database_problems(url)


def database_problems(url: str) -> Iterator[str]:
    """Yield what an address of a database lacks.

    Without `sslmode` the client library takes whatever line and server it finds; so whoever leaves
    the machine decides.
    """
    try:
        told = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        yield (
            "biến môi trường INTAKE_DATABASE_URL không đúng dạng "
            "postgresql://người-dùng:mật-khẩu@máy/cơ-sở-dữ-liệu"
        )
        return
    named = (str(told[each]).split(",") for each in ("host", "hostaddr") if each in told)
    elsewhere = any(not _is_this_machine(host) for hosts in named for host in hosts)
    if elsewhere and told.get("sslmode") not in _DECIDED_LINES:
        yield (
            "biến môi trường INTAKE_DATABASE_URL trỏ tới máy khác nên phải nói rõ đường truyền: "
            "sslmode=verify-full&sslrootcert=tệp-chứng-thư-gốc để mã hóa và kiểm tra máy chủ, "
            "hoặc sslmode=disable khi mạng giữa hai máy đã được bảo vệ riêng"
        )


def _is_this_machine(host: str) -> bool:
    """Tell whether a host of a database's address is this machine; a path is a socket's folder."""
    return host in {"", "localhost", "127.0.0.1", "::1"} or host[0] in "/@"
