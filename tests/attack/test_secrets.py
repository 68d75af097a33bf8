"""No secret lies in the repository, and what is taken from elsewhere is the one that was meant."""

import math
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator

import pytest

from intake.configuration import PROJECT_ROOT

_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_TOKENS = re.compile(
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|AIza[\w-]{35})"
)
_ASSIGNED = re.compile(
    r"(?i)(?:secret|passw(?:or)?d|mat_khau|token|api_?key|credential)s?[\"']?\s*[:=]\s*"
    r"[\"']([^\"'\s{}$<>]{12,})[\"']"
)
_ADDRESS = re.compile(r"\b[a-z+]+://[^\s/:@{}\"'<>]+:([^\s/@{}\"'<>]+)@")
_BITS = 3.7
"""A letter: words of people have less, what a machine made has more."""
_NOT_READ = {".woff2", ".png", ".pdf", ".ico", ".sqlite3", ".gz", ".zip", ".xlsx", ".docx", ".lock"}
_NOT_OURS = (
    *("content/assets/vendor/", "tests/site/vendor/", "tests/sign_on/package-lock.json"),
    "tests/fuzz/samples/",
)
_STANDS_FOR_ONE = {"password", "mat-khau", "mật-khẩu", "secret", "…", "matkhau", "0123456789abcdef"}
Line = tuple[str, int, str]

RUNS, TESTS_TOO = "requirements.lock", "requirements-dev.lock"
_PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = {
    kind: {re.split(r"[\[~= ;]", each)[0] for each in wanted}
    for kind, wanted in {
        "run": _PROJECT["dependencies"],
        "dev": _PROJECT["optional-dependencies"]["dev"],
    }.items()
}
"""The libraries that the project asks for: to run, and to be tested and measured."""


def tracked() -> Iterator[Line]:
    """Yield every line of what the repository holds."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = PROJECT_ROOT / name
        if path.suffix in _NOT_READ or name.startswith(_NOT_OURS) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield name, number, line


def entropy(text: str) -> float:
    """Return the bits of a letter of a text."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def is_secret(line: str) -> bool:
    """Tell whether a line gives a secret away."""
    if _PRIVATE_KEY.search(line) or _TOKENS.search(line):
        return True
    if any(word not in _STANDS_FOR_ONE for word in _ADDRESS.findall(line)):
        return True
    return any(
        entropy(value) >= _BITS and value not in _STANDS_FOR_ONE
        for value in _ASSIGNED.findall(line)
    )


def test_the_repository_holds_no_secret() -> None:
    found = [(name, number) for name, number, line in tracked() if is_secret(line)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "gives_away"),
    [
        ("-----BEGIN " + "EC PRIVATE KEY-----", True),
        ("client_secret" + " = 'q8Zr2LmVx71KpTn0'", True),
        ("QMS_MAIL_PASSWORD" + ': "Xk29!vbQ7-pLm3Zt"', True),
        ("postgresql://" + "qms:T4jw9Kx2@db/qms", True),
        ("gh" + "p_" + "a1B2" * 9, True),
        ("postgresql://user:password@host/database", False),
        ('SECRET = "a-secret-of-the-tests"', False),
        ('PASSWORD = "mot cau dai de nho"', False),
        ("token = new_token()", False),
    ],
)
def test_a_secret_would_be_found(line: str, gives_away: bool) -> None:
    assert is_secret(line) == gives_away


def pinned(lock: str) -> dict[str, str]:
    """Return the libraries of a lock file, each with its lines."""
    text = (PROJECT_ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"(?m)^--(?:extra-)?index-url|^-e |git\+|https?://", text)
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    return {re.split(r"[\[=]", part, maxsplit=1)[0]: part for part in parts}


@pytest.mark.parametrize("lock", [RUNS, TESTS_TOO])
def test_every_library_is_pinned_with_its_hash(lock: str) -> None:
    parts = pinned(lock)
    assert len(parts) > 50
    for part in parts.values():
        assert re.match(r"[\w.-]+(?:\[[\w,]+\])?==[\w.]+", part), part[:60]
        assert "--hash=sha256:" in part, part[:60]
    assert "--require-hashes" in (PROJECT_ROOT / "scripts/setup.sh").read_text(encoding="utf-8")


def test_what_runs_the_portal_installs_nothing_of_the_tests() -> None:
    runs, tests_too = pinned(RUNS), pinned(TESTS_TOO)
    assert runs.items() <= tests_too.items(), "the same versions in both"
    assert WANTED["run"] <= runs.keys()
    assert WANTED["dev"] & runs.keys() == {"lxml"}, "python-docx reads with it"
    container = (PROJECT_ROOT / "scripts/server/Containerfile").read_text(encoding="utf-8")
    assert TESTS_TOO not in container


def test_every_library_has_its_reason() -> None:
    names = WANTED["run"] | WANTED["dev"]
    record = PROJECT_ROOT / "content/quan-tri/adr/0005-libraries.md"
    rows = re.findall(r"(?m)^\| ([^|]+) \|", record.read_text(encoding="utf-8"))
    told = {name.strip() for row in rows for name in row.split(",")}
    assert not names - told
