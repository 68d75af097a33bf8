"""The line to a PostgreSQL on another machine: encrypted, and to that server alone."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from intake.errors import StorageUnavailable
from intake.journal.postgres import PostgresJournal
from tests.certificates import certificate
from tests.conftest import MakeSubmission
from tests.ports import free_port
from tests.postgres import postgres


@pytest.fixture(scope="module")
def pem() -> Iterator[Path]:
    """A certificate with its key where the server may read it."""
    with tempfile.TemporaryDirectory(prefix="qms-pg-") as folder:
        written = certificate(Path(folder))
        written.chmod(0o600)
        if os.geteuid() == 0:
            for each in (folder, written):
                shutil.chown(each, "postgres", "postgres")
        yield written


@pytest.fixture(scope="module")
def address(pem: Path) -> Iterator[str]:
    """A database that is reached over the network by TLS."""
    port = free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "ssl": "on"}
    settings |= {"ssl_cert_file": str(pem), "ssl_key_file": str(pem)}
    with postgres(settings=settings):
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


def test_a_server_whose_certificate_is_trusted_takes_submissions(
    address: str, pem: Path, make_submission: MakeSubmission
) -> None:
    url = f"{address}?sslmode=verify-full&sslrootcert={pem}"
    with psycopg.connect(url) as connection:
        encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.execute(encrypted).fetchone() == (True,)
    with closing(PostgresJournal(url)) as journal:
        assert journal.append(make_submission()).number.endswith("-001")


def test_a_server_in_its_place_is_told_nothing(
    address: str, tmp_path: Path, make_submission: MakeSubmission
) -> None:
    url = f"{address}?sslmode=verify-full&sslrootcert={certificate(tmp_path)}"
    with closing(PostgresJournal(url)) as journal:
        with pytest.raises(StorageUnavailable) as refused:
            journal.append(make_submission())
        assert "certificate verify failed" in str(refused.value.__cause__)
