"""The pack of a management review, for who prepares it: made when asked for, as one file.

It is made by the same command as at a terminal, in a process of its own: the intake knows neither
the build nor what sets text on sheets.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from flask import Blueprint, Response, request

from intake import processors
from intake.accounts.model import Account
from intake.configuration import PROJECT_ROOT, Places
from intake.desk.reach import prepares_reviews
from intake.desk.signing import DESK, signed_in
from intake.errors import IntakeError, NotAllowed, UnknownPage
from intake.review_periods import Period, periods
from intake.services import services

_PAGE = f"{DESK}xem-xet/"
_SECONDS = 300
_making = threading.Lock()
"""One at a time: it takes all of a processor for some seconds."""

blueprint = Blueprint("review_packs", __name__)


class NoPack(IntakeError):
    """The pack could not be made; the message says why."""

    status = 503
    title = "Chưa lập được tập tài liệu"


@blueprint.get(_PAGE)
def packs_page() -> str:
    """List the periods, each with its pack."""
    account = _allowed()
    service = services()
    html = service.renderer.render(
        "desk/review_packs.html", desk=DESK, account=account, periods=_periods().values()
    )
    return service.pages.at(_PAGE.strip("/")).filled(html)


@blueprint.get(f"{_PAGE}tai-ve/")
def pack() -> Response:
    """Give the pack of a period as a ZIP.

    Raises:
        UnknownPage: there is no such period.
        NoPack: it could not be made.
    """
    _allowed()
    known = _periods()
    period = known.get(request.args.get("ky", ""))
    if period is None:
        raise UnknownPage(f"Không có kỳ này. Các kỳ đang có: {', '.join(known)}.")
    with _making:
        content = packed(services().places, period.code)
    answer = Response(content, mimetype="application/zip")
    name = f"xem-xet-{period.code.lower()}.zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def packed(places: Places, code: str) -> bytes:
    """Return the pack of a period as a ZIP.

    Raises:
        NoPack: it could not be made.
    """
    with tempfile.TemporaryDirectory(prefix="qms-review-") as folder:
        target = Path(folder) / "pack.zip"
        asked = ["review", "--period", code, "--zip", str(target)]
        try:
            with processors.on_any():
                done = subprocess.run(
                    [sys.executable, "-m", "scripts", *asked],
                    cwd=PROJECT_ROOT,
                    env={**os.environ, "QMS_ROOT": str(places.root)},
                    capture_output=True,
                    text=True,
                    timeout=_SECONDS,
                    check=False,
                )
        except subprocess.TimeoutExpired:
            raise NoPack(f"Quá {_SECONDS // 60} phút mà chưa xong. Hãy thử lại sau.") from None
        if done.returncode or not target.exists():
            raise NoPack(_told(done.stderr))
        return target.read_bytes()


def _told(errors: str) -> str:
    """Return what the command said of its failure, without what libraries and Python say."""
    said = errors.partition("Chưa lập được tập tài liệu.\n")[2].strip()
    return said or "Cổng gặp lỗi khi lập tập tài liệu. Hãy báo cho quản trị cổng."


def _periods() -> dict[str, Period]:
    service = services()
    rows = service.registers.rows
    taken_effect = [row["effective_on"] for row in rows("revisions") if row["effective_on"]]
    today = service.portal.day()
    reviews = [
        (row["code"], row["title"], dt.date.fromisoformat(row["held_on"]))
        for row in rows("reviews")
    ]
    since = dt.date.fromisoformat(min(taken_effect)) if taken_effect else today
    return periods(reviews, since, today)


def _allowed() -> Account:
    account = signed_in()
    if not prepares_reviews(account, services().roles()):
        raise NotAllowed("Chuẩn bị xem xét của lãnh đạo là việc của Thư ký ISO.")
    return account
