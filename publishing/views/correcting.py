"""Door to "suggest a correction": one sentence, no account, nothing kept about the sender."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from downloads.counting.delivery_notes import address_of
from publishing.pages import rows as page_rows
from publishing.pages.addresses import as_query
from publishing.pages.frame import frame_of
from publishing.pages.rows import EpisodeRow
from publishing.views.answering import page, patient, public_page, whole_number
from publishing.views.pages import chosen_transcript, former_episode, words_query
from transcripts.corrections import CorrectionError, suggest
from transcripts.models.correction import LONGEST_SUGGESTION
from transcripts.queries import SentenceView, turns_of


# No session is touched, so there is nothing a forged request could act with: it could only suggest, as anyone may.
@csrf_exempt
def correct(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    if request.method == "POST":
        return patient(_send)(request, show_slug, episode_slug)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return _form(request, show_slug, episode_slug)


@public_page(query=("s", "t", "lang", "sent"), keep=False)
def _form(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    """?s= names the sentence by its position, ?t= by a second of the sound."""
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    return _page(found, _wanted(request), language=request.GET.get("lang", ""), sent=request.GET.get("sent") == "yes")


def _send(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        raise Http404
    position = whole_number(request.POST.get("position"))
    language = request.POST.get("lang", "")
    transcript = chosen_transcript(found.transcript_rows, found.show.language, language)
    if position is None or transcript is None:
        raise Http404
    own = reverse("publishing:correct", args=[found.show.slug, found.slug])
    thanks = HttpResponseRedirect(f"{own}?{as_query(s=position, lang=language, sent='yes')}")
    # A field that people do not see: who fills it in is a robot, and is thanked as well.
    if request.POST.get("website"):
        return thanks
    text = request.POST.get("suggestion", "")[: LONGEST_SUGGESTION + 1]
    try:
        suggest(
            transcript["id"], position, request.POST.get("original", "")[:10_000], text, sender=address_of(request.META)
        )
    except CorrectionError as error:
        return _page(found, ("position", position), language=language, problem=str(error), suggestion=text)
    return thanks


def _wanted(request: HttpRequest) -> tuple[str, int]:
    second = whole_number(request.GET.get("t"), most=999_999)
    return ("second", second) if second is not None else ("position", whole_number(request.GET.get("s")) or 0)


def _page(
    found: EpisodeRow,
    wanted: tuple[str, int],
    *,
    language: str = "",
    sent: bool = False,
    problem: str = "",
    suggestion: str = "",
) -> HttpResponse:
    transcript = chosen_transcript(found.transcript_rows, found.show.language, language)
    if transcript is None:
        raise Http404
    sentences = [sentence for turn in turns_of(transcript["id"]) for sentence in turn.sentences]
    index = _index(sentences, *wanted)
    if index is None:
        raise Http404
    return page(
        frame_of(found.site_shows, found.show.slug),
        "publishing/correct.html",
        {
            "episode": found,
            "show": found.show,
            "transcript": transcript,
            "words_language": transcript["language"] if words_query(found, transcript) else "",
            "sentence": sentences[index],
            "before": sentences[index - 1] if index else None,
            "after": sentences[index + 1] if index + 1 < len(sentences) else None,
            "sent": sent,
            "problem": problem,
            "suggestion": suggestion or sentences[index].text,
        },
        status=422 if problem else 200,
    )


def _index(sentences: list[SentenceView], kind: str, value: int) -> int | None:
    if kind == "position":
        return next((index for index, one in enumerate(sentences) if one.position == value), None)
    begun = [index for index, one in enumerate(sentences) if one.start_ms is not None and one.start_ms <= value * 1000]
    return begun[-1] if begun else (0 if sentences else None)
