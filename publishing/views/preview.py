"""Door for who holds a preview link: the real page of an episode nobody else can see."""

from django.http import HttpRequest, HttpResponse

from episodes.preview import PreviewError, episode_id_of
from publishing.pages import rows as page_rows
from publishing.pages.frame import read_frame
from publishing.views.answering import page, patient
from publishing.views.pages import episode_context


@patient
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Never stored anywhere, never indexed; sound and transcript files stay closed until the episode is public."""
    try:
        found = page_rows.previewed_episode(episode_id_of(token))
    except PreviewError as error:
        response = page(read_frame(), "publishing/preview_ended.html", {"sentence": str(error)}, status=404)
    else:
        if found is None:
            sentence = "This episode is no longer here. Ask the team."
            response = page(read_frame(), "publishing/preview_ended.html", {"sentence": sentence}, status=404)
        else:
            response = page(*episode_context(found, is_preview=True))
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
