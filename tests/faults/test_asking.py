"""Publishing on request: a signed webhook on the running intake, and a git hook."""

import contextlib
import http.client
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from intake.publishing import ADDRESS, MOST_BYTES, sign
from intake.publishing_requests import WINDOW_SECONDS
from scripts.serve import snapshot
from tests.faults.test_kill import places, service
from tests.scripts.test_releases import git

__all__ = ["places"]

SECRET = "bí mật của hai bên"
HOOK = PROJECT_ROOT / "scripts/server/post-receive"


# The webhook


@pytest.fixture
def port(places: Places, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("QMS_PUBLISH_SECRET", SECRET)
    with service(places) as (_, port):
        yield port


def ask(
    port: int,
    body: bytes = b"{}",
    at: float | None = None,
    signature: str = "",
    method: str = "POST",
) -> tuple[int, str]:
    timestamp = f"{time.time() if at is None else at:.0f}"
    headers = {
        "X-QMS-Timestamp": timestamp,
        "X-QMS-Signature": signature or sign(SECRET, timestamp, body),
    }
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request(method, ADDRESS, body, headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def test_a_signed_request_calls_for_publishing(places: Places, port: int) -> None:
    before = snapshot(places)
    assert ask(port) == (202, "Đã nhận, cổng sẽ được xuất bản lại ngay.\n")
    after = snapshot(places)
    assert after != before, "the publisher looks at this"
    assert snapshot(places) == after, "once"


def test_a_request_counts_once_even_after_a_restart(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMS_PUBLISH_SECRET", SECRET)
    now = time.time()
    with service(places) as (_, port):
        assert ask(port, at=now)[0] == 202
        assert ask(port, at=now)[0] == 409
        assert ask(port, b"other", at=now)[0] == 202
    asked = snapshot(places)
    with service(places) as (_, port):
        assert ask(port, at=now)[0] == 409
    assert snapshot(places) == asked


@pytest.mark.parametrize("off", [-WINDOW_SECONDS - 60, WINDOW_SECONDS + 60])
def test_an_old_request_and_one_of_tomorrow_are_refused(
    places: Places, port: int, off: int
) -> None:
    before = snapshot(places)
    status, told = ask(port, at=time.time() + off)
    assert (status, "quá 5 phút" in told) == (401, True)
    assert snapshot(places) == before


def test_what_is_signed_otherwise_is_refused(places: Places, port: int) -> None:
    before = snapshot(places)
    now = time.time()
    right = sign(SECRET, f"{now:.0f}", b"{}")
    others = [
        sign("khác", f"{now:.0f}", b"{}"),
        sign(SECRET, f"{now + 1:.0f}", b"{}"),
        sign(SECRET, f"{now:.0f}", b"{ }"),
        right.removeprefix("sha256="),
        right[:-1],
        "sha256=",
    ]
    assert [ask(port, at=now, signature=each) for each in others] == [
        (401, "Chữ ký không đúng.\n")
    ] * len(others)
    assert snapshot(places) == before
    assert ask(port, at=now, signature=right)[0] == 202, "what was refused used nothing up"


def test_a_huge_body_is_refused(places: Places, port: int) -> None:
    before = snapshot(places)
    assert ask(port, b"x" * (MOST_BYTES + 1))[0] == 413
    assert snapshot(places) == before
    assert ask(port, b"x" * MOST_BYTES)[0] == 202


def test_a_timestamp_that_is_no_number_is_refused(port: int) -> None:
    headers = {"X-QMS-Timestamp": "nay", "X-QMS-Signature": sign(SECRET, "nay", b"")}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("POST", ADDRESS, b"", headers)
        assert line.getresponse().status == 401


def test_without_a_secret_there_is_no_such_address(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QMS_PUBLISH_SECRET", raising=False)
    with service(places) as (_, port):
        assert ask(port)[0] == 404
        timestamp = f"{time.time():.0f}"
        unsigned = sign("", timestamp, b"{}")
        assert ask(port, at=float(timestamp), signature=unsigned)[0] == 404
        assert ask(port, method="GET")[0] == 404


# The hook

PUBLISH = """#!{python}
import sys
from pathlib import Path
asked = Path("asked.txt")
asked.write_text((asked.read_text() if asked.exists() else "") + " ".join(sys.argv[1:]) + "\\n")
text = Path("content.txt").read_text().strip()
print("content.txt:1: chỗ sai" if text == "sai" else f"Đã xuất bản {{text}}")
sys.exit(text == "sai")
"""


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A bare repository with the hook, the portal's folder and a maintainer's, all clones."""
    work, bare, root = (tmp_path / name for name in ("work", "portal.git", "portal"))
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch", "main")
    (work / ".gitignore").write_text("/.venv/\n/asked.txt\n")
    change(work, "một")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    git(tmp_path, "clone", "--quiet", str(bare), str(root))
    shutil.copy(HOOK, bare / "hooks" / "post-receive")
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(PUBLISH.format(python=sys.executable))
    python.chmod(0o755)
    return tmp_path


def change(folder: Path, text: str) -> None:
    (folder / "content.txt").write_text(f"{text}\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", text)


def push(server: Path, what: str = "main") -> str:
    """Push, which must succeed, and return what the hook told."""
    command = ["git", "-C", str(server / "work"), "push", str(server / "portal.git"), what]
    done = subprocess.run(
        command,
        env={"PATH": "/usr/bin:/bin", "QMS_ROOT": str(server / "portal")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def test_what_is_pushed_is_published(server: Path) -> None:
    change(server / "work", "hai")
    told = push(server)
    assert "Đã xuất bản hai" in told
    assert "đã xuất bản những gì vừa đẩy lên" in told
    assert (server / "portal/asked.txt").read_text() == "-m scripts publish\n"


def test_what_is_wrong_is_told_and_the_push_stands(server: Path) -> None:
    change(server / "work", "sai")
    told = push(server)
    assert "content.txt:1: chỗ sai" in told
    assert "chưa xuất bản" in told
    assert git(server / "portal.git", "rev-parse", "main") == git(
        server / "work", "rev-parse", "main"
    )
    change(server / "work", "ba")
    assert "Đã xuất bản ba" in push(server)


def test_another_branch_publishes_nothing(server: Path) -> None:
    git(server / "work", "switch", "--quiet", "--create", "nhap")
    change(server / "work", "nháp")
    assert "xuất bản" not in push(server, "nhap")
    assert not (server / "portal/asked.txt").exists()


def test_what_was_edited_on_the_server_is_not_overwritten(server: Path) -> None:
    edited = server / "portal/content.txt"
    edited.write_text("sửa tại chỗ\n")
    change(server / "work", "hai")
    assert "sửa trên máy chủ rồi đẩy lại" in push(server)
    assert edited.read_text() == "sửa tại chỗ\n"
    assert not (server / "portal/asked.txt").exists()


def test_a_push_into_the_portals_own_repository_is_published(server: Path) -> None:
    own = server / "portal/.git"
    git(server / "portal", "config", "receive.denyCurrentBranch", "updateInstead")
    shutil.copy(HOOK, own / "hooks" / "post-receive")
    (server / "portal.git").rename(server / "unused.git")
    (server / "portal.git").symlink_to(own)
    change(server / "work", "hai")
    assert "Đã xuất bản hai" in push(server)


def test_the_hook_is_plain_shell() -> None:
    assert subprocess.run(["sh", "-n", str(HOOK)], check=False).returncode == 0
    assert HOOK.stat().st_mode & 0o111
