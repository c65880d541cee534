"""What no page of the site may ask of a browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Only what the site uses is left to it: sound, the lock screen, copying a quote, sharing a link.
REFUSED = (
    "accelerometer camera display-capture geolocation gyroscope hid magnetometer microphone midi payment serial usb "
    "xr-spatial-tracking browsing-topics"
).split()
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in REFUSED)


class PermissionsPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
