"""Serves the published site: for `make serve` and small installations without a web server."""

import mimetypes
import os
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, request, send_file
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from intake.services import services

blueprint = Blueprint("site", __name__)

mimetypes.add_type("font/woff2", ".woff2")


@blueprint.get("/")
@blueprint.get("/<path:address>")
def page(address: str = "") -> AnyResponse:
    """Answer with a file of the release, compressed when the build made it so."""
    release = services().places.current_site.resolve()
    found = safe_join(str(release), address)
    if found is None or not release.is_dir():
        abort(404)
    path = Path(found)
    if os.path.isdir(path):  # noqa: PTH112 (a name too long for the disk is no folder)
        if address and not address.endswith("/"):
            return redirect(f"/{address}/", 308)
        path /= "index.html"
    if not os.path.isfile(path):  # noqa: PTH113 (likewise)
        abort(404)
    return _file(path)


def _file(path: Path) -> Response:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = path.with_name(path.name + ".gz")
    zipped = request.accept_encodings.quality("gzip") > 0 and compressed.is_file()
    response = send_file(compressed if zipped else path, mimetype=kind, conditional=True)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    del response.headers["Content-Disposition"]  # it would name the compressed file
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache"
    return response
