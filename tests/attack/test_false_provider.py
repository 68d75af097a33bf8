"""A provider, or somebody in its place, that says what it shouldn't of itself."""

from typing import Any

import pytest
from flask import Flask

from intake.accounts.sign_on import SignOn
from intake.accounts.store import RefusedSignIn

_ISSUER = "https://sso.example.gov.vn/realms/a"
_SETTINGS = {
    "issuer": _ISSUER,
    "client_id": "portal",
    "scope": "openid",
    "name_claim": "name",
    "unit_claim": "unit",
    "roles_claim": "roles",
    "roles": {},
}
_ALGORITHMS = "id_token_signing_alg_values_supported"


def asked(**metadata: Any) -> dict[str, Any]:
    """Go to the sign-on of a provider that says this of itself; return what is taken of it."""
    app = Flask("test")
    app.secret_key = "x"
    sign_on = SignOn(app, _SETTINGS, "secret")
    client: Any = sign_on._client
    client.server_metadata = {
        "issuer": _ISSUER,
        "authorization_endpoint": f"{_ISSUER}/auth",
        "_loaded_at": 1,
        **metadata,
    }
    with app.test_request_context():
        assert sign_on.away("https://portal/").location.startswith(f"{_ISSUER}/auth")
    taken: dict[str, Any] = client.server_metadata
    return taken


@pytest.mark.parametrize("issuer", ["https://sso.example.gov.vn/realms/b", "", f"{_ISSUER}.evil"])
def test_a_provider_of_another_name_is_not_asked(issuer: str) -> None:
    with pytest.raises(RefusedSignIn, match="không phải hệ thống đã cấu hình"):
        asked(issuer=issuer)


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (["RS256", "none"], ["RS256"]),
        (["HS256", "ES256", "HS512", "PS384", "EdDSA"], ["ES256", "PS384", "EdDSA"]),
        (["none", "HS256"], []),
    ],
)
def test_a_token_is_signed_with_a_key_that_the_provider_alone_has(
    offered: list[str], taken: list[str]
) -> None:
    assert asked(**{_ALGORITHMS: offered})[_ALGORITHMS] == taken
    assert asked()[_ALGORITHMS] == ["RS256"]
