"""What every web process needs for its first pages, read before they part: held once instead of in each."""

from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

from publishing.pages.site_state import release_mark


def read_beforehand() -> None:
    """Addresses, the interface's languages and the pages' templates; nothing of it asks the database."""
    resolver = get_resolver()
    _views = resolver.url_patterns
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Home")
            _addresses = resolver.reverse_dict, resolver.namespace_dict
    if settings.DEBUG:
        return
    release_mark()
    folder = Path(settings.BASE_DIR) / "templates"
    for path in sorted((folder / "publishing").glob("*.html")):
        get_template(str(path.relative_to(folder)))
