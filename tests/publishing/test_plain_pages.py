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
