"""The maintainers' commands."""

import argparse
import logging

from intake.configuration import Places
from scripts import build


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="qms-portal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="check, build and publish the site")
    parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        built = build.build(Places.from_environment())
    except build.BuildFailed as failed:
        raise SystemExit(f"Chưa xuất bản, bản đang công bố giữ nguyên.\n{failed}") from failed
    print(f"{built.pages} pages in {built.seconds:.1f} s: {built.release}")


if __name__ == "__main__":
    main()
