"""The Flask application: takes forms in at the pages' own addresses, serves the site beside it."""

import datetime as dt
import hashlib
import logging
import os
from collections.abc import Callable

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from intake import publishing, site, views
from intake.accounts.model import Rules
from intake.accounts.sign_on import SignOn
from intake.accounts.store import AccountStore
from intake.cases.casebook import Casebook
from intake.cases.workflow import load_workflows
from intake.configuration import LOCAL_ZONE, Places, Portal
from intake.desk import accounts as accounts_at_desk
from intake.desk import condition as condition_at_desk
from intake.desk import findings, paper_entry, post, printing, review_packs, sign_on, signing
from intake.desk import views as desk
from intake.errors import IntakeError, TooMany
from intake.forms.rendering import FormRenderer
from intake.journal.model import Journal
from intake.journal.sql import Clock, utc_now
from intake.notices.mail import Server, Writer
from intake.notices.outbox import Outbox
from intake.notices.run import Notices
from intake.observing import blueprint as observing
from intake.observing import observe
from intake.pages import Pages
from intake.protection import protect
from intake.publishing_requests import Requests
from intake.registers import Registers
from intake.services import Services, services

log = logging.getLogger(__name__)

_FORM_TEXT_BYTES = 200_000


def create_app(
    places: Places, journal: Journal, today: Callable[[], dt.date] | None = None
) -> Flask:
    """Make the application over a project's folders and a journal."""
    portal = Portal.load(places.configuration)
    registers = Registers(places.registers)
    app = Flask(__name__, static_folder=None)
    accounts = account_store(places, portal)
    app.extensions["qms"] = Services(
        places=places,
        portal=portal,
        journal=journal,
        pages=Pages(places.current_site),
        registers=registers,
        renderer=FormRenderer(portal, registers),
        accounts=accounts,
        sign_on=_sign_on(app, portal, accounts),
        casebook=Casebook(journal),
        outbox=Outbox(places.outbox, utc_now),
        publishing=Requests(places.publishing_requests),
        today=today or (lambda: dt.datetime.now(LOCAL_ZONE).date()),
    )
    app.config["MAX_CONTENT_LENGTH"] = portal.max_files * portal.max_file_bytes + _FORM_TEXT_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_TEXT_BYTES
    app.config["MAX_FORM_PARTS"] = 200
    protect(app, portal)
    observe(app)
    app.register_error_handler(IntakeError, _explain)
    app.register_error_handler(signing.NotSignedIn, signing.ask_to_sign_in)
    app.register_error_handler(RequestEntityTooLarge, _explain_too_large)
    app.register_error_handler(Exception, _explain_failure)
    app.register_blueprint(signing.blueprint)
    app.register_blueprint(sign_on.blueprint)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(findings.blueprint)
    app.register_blueprint(post.blueprint)
    app.register_blueprint(accounts_at_desk.blueprint)
    app.register_blueprint(publishing.blueprint)
    app.register_blueprint(paper_entry.blueprint)
    app.register_blueprint(printing.blueprint)
    app.register_blueprint(review_packs.blueprint)
    app.register_blueprint(condition_at_desk.blueprint)
    app.register_blueprint(observing)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(site.blueprint)
    return app


def notices_of(places: Places, journal: Journal, clock: Clock = utc_now) -> Notices:
    """Return what sends the notices of a portal."""
    portal = Portal.load(places.configuration)
    mail = portal.mail
    registers = Registers(places.registers)
    return Notices(
        journal=journal,
        casebook=Casebook(journal),
        accounts=account_store(places, portal),
        outbox=Outbox(places.outbox, clock),
        writer=Writer(
            FormRenderer(portal, registers),
            portal.site["url"],
            portal.site["title"],
            mail["sender"],
        ),
        server=Server(
            mail["host"],
            mail["port"],
            mail["starttls"],
            mail["user"],
            os.environ.get("QMS_MAIL_PASSWORD", ""),
            mail["sender"],
        ),
        clock=clock,
        workflows=lambda: load_workflows(places.forms),
    )


def account_store(places: Places, portal: Portal) -> AccountStore:
    """Open the accounts of a portal."""
    return AccountStore(places.accounts, Rules(**portal.accounts), utc_now)


def _sign_on(app: Flask, portal: Portal, accounts: AccountStore) -> SignOn | None:
    """Return the way to the organisation's sign-on, if the configuration names one.

    The browser remembers its way there in a signed cookie, which is no session of the desk.
    """
    if not portal.sign_on["issuer"]:
        return None
    app.secret_key = accounts.secret("sign-on")
    cookies = SecureCookieSessionInterface()
    cookies.digest_method = hashlib.sha256
    app.session_interface = cookies
    app.config.update(
        SESSION_COOKIE_NAME=f"{signing.ONLY_OVER_TLS if portal.is_https else ''}qms_sign_on",
        SESSION_COOKIE_PATH=signing.DESK,
        SESSION_COOKIE_SECURE=portal.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    return SignOn(app, portal.sign_on, os.environ.get("QMS_SIGN_ON_SECRET", ""))


def _explain(error: IntakeError) -> tuple[str, int, dict[str, str]]:
    again = {"Retry-After": "30"} if isinstance(error, TooMany) else {}
    return _message_page(error.title, error.message), error.status, again


def _explain_too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
    limit = services().portal.max_file_bytes // 1_000_000
    text = (
        f"Những gì gửi đi quá lớn: mỗi tệp không quá {limit} MB. "
        "Hãy quay lại trang trước, chọn tệp nhỏ hơn rồi gửi lại; phiếu chưa được ghi nhận."
    )
    return _message_page("Phiếu chưa được ghi nhận", text), 413


def _explain_failure(error: Exception) -> tuple[str, int] | HTTPException:
    if isinstance(error, HTTPException):
        if error.code == 404:
            text = "Trang này không có hoặc đã chuyển đi. Hãy tìm bằng ô tìm kiếm ở đầu trang."
            return _message_page("Không tìm thấy trang", text), 404
        if error.code and error.code >= 400:
            text = "Cổng không hiểu yêu cầu này. Hãy mở lại trang từ trang chủ rồi làm lại."
            return _message_page("Yêu cầu không hợp lệ", text), error.code
        return error
    log.exception("a request failed")
    text = (
        "Cổng gặp lỗi và chưa ghi nhận gì. Hãy quay lại trang trước (những gì đã điền vẫn còn) và "
        f"thử lại; nếu vẫn lỗi, báo cho quản trị cổng mã sự cố {g.request_id}."
    )
    return _message_page("Có lỗi xảy ra", text), 500


def _message_page(title: str, text: str) -> str:
    service = services()
    return service.pages.message(service.renderer.message(title, text), title)
