"""The one settings file. Everything that differs between installations is environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.env import Env, SettingError

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

ENVIRONMENT = env.choice(
    "ENVIRONMENT", "production", options=("production", "demo", "test")
)
DEBUG = env.flag("DEBUG", default=False)
if DEBUG and ENVIRONMENT == "production":
    raise SettingError("DEBUG", "must be off in production; set ENVIRONMENT=demo.")
SECRET_KEY = env.text("SECRET_KEY")
if ENVIRONMENT == "production" and len(SECRET_KEY) < 50:
    raise SettingError("SECRET_KEY", "needs at least 50 characters.")

# A tenant lives at <slug>.BASE_DOMAIN.
BASE_DOMAIN = env.text("BASE_DOMAIN")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", f".{BASE_DOMAIN.partition(':')[0]}")
SECURE = env.flag("SECURE", default=ENVIRONMENT == "production")
SCHEME = "https" if SECURE else "http"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "servicedesk",
    "accounts",
    "tenants",
    "activity",
    "people",
    "deadlines",
    "documents",
    "notifications",
    "sla",
    "clients",
    "tickets",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "servicedesk.middleware.SecurityHeadersMiddleware",
    "servicedesk.middleware.HostMiddleware",
    "servicedesk.pulse.PulseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "servicedesk.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "servicedesk.middleware.TenantMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "servicedesk.urls"
WSGI_APPLICATION = "servicedesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "servicedesk.context.page",
                "servicedesk.lib.ui.context",
            ],
            "builtins": ["servicedesk.lib.templatetags.ui"],
            "libraries": {"ui": "servicedesk.lib.templatetags.ui"},
        },
    }
]

FORM_RENDERER = "servicedesk.lib.ui.forms.Renderer"
UI = {
    "NAVIGATION": "servicedesk.navigation.NAVIGATION",
    "INBOX": "notifications.bell.inbox",
}

# -- databases ---------------------------------------------------------------------------
# default: sd_app, what people and workers use, behind row-level security;
# system: sd_system, the few cross-tenant reads; owner: sd_owner, owns and migrates.


def _database(name: str, fallback: str | None = None) -> dict[str, Any]:
    entry = env.database(name, env.text(fallback) if fallback else None)
    return entry | {
        "CONN_MAX_AGE": env.number("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    "default": _database("DATABASE_URL"),
    "system": _database("DATABASE_SYSTEM_URL"),
    # Only what migrates is given the owner's address.
    "owner": _database("DATABASE_OWNER_URL", "DATABASE_URL"),
}
if _suffix := env.text("TEST_DB_SUFFIX", ""):
    for _entry in DATABASES.values():
        _entry["TEST"] = {"NAME": f"test_{_entry['NAME']}_{_suffix}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Redis: a wake-up line, never the record ----------------------------------------------

REDIS_URL = env.text("REDIS_URL")


def _redis(database: int, *, broker: bool = False) -> str:
    parts = urlsplit(REDIS_URL)
    if parts.scheme == "unix":
        if broker:
            return f"redis+socket://{parts.path}?virtual_host={database}"
        return f"unix://{parts.path}?db={database}"
    if parts.scheme not in {"redis", "rediss"}:
        raise SettingError(
            "REDIS_URL", "must begin with redis://, rediss:// or unix://."
        )
    return parts._replace(path=f"/{database}").geturl()


CACHES = {
    "default": {
        "BACKEND": "servicedesk.lib.cache.ForgivingRedisCache",
        "LOCATION": _redis(1),
        "KEY_PREFIX": "sd",
        "OPTIONS": {
            "serializer": "servicedesk.lib.cache.JsonSerializer",
            "socket_connect_timeout": 0.5,
            "socket_timeout": 0.5,
        },
    }
}
BROKER_URL = _redis(0)
CELERY_BROKER_URL = _redis(0, broker=True)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long it is away
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False  # a lost wake-up is made good by the next tick
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "deadlines.*": {"queue": "deadlines"},
    "documents.*": {"queue": "documents"},
    "notifications.*": {"queue": "messages"},
    "people.post_letters": {"queue": "messages"},
}
CELERY_BEAT_SCHEDULE_FILENAME = env.text(
    "BEAT_SCHEDULE_FILE", str(BASE_DIR / ".servicedesk" / "beat-schedule")
)
# Ticks expire, so that a backlog evaporates: each one says "look now", nothing more.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "deadlines.sweep", "schedule": 1.0, "options": {"expires": 2}},
    "deliver": {
        "task": "notifications.deliver",
        "schedule": 1.0,
        "options": {"expires": 2},
    },
    "letters": {
        "task": "people.post_letters",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "documents": {
        "task": "documents.print",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "tidy": {"task": "people.tidy", "schedule": 3600.0, "options": {"expires": 600}},
}

# For how long a worker keeps what it has claimed; then it is taken for dead.
LEASE_SECONDS = env.number("LEASE_SECONDS", 15)

# -- people ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["people.authentication.MembershipBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
]
SESSION_ENGINE = "people.sessions"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "servicedesk.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# How many proxies of ours stand before the site: the so-manieth entry of X-Forwarded-For
# from the right is the client's address. 0: nothing forwarded is believed.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1 if ENVIRONMENT == "production" else 0)
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "people.account_forms.LoginForm",
    "reauthenticate": "people.account_forms.ReauthenticateForm",
    "change_password": "people.account_forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = (
    "none"  # addresses come from invitations, proved by the link
)
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Tries are counted by people.throttle, in the database and per account and place; allauth's
# own limits would let one visitor lock out another, and forget everything with the cache.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None}
MFA_ADAPTER = "people.factors.MfaAdapter"
MFA_FORMS = {
    "authenticate": "people.factors.AuthenticateForm",
    "reauthenticate": "people.factors.ReauthenticateForm",
    "activate_totp": "people.factors.ActivateTOTPForm",
    "add_webauthn": "people.factors.AddPasskeyForm",
    "edit_webauthn": "people.factors.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there are none: the invitation proved it
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

# -- language and time -------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["servicedesk.formats"]

# -- files -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Compressing is slow: only what a page can ask for, by its hashed name.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "map",
    "png",
    "jpg",
    "webp",
    "woff",
    "woff2",
    "gz",
    "br",
)
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / ".servicedesk" / "media")))
ATTACHMENT_MAX_BYTES = env.number("ATTACHMENT_MAX_BYTES", 20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
_hashed = not DEBUG and ENVIRONMENT != "test"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "servicedesk.lib.ui.storage.StaticStorage"
        if _hashed
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- mail --------------------------------------------------------------------------------

_email = urlsplit(env.text("EMAIL_URL", "" if ENVIRONMENT != "production" else None))
if _email.scheme in {"smtp", "smtp+tls", "smtps"}:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _email.hostname or "localhost"
    EMAIL_PORT = _email.port or {"smtps": 465, "smtp+tls": 587}.get(_email.scheme, 25)
    EMAIL_HOST_USER = _email.username or ""
    EMAIL_HOST_PASSWORD = _email.password or ""
    EMAIL_USE_TLS = _email.scheme == "smtp+tls"
    EMAIL_USE_SSL = _email.scheme == "smtps"
elif ENVIRONMENT == "production":
    raise SettingError("EMAIL_URL", "must look like smtp+tls://user:password@host:587.")
else:
    EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Service desk <service@localhost>")

# -- security headers ----------------------------------------------------------------------

if SECURE:
    SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- REST ----------------------------------------------------------------------------------

API_CALLS_PER_MINUTE = env.number("API_CALLS_PER_MINUTE", 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["servicedesk.lib.rest.RequestAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["servicedesk.lib.rest.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "servicedesk.lib.rest.problem_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Service desk",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # One name for one set of values, whatever the fields are called that take it.
    "ENUM_NAME_OVERRIDES": {
        "MetricEnum": "servicedesk.api.ticket_shapes.METRICS",
        "SeverityEnum": "servicedesk.api.fields.LEVELS",
        "TicketStateEnum": "tickets.models.ticket.State.values",
        "TicketChannelEnum": ("web", "phone", "email", "api"),
        "TicketKindEnum": ("fault", "planned"),
        "ContingencyKindEnum": ("spare", "workaround", "other"),
        "WorkOrderKindEnum": ("visit", "remote"),
        "WorkOrderStateEnum": "tickets.models.work.WORK_STATES",
        "WorkTimeKindEnum": ("work", "travel"),
        "ExtraWorkStateEnum": ("asked", "authorised", "declined"),
        "EscalationStateEnum": ("open", "ended", "withdrawn"),
        "SignatureStateEnum": ("unsigned", "signed", "outdated", "refused"),
        "RoleEnum": "people.roles.Role.values",
        "GivenRoleEnum": "servicedesk.api.people_shapes.GIVEN",
        "ColleagueRoleEnum": "servicedesk.api.people_shapes.OURS",
        "ContactRoleEnum": "servicedesk.api.people_shapes.THEIRS",
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}
