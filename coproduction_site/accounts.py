"""How the team signs in: one door for the admin, a limit on tries, a second factor offered."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import login as account_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class TeamAccounts(DefaultAccountAdapter):
    """Nobody signs up; wrong passwords count for a name at an address, so that hammering a name locks out only the
    hammer and not its owner."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": (
            "Too many wrong passwords for this name from where you are. Wait fifteen minutes, or reset the password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        name = credentials.get("email") or credentials.get("username") or ""
        return f"{name.strip().casefold()}|{self.get_client_ip(request)}"


class TeamSecondFactor(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME or "Producers' desk"


@login_not_required
def sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin's own login page, with allauth behind it. Who is signed in but not of the team gets no further."""
    if request.user.is_authenticated:
        if request.user.is_active and request.user.is_staff:
            return HttpResponseRedirect(reverse("admin:index"))
        raise PermissionDenied
    return account_login(request)
