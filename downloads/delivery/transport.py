"""How the site is to be reached: by HTTPS, where it has it."""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed


def as_asked(environ: dict[str, Any]) -> bool:
    """Whether the request came the way the site is to be reached; what did not goes the whole way, to be led over."""
    https_only, header = _wanted()
    if not https_only or environ.get("wsgi.url_scheme") == "https":
        return True
    return bool(header and environ.get(header[0], "").split(",")[0].strip() == header[1])


# A look at a setting costs as much as all else here, for answers that are made thousands of times a second.
@cache
def _wanted() -> tuple[bool, tuple[str, str] | None]:
    return settings.SECURE_SSL_REDIRECT, getattr(settings, "SECURE_PROXY_SSL_HEADER", None)


@cache
def transport_security() -> tuple[tuple[str, str], ...]:
    """The header by which browsers come back by HTTPS only, for answers that Django's middleware does not see."""
    if not settings.SECURE_HSTS_SECONDS:
        return ()
    parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
    parts += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
    return (("Strict-Transport-Security", "; ".join(parts)),)


def _forget(**_: Any) -> None:
    """Settings change in tests only."""
    _wanted.cache_clear()
    transport_security.cache_clear()


setting_changed.connect(_forget)
