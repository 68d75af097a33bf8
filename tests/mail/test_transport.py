"""Over which line mail goes: with STARTTLS to a server that is the one it says, or not at all."""

import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from intake.notices.mail import Server, Unreachable, send
from tests.certificates import certificate
from tests.mail.conftest import MailServer
from tests.ports import free_port


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
