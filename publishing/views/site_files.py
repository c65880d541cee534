"""Doors to the files that machines look for at fixed addresses."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from publishing.pages.frame import read_frame
from publishing.pages.pictures import picture_of
from publishing.sitemaps import SITEMAPS
from publishing.views.answering import public_page

MANIFEST_SIZES = (192, 512)


@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /search/?",
        "Disallow: /search.json",
        "Disallow: /preview/",
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('publishing:sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page(query=("p",))
def sitemap(request: HttpRequest) -> HttpResponse:
    """Django's own, rendered at once, so that it can be kept."""
    answer = sitemap_view(request, sitemaps=SITEMAPS)
    return HttpResponse(answer.render().content, content_type=answer["Content-Type"])


@public_page()
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116. `Expires` is the end of the next month but eleven, so that the file is always in date."""
    contact = f"mailto:{settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else None
    if contact is None:
        frame = read_frame()
        contact = settings.SITE_URL + (
            reverse("publishing:about", args=[frame.show["slug"]])
            if frame.show
            else reverse("publishing:accessibility")
        )
    first_of_month = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    expires = first_of_month + timedelta(days=330)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, sv",
        f"Canonical: {settings.SITE_URL}{reverse('publishing:security_txt')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page()
def manifest(request: HttpRequest) -> HttpResponse:
    """What the site is called and looks like when it is kept on a phone's home screen."""
    frame = read_frame()
    cover = picture_of(frame.show, "artwork") if frame.show else None
    icons = [
        {
            "src": staticfiles_storage.url("icons/favicon.svg"),
            "sizes": "any",
            "type": "image/svg+xml",
            "purpose": "any",
        }
    ]
    if cover is not None:
        icons += [
            {"src": default_storage.url(name), "sizes": f"{width}x{width}", "type": "image/jpeg"}
            for width, kind, name in cover.renditions
            if kind == "jpeg" and width >= MANIFEST_SIZES[0]
        ]
    return JsonResponse(
        {
            "name": frame.site_name,
            "short_name": frame.site_name[:24],
            "lang": frame.language,
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "minimal-ui",
            "background_color": "#fbfaf6",
            "theme_color": "#1f5b66",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@public_page()
def service_worker(request: HttpRequest) -> HttpResponse:
    """Served at the root, since a worker may only keep pages below its own address."""
    program = Path(settings.BASE_DIR) / "static" / "js" / "service-worker.js"
    return HttpResponse(program.read_bytes(), content_type="text/javascript; charset=utf-8")


@public_page()
def favicon(request: HttpRequest) -> HttpResponse:
    """For who asks without having read a page."""
    picture = Path(settings.BASE_DIR) / "static" / "icons" / "favicon.ico"
    return HttpResponse(picture.read_bytes(), content_type="image/x-icon")


@public_page()
def speculation_rules(request: HttpRequest) -> HttpResponse:
    """Pages a pointer rests on are fetched ahead; never searches, sound, files or the producers' desk."""
    never = ["/search/*", "/audio/*", "/media/*", "/preview/*", "/*.*", "/*\\?*"]
    rule = {
        "where": {"and": [{"href_matches": "/*"}, {"not": {"href_matches": never}}]},
        "eagerness": "moderate",
    }
    return JsonResponse({"prefetch": [rule]}, content_type="application/speculationrules+json")
