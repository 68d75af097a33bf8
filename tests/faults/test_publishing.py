"""Whatever goes wrong while publishing, readers get whole pages of a whole release throughout."""

import contextlib
import http.client
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts import __main__ as commands
from scripts.releases import publications
from scripts.sound_project import sound_project
from tests.faults.test_kill import service

ADDRESSES = ["", "bao-cao/khong-phu-hop/", "tai-lieu/qt-ht-04/", "search/words.js", "trang-thu/"]
DISK_BYTES = 200_000_000
LEFT_BYTES = 2_000_000

SWITCH = """
import os, shutil, signal, sys
from pathlib import Path
from intake.configuration import Places
from scripts import releases

places, moment = Places.from_environment(), sys.argv[1]
built = places.cache / "built"
shutil.copytree(places.current_site.resolve(), built)
(built / "release.json").unlink()
(built / "moment.txt").write_text(moment)
replace = Path.replace

def killed(self, target):
    switching = Path(target) == places.current_site
    if switching and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    done = replace(self, target)
    if switching:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

Path.replace = killed
releases.publish(places, built, {}, {})
"""


@dataclass
class Readers:
    """Ask a running portal without a pause, and remember every answer that is not a whole page."""

    places: Places
    port: int
    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    _whole: dict[str, set[bytes]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def accept_the_published_release(self) -> None:
        """Take the pages of the release that is published now for right ones."""
        for address in ADDRESSES:
            path = self.places.current_site / address
            file = path if path.suffix else path / "index.html"
            if file.is_file():
                self._whole.setdefault(address, set()).add(file.read_bytes())

    def start(self) -> None:
        for address in ADDRESSES[:4]:
            thread = threading.Thread(target=self._read, args=(address,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, address: str) -> None:
        while not self._over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", f"/{address}")
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or body not in self._whole[address]:
                    self.wrong.append(f"{address}: {answer.status}, {len(body)} bytes")
            except (OSError, http.client.HTTPException) as failed:
                self.wrong.append(f"{address}: {failed!r}")
            finally:
                connection.close()
            self.answers += 1
            time.sleep(0.1)


@dataclass
class Portal:
    places: Places
    readers: Readers

    @property
    def published(self) -> Path:
        return self.places.current_site.resolve()


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a disk of its own under a folder where that may be done."""
    options = ["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    mounted = subprocess.run(["mount", *options], capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    root = tmp_path_factory.mktemp("published")
    with small_disk(root):
        places = sound_project(root)
        (places.content / "trang-thu.md").write_text("# Trang thử\n", encoding="utf-8")
        first = publishing(places)
        output = first.communicate()
        assert first.returncode == 0, output
        with service(places) as (_, port):
            readers = Readers(places, port)
            readers.accept_the_published_release()
            readers.start()
            try:
                yield Portal(places, readers)
            finally:
                readers.stop()


def publishing(places: Places, **options: object) -> subprocess.Popen[str]:
    return run(places, "-m", "scripts", "publish", **options)


def run(places: Places, *arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "QMS_ROOT": str(places.root), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture
def unchanged(portal: Portal) -> Iterator[None]:
    """The published release is the same after the test, and readers saw no other."""
    before, asked = portal.published, portal.readers.answers
    log = publications(portal.places)
    yield
    assert portal.published == before
    assert publications(portal.places) == log
    wait_for_answers(portal, asked + 4)
    assert portal.readers.wrong == []


def wait_for_answers(portal: Portal, number: int) -> None:
    end = time.monotonic() + 20
    while portal.readers.answers < number:
        assert time.monotonic() < end, "the portal answers no more"
        time.sleep(0.05)


# What the checks and the gate refuse


def appended(path: str, text: str) -> Callable[[Places], None]:
    def change(places: Places) -> None:
        file = places.root / path
        file.write_text(f"{file.read_text(encoding='utf-8')}{text}\n", encoding="utf-8")

    return change


def replaced(path: str, old: str, new: str) -> Callable[[Places], None]:
    def change(places: Places) -> None:
        file = places.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


HOME, SETTINGS = "content/index.md", "data/portal.toml"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        pytest.param(
            "data/qms/units.csv",
            appended("data/qms/units.csv", "kh cn,x,,,,,,"),
            "data/qms/units.csv:3: ",
            id="bad row",
        ),
        pytest.param(
            HOME,
            appended(HOME, "\n{{ nothing() }}"),
            "content/index.md:5: không chạy được lệnh",
            id="broken macro",
        ),
        pytest.param(
            HOME,
            appended(HOME, '<a href="gone/">x</a>'),
            "index.html: liên kết hỏng: gone/",
            id="dead link",
        ),
        pytest.param(
            HOME,
            appended(HOME, '<a href="bao-cao/gop-y/#gone">x</a>'),
            "index.html: không có mục để liên kết tới: bao-cao/gop-y/#gone",
            id="dead anchor",
        ),
        pytest.param(
            HOME,
            appended(HOME, '<img alt="" src="https://x.example/a.png">'),
            "index.html: tải từ máy chủ khác: https://x.example/a.png",
            id="outside request",
        ),
        pytest.param(
            HOME,
            appended(HOME, '<i id="hai"></i><i id="hai"></i>'),
            "index.html: id trùng nhau: hai",
            id="invalid page",
        ),
        pytest.param(
            SETTINGS,
            replaced(SETTINGS, "page_bytes = 250_000", "page_bytes = 9_000"),
            "index.html: trang nặng",
            id="oversize page",
        ),
        pytest.param(
            SETTINGS,
            replaced(SETTINGS, "index_bytes = 12_000_000", "index_bytes = 9_000"),
            "search/: mục lục tìm kiếm nặng",
            id="oversize index",
        ),
        pytest.param(
            SETTINGS,
            replaced(SETTINGS, '"gop y" = "bao-cao/gop-y/"', '"voi bay" = "bao-cao/gop-y/"'),
            "search/: tìm “voi bay” không còn ra trang bao-cao/gop-y/",
            id="unanswered query",
        ),
        pytest.param(
            SETTINGS,
            replaced(SETTINGS, 'title = "', 'title = "\\u0001'),
            "co-gi-moi.xml: XML không đọc được",
            id="broken feed",
        ),
        pytest.param(
            "content/trang-thu.md",
            lambda places: (places.content / "trang-thu.md").unlink(),
            "trang-thu/index.html: trang đang công bố bị mất",
            id="lost page",
        ),
    ],
)
def test_what_is_refused_leaves_the_published_site(
    portal: Portal,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    change: Callable[[Places], None],
    told: str,
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(portal.places.root))
    file = portal.places.root / path
    before = file.read_bytes()
    change(portal.places)
    try:
        with pytest.raises(SystemExit) as refused:
            commands.main(["publish"])
    finally:
        file.write_bytes(before)
    first, *findings = str(refused.value).splitlines()
    assert first == "Chưa xuất bản, bản đang công bố giữ nguyên."
    assert any(line.startswith(told) for line in findings), findings


# What the machine does


@pytest.mark.usefixtures("unchanged")
def test_a_full_disk_leaves_the_published_site(portal: Portal) -> None:
    page = portal.places.content / "trang-thu.md"
    before = page.read_bytes()
    page.write_text("# Trang thử\n\nKhác.\n", encoding="utf-8")
    shutil.rmtree(portal.places.cache / "site", ignore_errors=True)
    try:
        with full_disk(portal.places.root) as limited:
            process = publishing(portal.places, **limited)
            _, errors = process.communicate()
    finally:
        page.write_bytes(before)
    assert process.returncode == 1
    assert "bản đang công bố giữ nguyên" in errors
    assert "Đĩa đã đầy" in errors
    assert "Traceback" not in errors


@contextlib.contextmanager
def full_disk(root: Path) -> Iterator[dict[str, object]]:
    """Fill the disk of the project, or let the next process write no more than a small file.

    What was not allowed to be a disk of its own must not be filled: it is everybody's.
    """
    if not root.is_mount():
        yield {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))}
        return
    filler = root / "filler"
    free = os.statvfs(root).f_bavail * os.statvfs(root).f_frsize
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - LEFT_BYTES)
    try:
        yield {}
    finally:
        filler.unlink()


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("sign", ["content.sound", "docs/index.md", "site/index.html"])
def test_a_kill_in_the_middle_of_a_build_leaves_the_published_site(
    portal: Portal, sign: str
) -> None:
    page = portal.places.content / "index.md"
    before = page.read_bytes()
    page.write_bytes(before + b"\nKh\xc3\xa1c.\n")
    made = portal.places.cache / sign
    made.unlink(missing_ok=True)
    try:
        process = publishing(portal.places)
        while process.poll() is None and not made.exists():
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    finally:
        page.write_bytes(before)
    assert process.returncode == -signal.SIGKILL, "it was over before it could be killed"


@pytest.mark.usefixtures("unchanged")
def test_a_kill_right_before_the_switch_leaves_the_published_site(portal: Portal) -> None:
    process = run(portal.places, "-c", SWITCH, "before")
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_a_kill_right_after_the_switch_leaves_the_new_site_whole(portal: Portal) -> None:
    before, log = portal.published, publications(portal.places)
    process = run(portal.places, "-c", SWITCH, "after")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    after = portal.published
    assert after != before
    assert (after / "moment.txt").read_text() == "after"
    assert publications(portal.places) == log, "not written down yet"
    rolled_back = run(portal.places, "-m", "scripts", "rollback")
    rolled_back.communicate()
    assert rolled_back.returncode == 0
    assert portal.published == before
    assert [each.release for each in publications(portal.places)][-2:] == [after.name, before.name]
    assert portal.readers.wrong == []


def test_after_all_that_a_publication_is_as_if_nothing_had_been(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(portal.places.root))
    before = portal.published
    commands.main(["publish"])
    assert before.name in capsys.readouterr().out
    assert portal.published == before
    assert portal.readers.wrong == []


def test_a_page_that_is_meant_to_go_leaves_its_address(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(portal.places.root))
    (portal.places.content / "trang-thu.md").unlink()
    row = "trang-thu/,bao-cao/gop-y/,2020-09-15,Trang thử đã xong.\n"
    appended("data/qms/old_addresses.csv", row.rstrip("\n"))(portal.places)
    commands.main(["publish"])
    page = (portal.published / "trang-thu" / "index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../bao-cao/gop-y/">' in page
    assert "Trang thử đã xong." in page
