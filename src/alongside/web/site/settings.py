"""Settings of the running platform. What an installation may change comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from alongside.web.site import environment, logs, mail, openid, state
from alongside.web.site.database import Address, Addresses

HERE = Path(__file__).resolve().parent


DEBUG = environment.says_yes(os.environ, "ALONGSIDE_DEBUG")
BEHIND_TLS = environment.says_yes(os.environ, "ALONGSIDE_TLS")
SECRET_KEY = state.secret_key(os.environ)
ALLOWED_HOSTS = [*environment.hosts(os.environ), *sorted(environment.HERE)]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in environment.hosts(os.environ)]

# Whoever runs a changed version says here where its source code is; else it gives its own files.
SOURCE_URL = os.environ.get("ALONGSIDE_SOURCE_URL", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    # Before the sign-in library, whose pages it draws in the platform's own way.
    "alongside.web.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
    "alongside.web.site",
    "alongside.web.design",
    "alongside.web.access",
    "alongside.web.audit",
    "alongside.web.drafts",
    "alongside.web.people",
    "alongside.web.conversations",
    "alongside.web.budgets",
    "alongside.web.plans",
    "alongside.web.reviews",
    "alongside.web.governance",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alongside.web.site.middleware.SafeHeaders",
    "alongside.web.site.middleware.ReadableRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alongside.web.site.sessions.LastsWhileUsed",
    "alongside.web.drafts.middleware.SignedIn",
    "alongside.web.access.middleware.ActingAs",
    "alongside.web.site.middleware.PlainRefusals",
]

ROOT_URLCONF = "alongside.web.site.urls"
WSGI_APPLICATION = "alongside.web.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alongside.web.design.context.design",
                "alongside.web.site.context.site",
            ],
        },
    },
]

# Only the commands connect to the database; without their word these addresses lead nowhere.
_addresses = Addresses.from_environment(os.environ)
_nowhere = Address(name="alongside", user="alongside", host="localhost")
DATABASES = {
    "default": (_addresses.application if _addresses else _nowhere).for_django(),
    "owner": (_addresses.owner if _addresses else _nowhere).for_django(),
}
DATABASE_ROUTERS = ["alongside.web.site.routers.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# The one web server in front says where a request comes from. Without one, whoever asks could say anything.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_TLS else 0
# A whole council may share one address. What is right counts as tried too until it is found right; the page says
# how long to wait. A passkey, and a link to choose a password, cannot be guessed.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "reset_password_from_key": "300/m/ip",
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "login": "alongside.web.accounts.forms.SignInForm",
    "reauthenticate": "alongside.web.accounts.forms.PasswordAgainForm",
    "reset_password": "alongside.web.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "alongside.web.accounts.forms.NewPasswordByLetterForm",
    "change_password": "alongside.web.accounts.forms.NewPasswordForm",
    "set_password": "alongside.web.accounts.forms.FirstPasswordForm",
}
MFA_FORMS = {
    "activate_totp": "alongside.web.accounts.forms.FirstCodeForm",
    "authenticate": "alongside.web.accounts.forms.CodeForm",
    "reauthenticate": "alongside.web.accounts.forms.CodeOnceMoreForm",
    "add_webauthn": "alongside.web.accounts.forms.PasskeyForm",
    "edit_webauthn": "alongside.web.accounts.forms.PasskeyNameForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "alongside.web.accounts.adapter.ClosedSignUp"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "alongside.web.accounts.tokens.LinkTokens"  # noqa: S105
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Through an agency's own provider come only those who have an account, by an address that it vouches for.
SOCIALACCOUNT_PROVIDERS = openid.providers(os.environ)
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_AUTO_SIGNUP = False
# The browser must be let go there from the form that starts it.
FORMS_MAY_GO_TO = [openid.origin(os.environ.get("ALONGSIDE_OIDC_SERVER_URL", ""))]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or not BEHIND_TLS
MFA_TOTP_ISSUER = "Alongside"
# A code counts for half a minute longer: some people type slowly, and some clocks are a little off.
MFA_TOTP_TOLERANCE = 1

SESSION_COOKIE_AGE = int(os.environ.get("ALONGSIDE_SESSION_SECONDS", "3600"))
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "alongside.web.site.views.form_expired"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "alongside_cache",
        # Tries to sign in are counted here: of a few hundred, the first would be forgotten before their time.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [HERE.parent / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = state.folder(os.environ) / "static"
# Collected files carry digests in their names and may be kept for ever; before that, as they lie.
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if COLLECTED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not COLLECTED
FORM_RENDERER = "alongside.web.design.renderer.GovukRenderer"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_HANDLERS = [
    "alongside.web.site.cut_off.CutOff",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Only what is there is set: a mail server, or the folder that keeps messages in its place.
globals().update(mail.settings_of(os.environ, state.folder(os.environ) / "mail"))
LOGGING_CONFIG = None
logs.configure(os.environ)
