"""What the code leaves alone, looked for in its text: what no test of behaviour can show."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT

ROOMS = ("intake", "scripts")
SERVED = PROJECT_ROOT / "intake"
PAGE = PROJECT_ROOT / "content/quan-tri/security.md"
_RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
_UNSAFE_MODULES = {"pickle", "marshal", "shelve", "random", "ctypes", "yaml", "xml", "lxml"}
_NETWORK = {"requests", "smtplib", "socket", "urllib.request", "http.client", "psycopg", "authlib"}
_HASHES = {"md5", "sha1", "new"}
_SCRIPTS = [
    *(PROJECT_ROOT / "content/assets").glob("*.js"),
    *(PROJECT_ROOT / "scripts").rglob("*.js"),
]
_RUNS_IN_A_BROWSER = re.compile(
    r"\beval\(|new Function|document\.write|insertAdjacentHTML|outerHTML\s*=|__proto__"
    r"|(?:window|parent|top|opener)\.(?:postMessage|addEventListener\(\s*[\"']message)|setTimeout\(\s*[\"'`]|\.domain\s*="
)


def sources(*folders: Path) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield path.relative_to(PROJECT_ROOT).as_posix(), tree


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, node.module.partition(".")[0]}
    return found


def test_nothing_runs_text_as_code() -> None:
    for path, tree in sources(*(PROJECT_ROOT / room for room in ROOMS)):
        assert not [name for name, _ in calls(tree) if name in _RUNS_TEXT], path
        assert not [name for name, _ in calls(tree) if name in {"os.system", "os.popen"}], path
        for name, call in calls(tree):
            shells = [each for each in call.keywords if each.arg == "shell"]
            assert not shells, (path, name)


def test_the_service_reads_json_alone_and_makes_no_guessable_secret() -> None:
    for path, tree in sources(SERVED):
        assert not imported(tree) & (_UNSAFE_MODULES | {"yaml", "xml", "lxml", "jinja2.sandbox"}), (
            path
        )


def test_no_weak_hash_is_used() -> None:
    for path, tree in sources(*(PROJECT_ROOT / room for room in ROOMS)):
        names = {name for name, _ in calls(tree)}
        assert not names & {f"hashlib.{weak}" for weak in _HASHES}, path


def test_certificates_are_checked_and_nothing_debugs() -> None:
    wrong = {"verify", "debug", "use_reloader", "ssl_verify", "check_hostname"}
    for path, tree in sources(SERVED):
        for name, call in calls(tree):
            assert not [each.arg for each in call.keywords if each.arg in wrong], (path, name)
        assert "_create_unverified_context" not in ast.unparse(tree), path


def test_no_statement_is_put_together_from_what_was_sent() -> None:
    """Ruff marks each statement that is no literal; the mark says of what it is made."""
    marked = [
        (path.name, line.partition("# noqa: S608")[2])
        for path in sorted(SERVED.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "S608" in line
    ]
    assert marked
    assert all(re.match(r" \(.+\)", why) for _, why in marked), marked
    for path, tree in sources(SERVED):
        for name, call in calls(tree):
            if name.endswith((".execute", ".executemany")) and call.args:
                assert "request" not in ast.unparse(call.args[0]), path


def test_no_template_and_no_pattern_is_made_of_what_was_sent() -> None:
    for path, tree in sources(SERVED):
        for name, call in calls(tree):
            if name.endswith(("from_string", "render_template_string", "Template", "Markup")):
                assert isinstance(call.args[0], ast.Constant), (path, name)
            if name in {"re.compile", "re.match", "re.sub", "re.fullmatch", "re.search"}:
                assert isinstance(call.args[0], ast.Constant), (path, name)


def test_only_named_modules_reach_other_machines() -> None:
    reaching = {path for path, tree in sources(SERVED) if imported(tree) & _NETWORK}
    told = set(re.findall(r"`(intake/[\w/]+\.py)`", PAGE.read_text(encoding="utf-8")))
    assert reaching == told


def test_all_cryptography_is_in_the_inventory() -> None:
    used = set()
    for _, tree in sources(SERVED):
        text = ast.unparse(tree)
        used |= set(re.findall(r"\b(?:hashlib|hmac|secrets|ssl)\.\w+", text))
        used |= {"argon2"} & imported(tree)
    named = PAGE.read_text(encoding="utf-8")
    assert used
    assert not [each for each in used if f"`{each}`" not in named]


@pytest.mark.parametrize("path", _SCRIPTS, ids=lambda path: path.name)
def test_own_scripts_run_no_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not _RUNS_IN_A_BROWSER.findall(text)
    for made in re.findall(r"innerHTML\s*=([^;]*);", text):
        assert path.name == "search-box.js", made
