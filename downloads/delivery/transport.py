"""How the site is to be reached: by HTTPS, where it has it."""

from typing import Any

from django.conf import settings


def as_asked(environ: dict[str, Any]) -> bool:
    """Whether the request came the way the site is to be reached; what did not goes the whole way, to be led over."""
    if not settings.SECURE_SSL_REDIRECT or environ.get("wsgi.url_scheme") == "https":
        return True
    header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    return bool(header and environ.get(header[0], "").split(",")[0].strip() == header[1])


def transport_security() -> list[tuple[str, str]]:
    """The header by which browsers come back by HTTPS only, for answers that Django's middleware does not see."""
    if not settings.SECURE_HSTS_SECONDS:
        return []
    parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
    parts += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
    return [("Strict-Transport-Security", "; ".join(parts))]
