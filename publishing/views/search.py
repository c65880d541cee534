"""Door to the search over all words."""

from django.http import HttpRequest, HttpResponse

from publishing.site_frame import read_frame
from publishing.views.answering import page, public_page


@public_page(query=("q",), keep=False)
def search(request: HttpRequest) -> HttpResponse:
    return page(read_frame(), "publishing/search.html", {"query": request.GET.get("q", "")[:300]})
