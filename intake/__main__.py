"""The commands of the intake, as `python -m intake --help` lists them."""

import argparse
import datetime as dt
import json
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import waitress

from intake import logs, processors, retention
from intake.accounts import commands as account_commands
from intake.accounts.model import BadAccount
from intake.app import account_store, create_app, notices_of
from intake.backups import BadBackup, back_up, restore
from intake.cases.roles import load_roles
from intake.cases.workflow import load_workflows
from intake.configuration import LOCAL_ZONE, Places, Portal
from intake.errors import JournalTooNew
from intake.forms.schema import Form, form_from_descriptor, load_forms
from intake.journal.model import Event
from intake.journal.sql import SqlJournal, utc_now
from intake.journal.store import open_journal
from intake.notices.outbox import Outbox
from intake.notices.run import Notices
from intake.packages.projection import project
from intake.registers import Registers
from intake.settings import BadConfiguration

log = logging.getLogger(__name__)

THREADS = 48
_NOTICES_EVERY_SECONDS = 60
_TRUSTED_PROXY = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_count": 1,
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    "clear_untrusted_proxy_headers": True,
}
"""A web server on the same machine says who the client is; nobody else is believed."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m intake", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="take forms in and serve the site")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    commands.add_parser("packages", help="rebuild the data packages from the journal")
    commands.add_parser("notices", help="send the mails that are due, once")
    account_commands.add_arguments(
        commands.add_parser("accounts", help="add, change and list who may sign in")
    )
    backing_up = commands.add_parser("backup", help="write a backup while the service runs")
    backing_up.add_argument("--to", default="", help="folder instead of the configured one")
    disposing = commands.add_parser("retention", help="what the records list says is due to go")
    disposing.add_argument("--basis", default="", help="the decision; without it nothing is done")
    restoring = commands.add_parser("restore", help="put a backup into an empty portal")
    restoring.add_argument("archive")
    chosen = parser.parse_args(arguments)
    logs.set_up()
    try:
        run(Places.from_environment(), chosen)
    except (BadConfiguration, JournalTooNew) as bad:
        sys.exit(f"Cổng không chạy được. {bad}")


def run(places: Places, chosen: argparse.Namespace) -> None:
    """Run the chosen command."""
    if chosen.command == "accounts":
        accounts(places, chosen)
        return
    if chosen.command in {"backup", "restore"}:
        keep_safe(places, chosen)
        return
    if chosen.command == "serve":
        Portal.check_environment(places.configuration)
        processors.keep_to_one(chosen.port)
    journal = open_journal(places)
    if chosen.command == "retention":
        retain(places, journal, chosen.basis)
    elif chosen.command == "serve":
        serve(places, journal, chosen.host, chosen.port)
    elif chosen.command == "notices":
        print(f"Đã gửi {notices_of(places, journal).run()} thư.")
    else:
        project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
        print(f"packages: {places.packages}")


def serve(places: Places, journal: SqlJournal, host: str, port: int) -> None:
    """Serve until stopped. Waitress buffers a request whole, so slow senders hold no thread."""
    portal = Portal.load(places.configuration)
    app = create_app(places, journal)
    settings: dict[str, Any] = {
        "host": host,
        "port": port,
        "threads": THREADS,
        "ident": None,
        # above Flask's own limit, which answers in Vietnamese
        "max_request_body_size": 2 * app.config["MAX_CONTENT_LENGTH"],
    }
    if portal.behind_proxy:
        settings |= _TRUSTED_PROXY
    _tell_in_time(notices_of(places, journal))
    waitress.serve(app, **settings)


def _tell_in_time(notices: Notices) -> None:
    """Send notices every minute, apart from requests: no mail ever holds one up."""

    def tell() -> None:
        while True:
            try:
                notices.run()
            except Exception:  # the next run asks for everything again
                log.exception("notices: a run failed")
            time.sleep(_NOTICES_EVERY_SECONDS)

    threading.Thread(target=tell, name="notices", daemon=True).start()


def accounts(places: Places, chosen: argparse.Namespace) -> None:
    """Run a command on accounts."""
    store = account_store(places, Portal.load(places.configuration))
    roles, registers = load_roles(places.forms), Registers(places.registers)
    try:
        print(account_commands.run(chosen, store, roles, registers))
    except BadAccount as refused:
        sys.exit(str(refused))


def keep_safe(places: Places, chosen: argparse.Namespace) -> None:
    """Write a backup, or put one back."""
    settings = Portal.load(places.configuration).backup
    try:
        if chosen.command == "backup":
            folder = places.root / (chosen.to or settings["folder"])
            made = back_up(places, folder, settings["keep"])
            size = Path(made.path).stat().st_size / 1e6
            print(f"Đã sao lưu đến việc số {made.events}: {made.path} ({size:.1f} MB)")
        else:
            made = restore(places, Path(chosen.archive))
            print(
                f"Đã khôi phục đến việc số {made.events}, giống hệt lúc sao lưu. Chạy make publish."
            )
    except BadBackup as refused:
        sys.exit(str(refused))


def retain(places: Places, journal: SqlJournal, basis: str) -> None:
    """Show what is due to go by the records list; with a decision, take it out."""
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)
    today = dt.datetime.now(LOCAL_ZONE).date()
    found = retention.due(journal.events(), forms, workflows, Registers(places.registers), today)
    for each in found:
        print(
            f"{each.case.number}  {each.title}: kết thúc {each.case.entered_on:%d/%m/%Y}, "
            f"{each.record} giữ {each.years} năm, hết hạn {each.over_on:%d/%m/%Y}"
        )
    if not found:
        print("Không có phiếu nào hết thời hạn bảo quản.")
        return
    if not basis:
        print(_NOT_YET.format(count=len(found)))
        return
    outbox = Outbox(places.outbox, utc_now)
    for each in found:
        forms_of = {event.seq: _form_of(journal, event) for event in each.case.events}
        journal.dispose(retention.disposal(each, basis, forms_of))
        outbox.forget(each.case.number)
    journal.scrub()
    print(_DISPOSED.format(count=len(found)))


def _form_of(journal: SqlJournal, event: Event) -> Form:
    descriptor = json.loads(journal.form_descriptor(event.form_hash))
    return form_from_descriptor(event.action or event.form, descriptor)


_NOT_YET = """
Chưa hủy gì. {count} phiếu trên đã hết thời hạn bảo quản; khi có văn bản cho phép hủy, chạy:
  make retention BASIS="Quyết định số … ngày …"
Lời văn, tên người, tệp của các phiếu ấy sẽ mất hẳn; số, ngày, trạng thái và đơn vị ở lại."""
_DISPOSED = """
Đã hủy nội dung của {count} phiếu. Chạy make publish để gói dữ liệu và trang không còn nội dung ấy.
Bản sao lưu cũ và bản đã công bố còn giữ nội dung cho đến khi hết hạn giữ của chúng."""


if __name__ == "__main__":
    main()
