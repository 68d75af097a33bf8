"""A signed request to publish: it leaves a mark that the publisher notices.

The sender signs `<timestamp>.<body>` with the secret that both know: HMAC-SHA256, in hexadecimal,
as `X-QMS-Signature: sha256=…`; `X-QMS-Timestamp` holds the seconds since 1970. What the body says
doesn't matter. Without a secret in the environment there is no such address.
"""

import hashlib
import hmac
import os

from flask import Blueprint, request

from intake.errors import UnknownPage
from intake.publishing_requests import WINDOW_SECONDS
from intake.services import services

ADDRESS = "/xuat-ban/"
MOST_BYTES = 64_000

blueprint = Blueprint("publishing", __name__)

Answer = tuple[str, int, dict[str, str]]

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a request."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


@blueprint.post(ADDRESS)
def ask() -> Answer:
    """Take a request to publish."""
    secret = os.environ.get("QMS_PUBLISH_SECRET", "")
    if not secret:
        raise UnknownPage("Địa chỉ này không nhận phiếu.")
    if (request.content_length or 0) > MOST_BYTES:
        return _say(f"Yêu cầu quá dài: không quá {MOST_BYTES} byte.", 413)
    timestamp = request.headers.get("X-QMS-Timestamp", "")
    given = request.headers.get("X-QMS-Signature", "")
    signature = sign(secret, timestamp, request.get_data(cache=False))
    if not hmac.compare_digest(signature.encode(), given.encode()):
        return _say("Chữ ký không đúng.", 401)
    requests = services().publishing
    if not requests.in_time(timestamp):
        return _say(f"Yêu cầu ký cách đây quá {WINDOW_SECONDS // 60} phút, hãy ký lại.", 401)
    if not requests.accept(timestamp, signature):
        return _say("Yêu cầu này đã nhận rồi.", 409)
    return _say("Đã nhận, cổng sẽ được xuất bản lại ngay.", 202)


def _say(text: str, status: int) -> Answer:
    return f"{text}\n", status, _PLAIN
