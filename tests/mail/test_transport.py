"""Over which line mail goes: with STARTTLS to a server that is the one it says, or not at all."""

import datetime as dt
import ipaddress
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from intake.notices.mail import Server, Unreachable, send
from tests.conftest import free_port
from tests.mail.conftest import MailServer


def certificate(folder: Path) -> Path:
    """Write a certificate of loopback that nobody vouches for but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    day, now = dt.timedelta(days=1), dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = folder / "mail.pem"
    written.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return written


@pytest.mark.parametrize("known", [True, False])
def test_mail_goes_only_to_a_server_whose_certificate_is_trusted(
    known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, taking = certificate(tmp_path), MailServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    port = free_port()
    controller = Controller(taking, hostname="127.0.0.1", port=port, tls_context=context)
    controller.start()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.vn", "b@example.vn", "x"
    server = Server("127.0.0.1", port, True, "", "", "a@example.vn")
    try:
        if known:
            send(server, mail)
        else:
            with pytest.raises(Unreachable, match="certificate verify failed"):
                send(server, mail)
    finally:
        controller.stop()
    assert len(taking.taken) == known
