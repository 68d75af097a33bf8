"""How the service is seen to do: a request's id, its line in the log, figures for a monitor.

`/healthz` tells that the process lives, `/readyz` whether it can take forms in, `/metrics` gives
the figures as Prometheus reads them. None of them knows who asked or what was sent: what is told
of a request is its route as the code names it.
"""

import functools
import logging
import secrets
import time
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from intake.condition import Level, condition, needed_to_take_in
from intake.errors import UnknownPage
from intake.services import Services, services

log = logging.getLogger(__name__)

_ID_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_ID_LENGTH = 8
_METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
"""Seconds; the last one is when the journal's writer gives up."""
_STATIC = "site.page"
_THIS_MACHINE = {"127.0.0.1", "::1"}

blueprint = Blueprint("observing", __name__)


def observe(app: Flask) -> None:
    """Let every request have an id and a line in the log, and count."""
    registry = CollectorRegistry()
    requests = Counter(
        "qms_requests", "Requests answered", ["method", "route", "status"], registry=registry
    )
    seconds = Histogram(
        "qms_request_seconds",
        "Time until the answer was ready",
        ["route"],
        buckets=_BUCKETS,
        registry=registry,
    )
    ProcessCollector(registry=registry)
    found: Services = app.extensions["qms"]
    registry.register(_Condition(found))
    app.extensions["qms-metrics"] = registry

    @functools.cache  # of few values: methods, routes of the code, statuses
    def children(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        return requests.labels(method, route, status), seconds.labels(route)

    def begin() -> None:
        g.request_id = _new_id()
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        took = time.perf_counter() - g.began
        method = request.method if request.method in _METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        counter, timer = children(method, route, response.status_code)
        counter.inc()
        timer.observe(took)
        response.headers["X-Request-Id"] = g.request_id
        if request.endpoint != _STATIC or response.status_code >= 500:
            log.info(
                "answered",
                extra={
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "milliseconds": round(took * 1000, 1),
                },
            )
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(end)


def _new_id() -> str:
    letters = [_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in secrets.token_bytes(_ID_LENGTH)]
    return "".join(letters)


@blueprint.get("/healthz")
def healthz() -> dict[str, int]:
    """Tell that the journal can be read, and up to which event it goes."""
    return {"journal": services().journal.last_seq()}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, object], int]:
    """Tell whether forms can be taken in now, and if not, what stands in the way."""
    found = needed_to_take_in(services())
    ready = all(each.level is not Level.BROKEN for each in found)
    checks = {each.name: each.level.name.lower() for each in found}
    return {"ready": ready, "checks": checks}, 200 if ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give the figures, to this machine alone.

    Raises:
        UnknownPage: somebody else asks.
    """
    if request.remote_addr not in _THIS_MACHINE:
        raise UnknownPage("Địa chỉ này không có trang nào.")
    text = generate_latest(current_app.extensions["qms-metrics"])
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


class _Condition(Collector):
    """What the page on the condition says, as figures."""

    def __init__(self, found: Services) -> None:
        self._services = found

    def describe(self) -> list[GaugeMetricFamily]:
        """Say nothing beforehand: registering must not look at anything."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look now."""
        levels = GaugeMetricFamily(
            "qms_condition", "0 well, 1 to be looked at, 2 broken", labels=["check"]
        )
        for finding in condition(self._services):
            levels.add_metric([finding.name], finding.level.value)
            for name, value in finding.figures.items():
                yield GaugeMetricFamily(name, finding.title, value=value)
        yield levels
