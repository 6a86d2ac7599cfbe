"""The design system by itself: no database, no users, no other app."""

SECRET_KEY = "only-for-tests-of-the-design-system"
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.messages",
    "alongside.web.design",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "alongside.web.site.middleware.SafeHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "design_urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "alongside.web.design.context.design",
            ],
        },
    },
]
FORM_RENDERER = "alongside.web.design.renderer.GovukRenderer"
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/London"
STATIC_URL = "/static/"
