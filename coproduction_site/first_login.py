"""The first producer's login, made once for an installation without any user."""

import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model

USERNAME = "producer"
FILE_NAME = "first-login.txt"


def make_first_login(folder: Path, sign_in_url: str) -> bool:
    """Make the user and a private file with its password, when there is no user yet; True when made.

    The file is written first: a kill in between leaves a file that the next start writes anew, never a login whose
    password nobody knows.
    """
    users = get_user_model().objects
    if users.exists():
        return False
    password = secrets.token_urlsafe(12)
    text = f"Sign in at: {sign_in_url}\nName: {USERNAME}\nPassword: {password}\n"
    _write_private(folder / FILE_NAME, text)
    users.create_superuser(USERNAME, email="", password=password)
    return True


def _write_private(path: Path, text: str) -> None:
    """For its owner only; when root runs a copy of somebody else's, that somebody is the owner."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(fresh, folder.st_uid, folder.st_gid)
    fresh.replace(path)
