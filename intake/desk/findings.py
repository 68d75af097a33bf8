"""Findings of audits become slips in one step; each names the other."""

from collections.abc import Mapping

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from intake import receipts
from intake.accounts.model import Account
from intake.desk.reach import makes_slips_of_findings
from intake.desk.signing import DESK, signed_in
from intake.errors import ContentConflict, NotAllowed, UnknownPage
from intake.forms.checking import check
from intake.journal.model import Submission
from intake.registers import Row
from intake.services import services

SLIP = "nonconformity"
_SUMMARY_LENGTH = 110
_PAGE = f"{DESK}phat-hien/"

blueprint = Blueprint("findings", __name__)


@blueprint.get(_PAGE)
def findings_page() -> str:
    """List the findings, those without a slip first."""
    account = _allowed()
    service = services()
    slips: dict[str, list[str]] = {}
    for line in service.casebook.lines(service.workflows()):
        for named in line.related:
            slips.setdefault(named, []).append(line.number)
    findings = service.registers.rows("findings")
    html = service.renderer.render(
        "desk/findings.html",
        desk=DESK,
        account=account,
        findings=sorted(findings, key=lambda row: (row["code"] in slips, row["closed_on"] != "")),
        slips=slips,
        grades=service.workflows()[SLIP].forms["accept"].by_name["grade"].labels,
        tokens={row["code"]: receipts.new_token() for row in findings},
    )
    return service.pages.at(_PAGE.strip("/")).filled(html)


@blueprint.post(_PAGE)
def make_slip() -> Response:
    """Make a slip of a finding and go on to it; made twice by a double press it is one.

    Raises:
        NotAllowed: whoever is signed in has no role for it, or there is a slip already.
        UnknownPage: there is no such finding.
    """
    _allowed()
    service = services()
    code = request.form.get("finding", "")
    finding = _row("findings", code)
    token = receipts.read_token(request.form.get("_token", ""))
    if finding is None or token is None:
        raise UnknownPage("Không có phát hiện này. Hãy mở lại danh sách phát hiện.")
    form = service.forms()[SLIP]
    checked = check(form, _answers(finding), service.registers, service.today())
    if checked.errors:
        raise NotAllowed(f"{code}: " + " ".join(checked.errors.values()))
    made = service.casebook.naming(code, service.workflows())
    if made and not _sent_before(token, made[-1].number):
        raise NotAllowed(f"Phát hiện {code} đã có phiếu {made[-1].number}.")
    try:
        receipt = service.journal.append(
            Submission(form, token, {**checked.cells, "finding": code})
        )
    except ContentConflict as conflict:
        raise NotAllowed(conflict.message) from None
    return redirect(f"{DESK}phieu/?so={receipt.number}", 303)


def _sent_before(token: receipts.Token, number: str) -> bool:
    opened = services().journal.find(receipts.code_hash(receipts.receipt_code(token)))
    return opened is not None and opened.number == number


def _allowed() -> Account:
    account = signed_in()
    if not makes_slips_of_findings(account, services().roles()):
        raise NotAllowed("Lập phiếu từ phát hiện đánh giá là việc của Thư ký ISO.")
    return account


def _row(register: str, code: str) -> Row | None:
    rows = services().registers.rows(register)
    return next((row for row in rows if row["code"] == code), None)


def _answers(finding: Row) -> Mapping[str, list[str]]:
    """Return what the audit says of a finding as answers of the slip."""
    audit = _row("audits", finding["audit"]) or {}
    description = finding["description"]
    answers = {
        "summary": _shortened(description),
        "description": f"{finding['code']}: {description}",
        "evidence": finding["evidence"],
        "unit": finding["unit"],
        "document": finding["document"],
        "found_on": audit.get("audited_on", ""),
        "source": "audit",
        "sender_name": audit.get("lead_post", ""),
    }
    return {name: [text] for name, text in answers.items() if text}


def _shortened(text: str) -> str:
    if len(text) <= _SUMMARY_LENGTH:
        return text
    return text[:_SUMMARY_LENGTH].rpartition(" ")[0].rstrip(",;.") + " …"
