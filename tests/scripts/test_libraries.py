"""What runs the portal does without the libraries of its tests."""

import re
import subprocess
import sys
import tomllib

from intake.configuration import PROJECT_ROOT

_MODULES = {"zxing-cpp": "zxingcpp", "pytest-xdist": "xdist"}
_RUN_TOO = {"lxml"}  # python-docx reads with it


def test_commands_load_nothing_that_only_tests_need() -> None:
    text = (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = tomllib.loads(text)["project"]["optional-dependencies"]["dev"]
    names = {re.split(r"[\[~= ;]", each)[0] for each in asked} - _RUN_TOO
    modules = sorted(_MODULES.get(name, name) for name in names)
    program = (
        f"import sys\nsys.modules.update(dict.fromkeys({modules}))\n"
        "import intake.__main__, intake.app, scripts.__main__"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
