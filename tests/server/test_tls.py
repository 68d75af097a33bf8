"""What is shipped for TLS, in a real nginx: what it takes, what it refuses, what it says."""

import http.client
import socket
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.configuration import Places
from tests.certificates import certificate
from tests.ports import free_port
from tests.server.nginx import Nginx, nginx


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secured(places: Places, built_site: Path, pem: Path, tmp_path: Path) -> Iterator[Nginx]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx(places, free_port(), folder, pem=pem) as running:
        yield running


def shaken(server: Nginx, pem: Path, most: ssl.TLSVersion, ciphers: str = "") -> ssl.SSLSocket:
    """Shake hands as a client that speaks at most so much, and return the line."""
    context = ssl.create_default_context(cafile=str(pem))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is tried
        context.minimum_version = min(most, ssl.TLSVersion.TLSv1_2)
        context.maximum_version = most
    if ciphers:
        context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    line = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    return context.wrap_socket(line, server_hostname="127.0.0.1")


def test_the_newest_version_is_spoken(secured: Nginx, pem: Path) -> None:
    with shaken(secured, pem, ssl.TLSVersion.TLSv1_3) as line:
        assert line.version() == "TLSv1.3"
    with shaken(secured, pem, ssl.TLSVersion.TLSv1_2) as line:
        assert line.version() == "TLSv1.2"
        cipher = line.cipher()
        assert cipher
        assert cipher[0] == "ECDHE-ECDSA-AES256-GCM-SHA384", "the strongest first"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_older_versions_are_refused(version: ssl.TLSVersion, secured: Nginx, pem: Path) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        shaken(secured, pem, version, "ALL").close()


@pytest.mark.parametrize("cipher", ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"])
def test_other_ciphers_are_refused(cipher: str, secured: Nginx, pem: Path) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        shaken(secured, pem, ssl.TLSVersion.TLSv1_2, cipher).close()


def test_browsers_are_told_to_stay(secured: Nginx, pem: Path) -> None:
    context = ssl.create_default_context(cafile=str(pem))
    connection = http.client.HTTPSConnection("127.0.0.1", secured.port, context=context)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    connection.close()


def test_nothing_is_answered_in_the_clear(secured: Nginx) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", secured.port, timeout=10)
    connection.request("GET", "/bao/")
    assert connection.getresponse().status == 400
    connection.close()
