"""Unexpected errors told to a Sentry-compatible collector, without anything about whoever met them."""

from importlib.util import find_spec
from typing import Any

from coproduction_site.env import EnvError
from coproduction_site.logs import request_id
from coproduction_site.redaction import without_secrets

# What is left of a request: its method and path. Addresses, cookies, form fields and queries may tell who it was.
_KEPT_OF_REQUEST = ("method", "url")
# The machine's name and packages tell too much of it; extras and breadcrumbs hold whatever was logged before.
_LEFT_OUT = ("user", "server_name", "modules", "extra", "breadcrumbs")


def start(dsn: str, release: str = "") -> None:
    """Have unexpected errors and logged errors sent to the collector of this address; without one, nothing happens.

    Raises EnvError, in words, when the package is missing or the address is none. Source of the format: Sentry's
    documentation of events and envelopes.
    """
    if not dsn:
        return
    if find_spec("sentry_sdk") is None:
        raise EnvError(
            "SENTRY_DSN is set, and the package sentry-sdk is not installed. Install it with "
            ".venv/bin/python -m pip install --require-hashes -r requirements/sentry.lock, or unset SENTRY_DSN."
        )
    import sentry_sdk
    from sentry_sdk.integrations.django import DjangoIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            dsn=dsn,
            release=release or None,
            before_send=_scrubbed,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            default_integrations=True,
            auto_enabling_integrations=False,
            integrations=[DjangoIntegration(middleware_spans=False), LoggingIntegration(event_level=40)],
        )
    except BadDsn as error:
        # The value is not shown: it holds a key.
        raise EnvError(
            "SENTRY_DSN is not the address of a project at Sentry or GlitchTip. Copy it from the project's settings; "
            "it looks like https://key@sentry.example.org/1."
        ) from error


def _scrubbed(event: Any, hint: dict[str, Any]) -> Any:
    """The event without who and where, its texts cleaned as our own log's lines are."""
    for name in _LEFT_OUT:
        event.pop(name, None)
    if "request" in event:
        asked = event["request"]
        event["request"] = {name: asked[name] for name in _KEPT_OF_REQUEST if name in asked}
    cleaned = _cleaned(event)
    cleaned["tags"] = {"request_id": request_id.get()}  # finds the lines in the log
    return cleaned


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return value
