"""A provider, or somebody in its place, that says what it shouldn't of itself."""

import base64
import json
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

from intake.accounts.model import RefusedSignIn
from intake.accounts.sign_on import SignOn

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


_KEY, _OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
_ANY = JWSRegistry(algorithms=["RS256", "HS256"], strict_check_header=False)
_NOW = 1_600_000_000
_CLAIMS = {
    "iss": _ISSUER,
    "sub": "s-1",
    "aud": "portal",
    "nonce": "n",
    "iat": _NOW,
    "exp": _NOW + 60,
}


def read(header: dict[str, Any], key: Any, **claims: Any) -> Any:
    """Read a token as the portal does when a browser comes back with one."""
    app = Flask("test")
    app.secret_key = "x"
    sign_on = SignOn(app, _SETTINGS, "secret")
    client: Any = sign_on._client
    client.server_metadata = {
        "issuer": _ISSUER,
        "_loaded_at": 1,
        "jwks": {"keys": [_KEY.as_dict(private=False)]},
        _ALGORITHMS: ["RS256", "HS256", "none"],
    }
    sign_on._check_provider()
    said = {**_CLAIMS, **claims}
    token = jwt.encode(header, said, key, registry=_ANY) if key else f"{_packed(header, said)}."
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("time.time", lambda: _NOW)
        return client.parse_id_token({"id_token": token}, nonce="n")


def _packed(*parts: dict[str, Any]) -> str:
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return ".".join(text.decode().rstrip("=") for text in texts)


def test_a_sound_token_is_read() -> None:
    assert read({"alg": "RS256"}, _KEY)["sub"] == "s-1"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "RS256"}, _OTHER),
        ({"alg": "RS256", "jwk": _OTHER.as_dict(private=False)}, _OTHER),
        ({"alg": "RS256", "jku": "https://evil.example/keys"}, _OTHER),
        ({"alg": "HS256"}, OctKey.import_key("portal" * 8)),
        ({"alg": "none"}, None),
    ],
    ids=["forged", "own key in it", "address of a key", "a secret for a key", "unsigned"],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    header: dict[str, Any], key: Any
) -> None:
    with pytest.raises((JoseError, ValueError)):
        read(header, key)


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"iss": "https://evil.example"}, {"exp": _NOW - 600}, {"nonce": "m"}],
    ids=["audience", "issuer", "expiry", "nonce"],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(JoseError):
        read({"alg": "RS256"}, _KEY, **claims)
