"""What is said when nothing can be asked, in the visitor's language and from files alone."""

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from publishing.views.answering import unavailable


def broken(request):
    return get_resolver().resolve_error_handler(500)(request)


# No mark for the database: whoever asked it here would be refused.
@pytest.mark.parametrize(("answer", "status"), [(broken, 500), (unavailable, 503)])
@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.5", "sv", {500: "Något gick fel hos oss", 503: "Ett ögonblick"}),
        ("en-GB,en;q=0.9", "en", {500: "Something went wrong on our side", 503: "Just a moment"}),
        ("fi,xx;q=0.2", "en", {500: "Something went wrong on our side", 503: "Just a moment"}),
        ("", "en", {500: "Something went wrong on our side", 503: "Just a moment"}),
        ("*;q=nonsense,,;;\x00" * 100, "en", {500: "Something went wrong on our side", 503: "Just a moment"}),
    ],
)
def test_a_page_made_of_files_speaks_the_visitors_language(answer, status, asked, language, words):
    response = answer(RequestFactory().get("/", headers={"accept-language": asked}))

    html = response.content.decode()
    assert response.status_code == status
    assert words[status] in html
    assert f'<html lang="{language}">' in html
    assert (response["Content-Language"], response["Vary"]) == (language, "Accept-Language")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "limit"), [({"words": "x" * 5000}, "DATA_UPLOAD_MAX_MEMORY_SIZE"), ({"a": "1", "b": "2"}, "NUMBER")]
)
def test_a_form_with_too_much_in_it_is_told_so(client, settings, sent, limit):
    if limit == "NUMBER":
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    else:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = client.post("/admin/login/", sent)

    assert answer.status_code == 413
    assert "This is too much at once" in answer.content.decode()


@pytest.mark.django_db
def test_who_tries_too_often_at_the_desk_is_told_so_in_the_desks_words(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}

    answers = [client.post("/admin/account/password/reset/", {"email": "ann@example.org"}) for _ in range(2)]

    assert answers[-1].status_code == 429
    assert "One moment, please" in answers[-1].content.decode()
    assert "Producers&#x27; desk" in answers[-1].content.decode() or "Producers' desk" in answers[-1].content.decode()
