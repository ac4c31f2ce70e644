"""One settings file; whatever differs between installations comes from the environment."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
TEST_WORKER = env("PYTEST_XDIST_WORKER", default="gw0")
if TESTING:  # tests touch nothing of the shop's, nor of each other's when they run side by side
    VAR_DIR = VAR_DIR / "test" / TEST_WORKER
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- The shop -------------------------------------------------------------------------------------------------
VERSION = "0.1.0"
SHOP_NAME = env("SHOP_NAME", default="Lace-Luxx")
SHOP_CURRENCY = env("SHOP_CURRENCY", default="USD")
SHOP_TIME_ZONE = env("SHOP_TIME_ZONE", default="America/New_York")
WHATNOT_TIME_ZONE = env("WHATNOT_TIME_ZONE", default="UTC")  # its files name no zone; UTC is our assumption

# --- The processes of `manage.py up` ---------------------------------------------------------------------------
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=1)  # web processes; each holds its own copy of the mart
WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)  # threads of the one worker process
SHOP_URL = env("SHOP_URL", default=f"http://{HOST}:{PORT}").rstrip("/")  # how readers of mails and documents reach us
VIP_REVENUE = env.int("VIP_REVENUE", default=5_000)  # lifetime revenue from which a customer of 3 orders is a VIP
DEMO = env.bool("DEMO", default=True)  # whether `make run` fills an empty shop

# --- Security -------------------------------------------------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=not PRODUCTION and not TESTING)


def embedded_secret() -> str:
    """A random key of this installation's own, kept under VAR_DIR, so that nothing ships a shared default."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", default="") or ("" if PRODUCTION else embedded_secret())
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
# Which web pages elsewhere may call the API from a browser. By key only: no cookie is ever taken along.
CORS_ALLOWED_ORIGINS = env.list("CORS_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ["GET", "POST", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "x-site-key"]
CORS_EXPOSE_HEADERS = ["idempotent-replayed", "retry-after"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("PRODUCTION refuses to start with DEBUG.")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("PRODUCTION needs SECRET_KEY: 50 random characters or more.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("PRODUCTION needs ALLOWED_HOSTS: the names it answers to, and never '*'.")

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'unsafe-eval'", NONCE],  # the shell's Alpine evaluates its attributes
        "style-src": [SELF, "'unsafe-inline'"],  # Plotly writes inline styles
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}

# --- Applications ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "demo",
    "reports",
    "analytics",
    "sales",
    "inventory",
    "customers",
    "lacelux.access",
    "lacelux.intake",
    "lacelux.outbox",
    "lacelux",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.simple_history",
    "simple_history",
    "lacelux.apps.LaceluxAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "lacelux.access.middleware.no_store",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lacelux.urls"
ASGI_APPLICATION = "lacelux.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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

# --- Database -------------------------------------------------------------------------------------------------
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a power cut must not lose a sale that was acknowledged.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000; "
        "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
    ),
}
DATABASES: dict[str, Any] = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'shop.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # Tests of freshness commit and read through a second connection, so the test database is a file too.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
elif not TESTING:
    pool_size = env.int("DATABASE_POOL", default=10)
    # `timeout`: a caller who finds no connection for so long is told to come back (503), not left hanging.
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": pool_size, "timeout": 10}}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a restarted server must not cost one error per connection

# --- Cache, queue, mail ---------------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # the till does not wait for a dead Redis
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
QUEUE_DIR = VAR_DIR / "queue"
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    for name in ("messages", "processed", "control"):
        (QUEUE_DIR / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "polling_interval": 0.5,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = SHOP_TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "ask-what-is-due": {
        "task": "reports.tasks.ask_what_is_due",
        "schedule": 30,
        "options": {"expires": 25},  # what was asked while no worker ran need not be answered later
    },
    "tidy-reports": {"task": "reports.tasks.tidy", "schedule": 3_600},
    "keep-mart": {"task": "analytics.tasks.keep_mart", "schedule": 300},
    "end-expired-holds": {"task": "inventory.tasks.end_expired_holds", "schedule": 60},
    "refresh-calendars": {"task": "sales.tasks.refresh_calendars", "schedule": 6 * 3_600},
    "tidy-access": {"task": "lacelux.access.tasks.tidy", "schedule": 86_400},
}

if EMAIL_URL := env("EMAIL_URL", default=""):
    smtp_backend = "lacelux.outbox.backends.SmtpBackend" if EMAIL_URL.startswith("smtp") else None
    vars().update(env.email_url_config(EMAIL_URL, backend=smtp_backend))
else:
    EMAIL_BACKEND = "lacelux.outbox.backends.FolderBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=20)  # seconds a mail server may take for each answer
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{SHOP_NAME} <office@localhost>")
# Who writes the mails of each kind. Writers live with their domain; the outbox imports none.
OUTBOX_LETTERS: dict[str, str] = {
    "report": "reports.letters.ReportLetters",
    "stopped": "reports.letters.StoppedLetters",
}

