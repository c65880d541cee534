"""A passkey is made and used in a real browser, with an authenticator that Chromium plays itself."""

import pytest
from allauth.mfa.models import Authenticator

from tests.browser.desk_steps import PASSWORD, check, sign_in
from tests.browser.test_the_desk import desk  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_passkey_is_enrolled_and_opens_the_desk_without_a_password(desk):  # noqa: F811
    page = desk.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    like_a_phone = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    phone = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": like_a_phone})["authenticatorId"]
    sign_in(desk)

    page.goto(f"{desk.base}/admin/account/2fa/webauthn/add/")
    check(desk)  # who adds a key is asked for the password once more
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("#content button[type=submit]").click()
    page.get_by_role("heading", name="Add Security Key").wait_for()
    check(desk)
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url(lambda url: "/add/" not in url)
    check(desk)
    held = devtools.send("WebAuthn.getCredentials", {"authenticatorId": phone})["credentials"]
    kept = list(Authenticator.objects.filter(type="webauthn").values_list("user__username", flat=True))

    page.context.clear_cookies()
    page.goto(f"{desk.base}/admin/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Today").wait_for()

    assert len(held) == 1
    assert kept == ["ann"]
    check(desk)


def test_a_passkey_of_somebody_unknown_opens_nothing(desk):  # noqa: F811
    page = desk.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )

    page.goto(f"{desk.base}/admin/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_timeout(1000)

    assert page.get_by_role("heading", name="Sign in").is_visible()
