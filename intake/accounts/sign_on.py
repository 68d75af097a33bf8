"""An organisation's own sign-on (OpenID Connect), and accounts out of its claims."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from intake.accounts.model import Account, RefusedSignIn
from intake.cases.people import Grant

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9._-]+")
_UNREACHABLE = "Không nối được hệ thống đăng nhập chung. Hãy thử lại sau."
_ANOTHER = "Hệ thống đăng nhập chung không phải hệ thống đã cấu hình; hãy báo quản trị cổng."
_NOT_CONFIRMED = "Hệ thống đăng nhập chung không xác nhận lần đăng nhập này. Hãy đăng nhập lại."

_PATIENCE_SECONDS = 10
"""A provider that is silent for so long is given up: a request waits for it."""
_ALGORITHMS = "id_token_signing_alg_values_supported"
_SIGNATURES = {f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)}
_SIGNATURES |= {"EdDSA"}
"""What a token may be signed with, whatever else the provider offers: keys that it alone has."""


@dataclass(frozen=True)
class Claims:
    """How the claims of the organisation's sign-on are read."""

    name: str
    """The claim with the name of the account."""
    unit: str
    """The claim with the code of the unit."""
    roles: str
    """The claim with what the person is."""
    grants: Mapping[str, str]
    """What a value of the roles claim grants, such as `coordinator:BC`; `coordinator:*` for the
    person's own unit."""

    def account(self, claims: Mapping[str, Any], units: Collection[str]) -> Account:
        """Return the account that claims speak of.

        Args:
            claims: of an identity token that was validated.
            units: the codes of the units that there are.

        Raises:
            RefusedSignIn: the claims name nobody, no unit that is known, or no role.
        """
        typed = str(claims.get(self.name, "")).lower().partition("@")[0]
        name = _NOT_IN_A_NAME.sub("-", typed)[:40].strip("._-")
        unit = str(claims.get(self.unit, ""))
        if not name:
            raise RefusedSignIn("Hệ thống đăng nhập chung không cho biết bạn là ai.")
        if unit not in units:
            raise RefusedSignIn("Hệ thống đăng nhập chung chưa cho biết đơn vị của bạn.")
        held = claims.get(self.roles) or []
        values = [held] if isinstance(held, str) else [str(each) for each in held]
        grants = dict.fromkeys(
            _grant(self.grants[each], unit) for each in values if each in self.grants
        )
        if not grants:
            raise RefusedSignIn("Bạn chưa có vai trò ở bàn xử lý phiếu; hãy báo đơn vị đầu mối.")
        full_name = str(claims.get("name") or name)
        return Account(name, full_name, str(claims.get("email", "")), unit, tuple(grants))


class SignOn:
    """The way to the organisation's sign-on and back: authorization code with PKCE.

    Authlib checks state, nonce, signature, issuer, audience and expiry of what comes back.
    """

    def __init__(self, app: Flask, settings: Mapping[str, Any], client_secret: str) -> None:
        self.claims = Claims(
            settings["name_claim"],
            settings["unit_claim"],
            settings["roles_claim"],
            settings["roles"],
        )
        self._client_id = settings["client_id"]
        self._issuer = issuer = settings["issuer"].rstrip("/")
        self._client = OAuth(app).register(
            "organisation",
            client_id=self._client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings["scope"],
                "code_challenge_method": "S256",
                "default_timeout": _PATIENCE_SECONDS,
                "max_redirects": 0,  # nobody but the one that was configured is asked
            },
        )

    def away(self, back: str) -> Response:
        """Return what sends the browser to the sign-on, which sends it back to an address.

        Raises:
            RefusedSignIn: the sign-on can't be reached.
        """
        try:
            self._check_provider()
            answer: Response = self._client.authorize_redirect(back)
        except (requests.RequestException, OAuthError, ValueError) as failed:
            raise RefusedSignIn(_UNREACHABLE) from failed
        return answer

    def vouched_for(self) -> Mapping[str, Any]:
        """Return the claims with which the present request comes back.

        Raises:
            RefusedSignIn: they aren't to be believed, or the sign-on can't be reached.
        """
        try:
            self._check_provider()
            found: Mapping[str, Any] = self._client.authorize_access_token()["userinfo"]
        except (OAuthError, JoseError, KeyError, ValueError) as refused:
            raise RefusedSignIn(_NOT_CONFIRMED) from refused
        except requests.RequestException as failed:
            raise RefusedSignIn(_UNREACHABLE) from failed
        return found

    def _check_provider(self) -> None:
        """Take what the provider says of itself if it is the one that was configured.

        Raises:
            RefusedSignIn: it calls itself otherwise.
        """
        metadata = self._client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise RefusedSignIn(_ANOTHER)
        offered = metadata.get(_ALGORITHMS, ["RS256"])
        metadata[_ALGORITHMS] = [each for each in offered if each in _SIGNATURES]

    def signed_out(self, back: str) -> str | None:
        """Return the address at which the session of the sign-on ends too, if it has one."""
        try:
            end = self._client.load_server_metadata().get("end_session_endpoint")
        except (requests.RequestException, ValueError):
            return None
        asked = {"client_id": self._client_id, "post_logout_redirect_uri": back}
        return f"{end}?{urlencode(asked)}" if end else None


def _grant(text: str, own_unit: str) -> Grant:
    role, _, unit = text.partition(":")
    return Grant(role, own_unit if unit == "*" else unit)
