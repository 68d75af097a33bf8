"""Notices as mail: subject, text and HTML in Vietnamese, and the way to the mail server."""

import datetime as dt
import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from intake.forms.rendering import FormRenderer, vietnamese_day
from intake.notices.telling import Notice

_TIMEOUT_SECONDS = 20

SUBJECTS = {
    "receipt": "Đã nhận phiếu {number}",
    "answer": "Phiếu {number} đã có trả lời",
    "later": "Phiếu {number} sẽ được trả lời muộn hơn",
    "assigned": "Bạn được giao xử lý phiếu {number}",
    "waiting": "Phiếu {number} chờ bạn xử lý",
    "returned": "Phiếu {number} được trả lại để làm tiếp",
    "due-7": "Phiếu {number}: hạn {due}",
    "due-1": "Phiếu {number}: sắp hết hạn, {due}",
    "overdue": "Phiếu {number} quá hạn từ {due}",
}
"""What a mail of each kind is about."""


@dataclass(frozen=True)
class Server:
    """The mail server and who writes."""

    host: str
    """Empty when no mail is sent."""
    port: int
    starttls: bool
    user: str
    """Empty when the server asks nobody."""
    password: str
    sender: str


class Refused(Exception):
    """A mail was not taken; `for_good` when it never will be."""

    def __init__(self, message: str, *, for_good: bool) -> None:
        super().__init__(message)
        self.for_good = for_good


class Unreachable(Refused):
    """No mail can be sent at the moment, whoever it is for."""


@dataclass(frozen=True)
class Writer:
    """Writes the mails of a portal."""

    renderer: FormRenderer
    site: str
    """Address of the portal, with a slash at its end."""
    title: str
    sender: str

    def mail(self, notices: Sequence[Notice], now: dt.datetime) -> EmailMessage:
        """Return the mail of one notice, or of several for the same person.

        Raises:
            Refused: nobody can be written to at the address.
        """
        several = f"{len(notices)} việc về các phiếu"
        about = several if len(notices) > 1 else subject(notices[0])
        lines = [(subject(each), each, self._link(each)) for each in notices]
        mail = EmailMessage()
        mail["Subject"] = about
        mail["From"] = self.sender
        try:
            mail["To"] = notices[0].recipient
        except ValueError as wrong:
            raise Refused("Địa chỉ thư không đúng dạng.", for_good=True) from wrong
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = self._identifier(notices)
        mail["Auto-Submitted"] = "auto-generated"
        values = {"title": self.title, "about": about, "lines": lines}
        mail.set_content(self.renderer.render("mail/notices.txt", **values))
        mail.add_alternative(self.renderer.render("mail/notices.html", **values), subtype="html")
        return mail

    def _link(self, notice: Notice) -> str:
        page = f"xu-ly/phieu/?so={notice.number}" if notice.account else "bao-cao/tra-cuu/"
        return f"{self.site}{page}"

    def _identifier(self, notices: Sequence[Notice]) -> str:
        """Return an identifier that is the same whenever the same is sent."""
        keys = "\n".join(each.key for each in notices)
        host = self.sender.rpartition("@")[2].rstrip(">")
        return f"<{hashlib.sha256(keys.encode()).hexdigest()[:32]}@{host}>"


def subject(notice: Notice) -> str:
    """Return what a notice is about, in a few words."""
    due = vietnamese_day(notice.due.isoformat()) if notice.due else ""
    return SUBJECTS[notice.kind].format(number=notice.number, due=due)


def send(server: Server, mail: EmailMessage) -> None:
    """Give a mail to the server.

    Raises:
        Refused: it was not taken: for good, or the server can't be reached at the moment.
    """
    try:
        with smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS) as connection:
            if server.starttls:
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code, reason = next(iter(refused.recipients.values()))
        raise Refused(_words(code, reason), for_good=code >= 500) from refused
    except smtplib.SMTPResponseException as refused:
        words = _words(refused.smtp_code, refused.smtp_error)
        if isinstance(refused, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError):
            raise Unreachable(words, for_good=False) from refused
        raise Refused(words, for_good=refused.smtp_code >= 500) from refused
    except (OSError, smtplib.SMTPException) as failed:
        told = f"Không nối được máy chủ thư: {failed}"
        raise Unreachable(told, for_good=False) from failed


def _words(code: int, reason: bytes | str) -> str:
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return f"Máy chủ thư từ chối: {code} {text}"
