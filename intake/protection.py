"""Who may ask from where, whatever the page: hosts, other sites' forms, floods, headers."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask, Response, request

from intake.configuration import Portal
from intake.errors import CrossSite, TooMany

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""No script stands in a page: what was sent can't become one. The shipped nginx says the same."""
_HEADERS = {"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}
_ONLY_LOADED = {
    *("text/css", "text/javascript", "font/woff2", "image/png"),
    *("application/xml", "text/xml"),
}
"""What is never opened as a page; a first visit is spared a few kilobytes of headers."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_READING = {"GET", "HEAD", "OPTIONS"}
_DESK = "/xu-ly/"
_MOST_KNOWN = 10_000


def protect(app: Flask, portal: Portal) -> None:
    """Let an application answer only what it should, with headers that hold browsers to it."""
    own = urlsplit(portal.site["url"])
    app.config["TRUSTED_HOSTS"] = [own.hostname, *portal.hosts, *_LOOPBACK]
    headers = _HEADERS | {"Content-Security-Policy": _policy(portal)}
    flood = Flood()

    def check() -> None:
        if request.method in _READING:
            return
        refuse_cross_site()
        if not portal.behind_proxy:  # else the web server knows the addresses, and counts
            flood.count(request.remote_addr or "", request.path)

    def mark(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if portal.is_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if response.mimetype not in _ONLY_LOADED:
            for name, value in headers.items():
                response.headers.setdefault(name, value)
        if request.method == "POST" or request.path.startswith(_DESK):
            response.headers["Cache-Control"] = "no-store"
        return response

    app.before_request(check)
    app.after_request(mark)


def _policy(portal: Portal) -> str:
    """Return the policy; signing out is a form that leads on to the organisation's sign-on."""
    issuer = urlsplit(portal.sign_on["issuer"])
    if not issuer.netloc:
        return CONTENT_SECURITY_POLICY
    own = "form-action 'self'"
    return CONTENT_SECURITY_POLICY.replace(own, f"{own} {issuer.scheme}://{issuer.netloc}")


def refuse_cross_site() -> None:
    """Refuse a form sent from another site's page.

    Fetch Metadata first, Origin for browsers without it; a client that sends neither is no
    browser that could be misled. A static page needs neither token nor session for this.

    Raises:
        CrossSite: it was.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        allowed = fetch_site in {"same-origin", "none"}
    else:
        origin = request.headers.get("Origin")
        allowed = origin is None or origin == f"{request.scheme}://{request.host}"
    if not allowed:
        raise CrossSite("Phiếu phải được gửi từ chính trang của cổng. Hãy mở lại trang rồi gửi.")


@dataclass
class _Bucket:
    left: float
    at: float


@dataclass
class Flood:
    """How much one address may send to one page: a few at once, then so many a second.

    It is a token bucket in memory. Addresses are keyed with a secret of the process, so that
    nothing of them can be read; they are forgotten with it, or when the bucket is full again.
    Loopback is the machine itself.
    """

    at_once: int = 20
    each_second: float = 0.5
    clock: Callable[[], float] = time.monotonic
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _buckets: dict[bytes, _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, address: str, page: str) -> None:
        """Count something sent.

        Raises:
            TooMany: it was one too much.
        """
        if address in {"127.0.0.1", "::1"}:
            return
        key = hashlib.blake2b(f"{address} {page}".encode(), key=self._secret).digest()
        now = self.clock()
        with self._lock:
            if len(self._buckets) >= _MOST_KNOWN:
                self._forget(now)
            bucket = self._buckets.setdefault(key, _Bucket(self.at_once, now))
            bucket.left = min(self.at_once, bucket.left + (now - bucket.at) * self.each_second)
            bucket.at = now
            if bucket.left < 1:
                raise TooMany(
                    "Cổng vừa nhận quá nhiều lần gửi từ nơi này nên chưa ghi nhận lần gửi cuối. "
                    "Hãy quay lại trang trước (bản nháp vẫn còn) và gửi lại sau nửa phút."
                )
            bucket.left -= 1

    def _forget(self, now: float) -> None:
        """Drop what is full again; what is not, when there are too many even so."""
        idle = self.at_once / self.each_second
        kept = {key: each for key, each in self._buckets.items() if now - each.at < idle}
        self._buckets = kept if len(kept) < _MOST_KNOWN else {}
