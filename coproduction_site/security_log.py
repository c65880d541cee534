"""Who came in, who was refused, who changed what: one log line each, without addresses or passwords."""

import logging
from typing import Any

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save

logger = logging.getLogger("coproduction_site.security")

_VERBS = {ADDITION: "added", DELETION: "deleted"}


def listen() -> None:
    """Follow Django's own signals; rooms of ours send none to one another."""
    user_logged_in.connect(_came_in, dispatch_uid="security_log_in")
    user_logged_out.connect(_went_out, dispatch_uid="security_log_out")
    user_login_failed.connect(_was_refused, dispatch_uid="security_log_refused")
    post_save.connect(_changed_something, sender=LogEntry, dispatch_uid="security_log_admin")


def _came_in(sender: Any, user: Any, **rest: Any) -> None:
    logger.info("User %s (%s) logged in.", user.pk, user.get_username())


def _went_out(sender: Any, user: Any, **rest: Any) -> None:
    if user is not None:
        logger.info("User %s (%s) logged out.", user.pk, user.get_username())


def _was_refused(sender: Any, credentials: dict[str, Any], **rest: Any) -> None:
    """A name nobody has is not written down: it may be a password typed into the wrong field."""
    name = str(credentials.get(get_user_model().USERNAME_FIELD) or credentials.get("username") or "")
    known = get_user_model().objects.filter(**{get_user_model().USERNAME_FIELD: name}).values_list("pk", flat=True)
    user_id = known.first() if name else None
    logger.warning("A login failed for %s.", f"user {user_id}" if user_id else "a name nobody has")


def _changed_something(sender: Any, instance: LogEntry, created: bool, **rest: Any) -> None:
    if created:
        kind = instance.content_type.model if instance.content_type else "something"
        verb = _VERBS.get(instance.action_flag, "changed")
        logger.info("User %s %s %s %s: %s", instance.user_id, verb, kind, instance.object_id,
                    " ".join(instance.get_change_message().split())[:300])  # fmt: skip
