"""Root addresses: each room brings its own, the admin has a path of its own choosing."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from coproduction_site import health

urlpatterns = [
    path("healthz", health.ready, name="healthz"),
    path("healthz/alive", health.alive, name="healthz_alive"),
    path(f"{settings.ADMIN_PATH}/account/", include("allauth.account.urls")),
    path(f"{settings.ADMIN_PATH}/account/2fa/", include("allauth.mfa.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("", include("downloads.urls")),
    path("", include("publishing.urls")),
]

handler404 = "publishing.views.errors.not_found"
handler400 = "publishing.views.errors.bad_request"
handler403 = "publishing.views.errors.forbidden"
handler500 = "publishing.views.errors.server_error"
