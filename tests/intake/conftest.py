"""Unit tests of the intake stay inside the process and its files."""

import socket

import pytest
from argon2 import PasswordHasher

from intake.accounts import passwords


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a unit test opened a socket")

    for method in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, method, refuse)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a password be hashed in no time: tests do it often, and guess nothing."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
