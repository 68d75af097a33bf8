"""The yardsticks, behind the intake's server: a view that does nothing, and one that only reads.

The second one reads the form that it is sent and answers with the form's page as it stands: what
Flask takes for that, before anything is checked or kept.
"""

import sys

import waitress
from flask import Flask, request

from intake import processors
from intake.__main__ import THREADS
from intake.configuration import PROJECT_ROOT, Places
from tests.load.sides import PAGE


def serve(kind: str, port: int) -> None:
    """Answer what is posted."""
    app = Flask("yardstick")
    page = Places(PROJECT_ROOT).current_site.joinpath(PAGE.strip("/"), "index.html")
    text = page.read_text(encoding="utf-8")

    def reading() -> str:
        return text if request.form else ""

    view = reading if kind == "reading" else str
    app.add_url_rule(PAGE, "view", view_func=view, methods=["POST"])
    processors.keep_to_one(port)
    waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS, ident=None)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
