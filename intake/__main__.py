"""The commands of the intake: `serve` and `packages`."""

import argparse
import logging

import waitress

from intake.app import create_app
from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project

_THREADS = 16


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m intake", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="take forms in and serve the site")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    commands.add_parser("packages", help="rebuild the data packages from the journal")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    places = Places.from_environment()
    journal = SqliteJournal(places.journal)
    if chosen.command == "serve":
        serve(places, journal, chosen.host, chosen.port)
    else:
        project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
        print(f"packages: {places.packages}")


def serve(places: Places, journal: SqliteJournal, host: str, port: int) -> None:
    """Serve until stopped. Waitress buffers a request whole, so slow senders hold no thread."""
    app = create_app(places, journal)
    body_limit = (
        2 * app.config["MAX_CONTENT_LENGTH"]
    )  # above Flask's own, which answers in Vietnamese
    waitress.serve(
        app, host=host, port=port, threads=_THREADS, max_request_body_size=body_limit, ident=None
    )


if __name__ == "__main__":
    main()
