"""Settings of the site, read from the environment; the defaults are the safe choice."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from coproduction_site import localdb
from coproduction_site.env import EnvError, Environment
from coproduction_site.store_origin import store_origin

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

# --- Where the site lives -------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", False, "Django's debug pages. Never on a public site.")
SECRET_KEY = env.secret("SECRET_KEY", "Signs sessions and preview links; 50 random characters or more.")
HOST = env.text("HOST", "127.0.0.1", "Address the web server listens on.")
PORT = env.integer("PORT", 8000, "Port the web server listens on.", minimum=1, maximum=65535)
_own_url = f"http://{'127.0.0.1' if HOST in ('0.0.0.0', '::') else HOST}:{PORT}"
SITE_URL = env.url(
    "SITE_URL", _own_url, "The site's public address; every absolute URL begins with it.", shown="http://HOST:PORT"
)
SITE_NAME = env.text("SITE_NAME", "", "Name of the site when it holds several shows.")
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "", "Address for questions and reports, shown on the site.")
ALLOWED_HOSTS = env.hosts(
    "ALLOWED_HOSTS",
    sorted({urlsplit(SITE_URL).hostname or "localhost", "127.0.0.1", "localhost"}),
    "Host names the site answers to.",
    shown="the host of SITE_URL, 127.0.0.1, localhost",
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "publishing.views.errors.form_refused"
WEB_PROCESSES = env.integer("WEB_PROCESSES", 2, "Web server processes.", minimum=1, maximum=64)
WEB_THREADS = env.integer("WEB_THREADS", 8, "Threads of each web server process.", minimum=1, maximum=256)
ADMIN_PATH = env.text("ADMIN_PATH", "admin", "First part of the admin's address.").strip("/")
TRUSTED_PROXIES = env.integer(
    "TRUSTED_PROXIES",
    0,
    "Proxies of ours in front of the web server, whose X-Forwarded-For and -Proto are believed.",
    minimum=0,
    maximum=5,
)

WEBSUB_HUB_URL = env.url(
    "WEBSUB_HUB_URL", "", "WebSub hub that is told when a feed changes, such as https://pubsubhubbub.appspot.com."
)
PODPING_URL = env.url(
    "PODPING_URL", "", "Podping endpoint that is told when a feed changes, such as https://podping.cloud."
)
PODPING_TOKEN = env.text("PODPING_TOKEN", "", "The podping endpoint's token, when it asks for one.")

# --- What it is made of ---------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "coproduction_site.desk_app.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django_q",
    "django.contrib.humanize",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "episodes",
    "transcripts",
    "downloads",
    "publishing",
    "coproduction_site",
]
MIDDLEWARE = [
    "coproduction_site.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "coproduction_site.desk_without_database.DeskWithoutDatabase",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coproduction_site.permissions_policy.PermissionsPolicyMiddleware",
    "downloads.middleware.KeepPublishedList",
    "publishing.middleware.KeepFeedsFresh",
]
ROOT_URLCONF = "coproduction_site.urls"
WSGI_APPLICATION = "coproduction_site.wsgi.application"
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
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Where it keeps things ------------------------------------------------------------------------------------------

VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"), "Working files of this installation.", shown="var"))
# As text: localdb reads it with libpq's own parser, which also knows sockets and lists of hosts.
DATABASE_URL = env.text(
    "DATABASE_URL", "", "PostgreSQL to use. Unset: an own one in var/postgres.", shown="the embedded Postgres"
)
DATABASES = {"default": localdb.database(DATABASE_URL, VAR_DIR / "postgres")}

MEDIA_DIR = Path(env.text("MEDIA_DIR", str(BASE_DIR / "media"), "Uploaded files.", shown="media"))
MEDIA_ROOT = MEDIA_DIR / "public"
PRIVATE_MEDIA_ROOT = MEDIA_DIR / "private"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    # Public: covers, portraits. Names say nothing of an episode, files are served to anyone who has the address.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Private: audio, transcripts as received, originals. Only a view that has checked hands them out.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_MEDIA_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
AUDIO_DELIVERY = env.choice(
    "AUDIO_DELIVERY",
    "disk",
    "Who sends the audio: this site from disk, nginx in front of it, or an S3-compatible store.",
    choices=("disk", "nginx", "s3"),
)
S3_BUCKET = env.text("S3_BUCKET", "", "Bucket for audio and originals, when AUDIO_DELIVERY is s3.")
S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL", "", "Address of the S3-compatible store.", shown="Amazon's")
S3_REGION = env.text(
    "S3_REGION", "us-east-1", "Region of the bucket. Its keys: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."
)
S3_PUBLIC_BUCKET = env.text(
    "S3_PUBLIC_BUCKET", "", "Another bucket for covers and portraits. Unset: they stay in MEDIA_DIR.", shown="none"
)
if AUDIO_DELIVERY == "s3" and not S3_BUCKET:
    raise EnvError("AUDIO_DELIVERY is s3, and S3_BUCKET is not set. Name the bucket for the audio.")
if S3_BUCKET and S3_BUCKET == S3_PUBLIC_BUCKET:
    raise EnvError("S3_PUBLIC_BUCKET is S3_BUCKET. Use two buckets: nothing private may lie beside what is public.")
if AUDIO_DELIVERY == "s3":
    STORAGES["private"] = {
        "BACKEND": "coproduction_site.object_storage.PrivateObjectStorage",
        "OPTIONS": {"bucket_name": S3_BUCKET, "endpoint_url": S3_ENDPOINT_URL or None, "region_name": S3_REGION},
    }
if S3_PUBLIC_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "coproduction_site.object_storage.PublicObjectStorage",
        "OPTIONS": {"bucket_name": S3_PUBLIC_BUCKET, "endpoint_url": S3_ENDPOINT_URL or None, "region_name": S3_REGION},
    }
COUNT_DOWNLOADS = env.flag("COUNT_DOWNLOADS", True, "Count downloads of episodes.")
DOWNLOAD_REQUEST_DAYS = env.integer(
    "DOWNLOAD_REQUEST_DAYS", 30, "Days single requests are kept, for recounts; totals stay.", minimum=2, maximum=400
)
SHOW_DOWNLOAD_TOTALS = env.flag("SHOW_DOWNLOAD_TOTALS", False, "Show each episode's downloads on its public page.")
SEARCHES_PER_MINUTE = env.integer(
    "SEARCHES_PER_MINUTE",
    60,
    "Searches one network address may ask of each web process in a minute; 0: any number.",
    minimum=0,
    maximum=100_000,
)
DATA_CENTRE_NETWORKS = env.text(
    "DATA_CENTRE_NETWORKS", "", "A file with one network a line, whose requests are never counted as downloads."
)
FILE_UPLOAD_PERMISSIONS = 0o644
# On the media disk, so that keeping an upload is a rename, not a second copy.
FILE_UPLOAD_TEMP_DIR = MEDIA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
AUDIO_MAX_MB = env.integer("AUDIO_MAX_MB", 1024, "Largest audio file accepted, in megabytes.", minimum=1, maximum=10240)

OUTGOING_TEST_HOST = env.text(
    "OUTGOING_TEST_HOST",
    "",
    "One host:port that imports may reach although it lies in a private network. For trials only.",
)

# --- Background work ------------------------------------------------------------------------------------------------

Q_CLUSTER = {
    "name": "coproduction",
    "orm": "default",
    "workers": 2,  # audio work must not wait behind minutes of alignment
    "timeout": 3600,
    "retry": 3660,  # longer than timeout, or a running job would be handed out twice
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.5,
    "save_limit": 1000,
    "label": "Background work",
}

# --- Language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "coproduction_site.formats"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Safety ---------------------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# Sign-in with a second factor. Accounts are made by the team in the admin; nobody signs up by himself.
ACCOUNT_ADAPTER = "coproduction_site.accounts.TeamAccounts"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "admin:login"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,60/15m/ip"}  # key = name and address together
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "coproduction_site.accounts.TeamSecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_URL.startswith("https://")
# In Postgres, and so counted by every process of every machine: tries at one do not start anew at the next.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "coproduction_site_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz(/alive)?$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 * 2 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# The address of audio is ours and leads on to the store; browsers ask the policy at both ends of a redirect.
_sound = [store_origin(S3_BUCKET, S3_ENDPOINT_URL, S3_REGION)] if AUDIO_DELIVERY == "s3" else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", *_sound],
        "connect-src": ["'self'", *_sound],
        "font-src": ["'self'"],
        "frame-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Telling what happens -------------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", "How much is logged.", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice(
    "LOG_FORMAT", "line", "Logs as lines for people or JSON for machines.", choices=("line", "json")
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "coproduction_site.logs.RequestIdFilter"}},
    "formatters": {
        "line": {"()": "coproduction_site.logs.LineFormatter"},
        "json": {"()": "coproduction_site.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Scanners ask for hosts that are not ours all day; each is answered 400, and nothing is there to mend.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
# Errors nobody expected, told to a collector when there is one; started by this room's AppConfig.
SENTRY_DSN = env.text(
    "SENTRY_DSN", "", "Address of a Sentry or GlitchTip project that is told of errors; needs requirements/sentry.lock."
)
# Mail about errors and failed self-checks; without EMAIL_URL it is only written into the log.
_email = urlsplit(
    env.url("EMAIL_URL", "", "Mail server: smtp://user:password@host:587 or smtps://…:465.", schemes=("smtp", "smtps"))
)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _email.hostname else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _email.hostname or "localhost", _email.port or (465 if _email.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_email.username or ""), unquote(_email.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _email.scheme == "smtps", _email.scheme == "smtp"
EMAIL_TIMEOUT = 20
_mail_to = env.text("MAIL_TO", "", "Who gets mail about the site's health; addresses separated by commas.")
ADMINS = [("", address.strip()) for address in _mail_to.split(",") if address.strip()]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "MAIL_FROM", f"site@{urlsplit(SITE_URL).hostname}", "Sender of the site's mail.", shown="site@ the host of SITE_URL"
)
EMAIL_SUBJECT_PREFIX = "[Podcast site] "
