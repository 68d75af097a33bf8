"""A Flask view that does nothing, behind the intake's server: the yardstick."""

import sys

import waitress
from flask import Flask

from intake.__main__ import THREADS
from tests.load.sides import PAGE


def serve(port: int) -> None:
    """Answer whatever is posted with nothing."""
    app = Flask("empty")
    app.add_url_rule(PAGE, view_func=lambda: "", methods=["POST"])
    waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS, ident=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