# --- Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "assets"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000  # a year of daily files
INTAKE_DIR = VAR_DIR / "intake"
INTAKE_MAX_BYTES = env.int("INTAKE_MAX_BYTES", default=200_000_000)
# Every file format the intake knows. Formats live with their domain; the intake imports none.
INTAKE_FORMATS = [
    "sales.formats.sales_lines.OnlineRetail",
    "sales.formats.sales_lines.SalesLines",
    "sales.formats.whatnot_orders.WhatnotOrders",
    "sales.formats.whatnot_ledger.WhatnotLedger",
    "sales.formats.whatnot_financial.WhatnotFinancial",
    "sales.formats.interactions.Interactions",
    "sales.formats.poshmark.PoshmarkSales",
    "sales.formats.shopify_orders.ShopifyOrders",
    "customers.formats.shopify_customers.ShopifyCustomers",
    "sales.formats.ebay_orders.EbayOrders",
    "sales.formats.ebay_transactions.EbayTransactions",
    "sales.formats.mercari.MercariSales",
    "sales.formats.depop.DepopSales",
    "sales.formats.cafe24_orders.Cafe24Orders",
    "sales.formats.meta_ads.MetaAds",
]

# --- Answers --------------------------------------------------------------------------------------------------
ANALYTICS_ENGINE = env("ANALYTICS_ENGINE", default="duckdb")
MART_DIR = VAR_DIR / "mart"

# --- Reports --------------------------------------------------------------------------------------------------
REPORT_STORAGE_PATH = env("REPORT_STORAGE_PATH", default=str(VAR_DIR / "reports"))  # shared by all machines
REPORT_KEEP_DAYS = env.int("REPORT_KEEP_DAYS", default=90)  # files are removed then; what ran stays on record
REPORT_ATTACH_MAX_BYTES = env.int("REPORT_ATTACH_MAX_BYTES", default=10_000_000)  # per mail; above it, links
REPORT_LINK_DAYS = env.int("REPORT_LINK_DAYS", default=14)  # how long such a link is good

# --- Language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = SHOP_TIME_ZONE
FORMAT_MODULE_PATH = None
USE_THOUSAND_SEPARATOR = True

# --- Access ---------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # ours is in lacelux/access/admin.py
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# What a web shop's pages send with each product view: public keys. None: one of this installation's own.
SITE_KEYS = env.list("SITE_KEYS", default=[])
# Seconds for which views are gathered and then written together; 0: each is written before it is answered.
VIEWS_WAIT = 0.0 if TESTING else env.float("VIEWS_WAIT", default=0.25)
THROTTLE_VIEWS = env("THROTTLE_VIEWS", default="" if TESTING else "60000/min")  # per address; empty: no limit

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lacelux.access.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Deny by default: each view says what it `needs`.
    "DEFAULT_PERMISSION_CLASSES": ["lacelux.access.permissions.Needs"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": ["lacelux.access.parsers.ExactJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_THROTTLE_CLASSES": ["lacelux.access.throttling.CallRate"],
    "DEFAULT_THROTTLE_RATES": {  # empty: no limit
        "anon": env("THROTTLE_ANONYMOUS", default="" if TESTING else "60/min"),
        "user": env("THROTTLE_USER", default="" if TESTING else "6000/min"),
    },
    "NUM_PROXIES": 1 if env.bool("BEHIND_PROXY", default=False) else 0,  # whom to believe about addresses
    "EXCEPTION_HANDLER": "lacelux.access.errors.answer_error",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": None,  # `?format=csv` on an analysis is ours
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": SHOP_NAME,
    "DESCRIPTION": "Sales, stock and answers of the shop. Money is in the shop's currency, with two decimals.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,  # fields are withheld from those without the permission
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {"ReportFormEnum": "reports.models.schedule.FILES"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "lacelux.access.schema.add_errors",
    ],
}

# --- Looks ----------------------------------------------------------------------------------------------------
# Burgundy #7a1f3d on warm neutrals. `primary` 600 is the accent on light, 500 its readable sister on dark grounds.
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": SHOP_NAME,
    "SITE_HEADER": SHOP_NAME,
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("images/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("images/favicon.svg")},
    ],
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("css/lacelux.css")],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "base": {
            "50": "#faf8f5", "100": "#f4f0eb", "200": "#e7e1d9", "300": "#d5cdc3", "400": "#a69d92", "500": "#736a61",
            "600": "#5b534b", "700": "#463f39", "800": "#2c2723", "900": "#1e1a17", "950": "#151210",
        },
        "primary": {
            "50": "#fbf3f5", "100": "#f6e4e9", "200": "#edcad5", "300": "#e0a5b8", "400": "#d98ba4", "500": "#d0708f",
            "600": "#7a1f3d", "700": "#651a33", "800": "#52162a", "900": "#431324", "950": "#280a15",
        },
    },
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": "lacelux.admin.navigation"},
    "COMMAND": {"search_models": "lacelux.admin.searched_models", "show_history": False},
}  # fmt: skip

# --- Logging --------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING" if TESTING else "INFO")},
}

# --- Tests ----------------------------------------------------------------------------------------------------
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a safe one costs a third of a second
    CELERY_BROKER_URL = "memory://"
    WHITENOISE_AUTOREFRESH = True  # look files up when asked instead of all of them for every test client
    if REDIS_URL:
        CACHES["default"]["KEY_PREFIX"] = TEST_WORKER
