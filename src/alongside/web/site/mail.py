"""How messages reach people: through a mail server that the environment names, or kept on this machine."""

from __future__ import annotations

import os
import secrets
import smtplib
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from alongside.web.site.parts import parts_of

URL, FROM = "ALONGSIDE_MAIL_URL", "ALONGSIDE_MAIL_FROM"
PORTS = {"smtp": 587, "smtps": 465}
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
PATIENCE_SECONDS = 10
# As long as the link in one may be used.
KEPT_SECONDS = 3 * 86_400


class NotConfigured(Exception):
    """The environment says of mail what cannot be; the message says what to set."""


@dataclass(frozen=True)
class MailServer:
    """A mail server, and how it is spoken to. Beyond this machine nothing is said in the clear."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool


def server(environ: Mapping[str, str]) -> MailServer | None:
    """Give the mail server that the environment names, or none.

    Raises
    ------
    NotConfigured
        When the address is not one, or it is not said from whom messages come.
    """
    given, sender = environ.get(URL, "").strip(), environ.get(FROM, "").strip()
    if not given and not sender:
        return None
    if not given:
        raise NotConfigured(f"To send mail, set {URL} too, or take {FROM} away.")
    if "@" not in parseaddr(sender)[1]:
        raise NotConfigured(
            f"{FROM} is {sender!r}: set the address that messages come from, such as "
            "“Northshire care <care@northshire.example>”."
        )
    return _read(given)


def _read(given: str) -> MailServer:
    parts = parts_of(given)
    port = parts.port or PORTS.get(parts.scheme, 0)
    if parts.scheme not in PORTS or not parts.hostname or not port:
        # Not quoted: there may be a password in it.
        raise NotConfigured(
            f"{URL} should look like smtp://user:password@mail.council.example:587, or smtps:// where "
            "the server speaks TLS from the first word. Write @ in a password as %40."
        )
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp" and parts.hostname not in THIS_MACHINE,
    )


def settings_of(environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Give Django's settings: the mail server's, or those that keep each message in a folder."""
    found = server(environ)
    if found is None:
        return {"EMAIL_BACKEND": "alongside.web.site.mail.KeptHere", "MAIL_FOLDER": folder}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": found.host,
        "EMAIL_PORT": found.port,
        "EMAIL_HOST_USER": found.user,
        "EMAIL_HOST_PASSWORD": found.password,
        "EMAIL_USE_SSL": found.tls,
        "EMAIL_USE_TLS": found.starttls,
        "EMAIL_TIMEOUT": PATIENCE_SECONDS,
        "DEFAULT_FROM_EMAIL": environ[FROM].strip(),
    }


def problem_with(found: MailServer) -> str:
    """Try the mail server; give a sentence on what is wrong with it, or nothing."""
    place = f"The mail server {found.host}:{found.port}"
    kind = smtplib.SMTP_SSL if found.tls else smtplib.SMTP
    try:
        with kind(found.host, found.port, timeout=PATIENCE_SECONDS) as line:
            if found.starttls:
                line.starttls(context=ssl.create_default_context())
            if found.user:
                line.login(found.user, found.password)
    except smtplib.SMTPAuthenticationError:
        return f"{place} refuses the user and password in {URL}: correct them."
    except smtplib.SMTPNotSupportedError:
        return (
            f"{place} does not offer what is needed (TLS after the first word, or signing in): "
            f"name another in {URL}, or smtps:// where it speaks TLS from the first word."
        )
    except (OSError, smtplib.SMTPException) as error:
        return (
            f"{place} cannot be used ({type(error).__name__}). Start it, or correct {URL}; "
            "until then nobody gets a link for a forgotten password."
        )
    return ""


class KeptHere(BaseEmailBackend):
    """Keeps each message in a file that the platform's own account alone reads, for three days."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages, and throw away those whose links are of no use any more."""
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            file = folder / f"{timezone.now():%Y-%m-%d-%H%M%S}-{secrets.token_hex(4)}.eml"
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(message.message().as_bytes())
        for old in folder.glob("*.eml"):
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink(missing_ok=True)
        return len(email_messages)
