"""An agency's own identity provider, by OpenID Connect, as the environment names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alongside.web.site.parts import parts_of

NAMES = (
    "ALONGSIDE_OIDC_NAME",
    "ALONGSIDE_OIDC_CLIENT_ID",
    "ALONGSIDE_OIDC_SECRET",
    "ALONGSIDE_OIDC_SERVER_URL",
)


class NotConfigured(Exception):
    """The environment names a part of a provider only; the message says what is missing."""


def providers(environ: Mapping[str, str]) -> dict[str, Any]:
    """Give the sign-in library's settings for the provider, or none when none is named.

    Raises
    ------
    NotConfigured
        When some of the four variables are set and others are not, or the address is not one.
    """
    given = {name: environ.get(name, "").strip() for name in NAMES}
    if not any(given.values()):
        return {}
    if missing := [name for name in NAMES if not given[name]]:
        raise NotConfigured(
            f"To sign in through an identity provider, set {', '.join(missing)} too, "
            "or take the other ALONGSIDE_OIDC_ variables away."
        )
    name, client, secret, server = given.values()
    if not origin(server):
        raise NotConfigured(
            f"ALONGSIDE_OIDC_SERVER_URL is “{server}”, and must be an address that starts with "
            "https://, such as https://login.example.gov.uk/tenant."
        )
    app = {
        "provider_id": "agency",
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": server},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def origin(server: str) -> str:
    """Give the scheme and host of a provider's address, or nothing when it is not a safe address."""
    parts = parts_of(server)
    local = parts.hostname in {"localhost", "127.0.0.1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        return ""
    return f"{parts.scheme}://{parts.netloc}"
