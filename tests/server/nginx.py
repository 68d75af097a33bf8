"""A real nginx with the shipped configuration, on loopback, in front of a project."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.configuration import PROJECT_ROOT, Places
from scripts.server.tools import ensure
from tests.faults.test_kill import wait_for
from tests.ports import free_port

SHIPPED = PROJECT_ROOT / "scripts" / "server" / "nginx.conf"
AROUND = """
daemon off;
{user}
pid {folder}/pid;
worker_processes 1;
error_log {logs}/around.log crit;
events {{ worker_connections {connections}; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    port: int
    logs: Path

    @property
    def logged(self) -> str:
        """All that was written into any log."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.logs.iterdir()))


def over_tls(port: int, pem: Path) -> str:
    """Return what is shipped for TLS, on a port and with a certificate of here."""
    text = SHIPPED.with_name("nginx-tls.conf").read_text(encoding="utf-8")
    for shipped, here in {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/ssl/qms-portal/chain.pem": str(pem),
        "/etc/ssl/qms-portal/key.pem": str(pem),
    }.items():
        assert shipped in text
        text = text.replace(shipped, here)
    return text


@contextlib.contextmanager
def nginx(
    places: Places,
    intake_port: int,
    folder: Path,
    connections: int = 64,
    pem: Path | None = None,
) -> Iterator[Nginx]:
    """Run it; with a certificate and its key in one file, over TLS."""
    port, logs = free_port(), folder / "logs"
    logs.mkdir()
    text = SHIPPED.read_text(encoding="utf-8")
    for shipped, here in {
        "/srv/qms-portal": str(places.root),
        "/var/log/nginx": str(logs),
        "listen 80;": f"listen 127.0.0.1:{port};" if pem is None else over_tls(port, pem),
        "127.0.0.1:8000": f"127.0.0.1:{intake_port}",
    }.items():
        assert shipped in text
        text = text.replace(shipped, here)
    (folder / "portal.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    around = AROUND.format(folder=folder, logs=logs, user=user, connections=connections)
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    command = [ensure("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    command += ["-e", str(logs / "start.log")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    with subprocess.Popen(command) as process:
        try:
            wait_for(port)
            yield Nginx(port, logs)
        finally:
            process.terminate()
