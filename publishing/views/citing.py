"""Door to an episode's citation as a file that reference managers open."""

from django.http import Http404, HttpRequest, HttpResponse

from publishing.pages import rows as page_rows
from publishing.pages.citations import bibtex, ris
from publishing.pages.citing import citation_key, cited
from publishing.views.answering import public_page
from publishing.views.pages import former_episode, moment

FORMATS = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}


@public_page(query=("t",))
def citation_file(request: HttpRequest, show_slug: str, episode_slug: str, ext: str) -> HttpResponse:
    """cite.bib and cite.ris; ?t= cites a moment."""
    if ext not in FORMATS:
        raise Http404
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    about = cited(found, moment(request.GET.get("t", "")))
    body = bibtex(about, citation_key(found)) if ext == "bib" else ris(about)
    response = HttpResponse(body, content_type=f"{FORMATS[ext]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}.{ext}"'
    return response
