import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts import __main__ as commands
from scripts.publish import alone
from scripts.releases import publish
from tests.scripts.test_releases import built_site

HOLD = """
import sys, time
from pathlib import Path
from intake.configuration import Places
from scripts.publish import alone
with alone(Places(Path(sys.argv[1])), lambda: None):
    print("held", flush=True)
    time.sleep(60)
"""


def test_publications_wait_for_each_other(tmp_path: Path) -> None:
    places = Places(tmp_path)
    waited, order = threading.Event(), []

    def second() -> None:
        with alone(places, waited.set):
            order.append("second")

    with alone(places, lambda: pytest.fail("nobody else is publishing")):
        other = threading.Thread(target=second)
        other.start()
        assert waited.wait(10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]


def test_a_killed_publication_keeps_nobody_waiting(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=PROJECT_ROOT, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
        holder.wait()
        with alone(Places(tmp_path), lambda: pytest.fail("it is gone")):
            pass


# The commands, as a person sees them


@pytest.fixture
def run(
    small_places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[str]]:
    monkeypatch.setenv("QMS_ROOT", str(small_places.root))

    def command(*arguments: str) -> list[str]:
        commands.main(list(arguments))
        return capsys.readouterr().out.splitlines()

    return command


def test_releases_are_listed_and_gone_back_to(
    small_places: Places, run: Callable[..., list[str]]
) -> None:
    with pytest.raises(SystemExit, match="Chưa có bản nào"):
        run("releases")
    first, second = (
        publish(small_places, built_site(small_places, text), {"counts": {"pages": 12}}, {})
        for text in ("một", "hai")
    )
    head, top, other = run("releases")
    assert head.split("  ")[-1].strip() == "giữ vì"
    assert top.startswith(f"* {second.name} ")
    assert " 12 " in top
    assert top.endswith("đang công bố")
    assert other.startswith(f"  {first.name} ")
    assert run("rollback")[0].startswith(f"Đang công bố bản {first.name}.")
    assert small_places.current_site.resolve() == first.resolve()
    run("rollback", "--to", second.name)
    assert small_places.current_site.resolve() == second.resolve()


def test_a_rollback_that_cannot_be_says_so(
    small_places: Places, run: Callable[..., list[str]]
) -> None:
    release = publish(small_places, built_site(small_places), {}, {})
    with pytest.raises(SystemExit, match="bản đang công bố giữ nguyên: không còn bản nào"):
        run("rollback")
    assert small_places.current_site.resolve() == release.resolve()
