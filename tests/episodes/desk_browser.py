"""A producer without scripts: opens a page of the desk, fills the form that is there, sends it."""

import lxml.html
from django.test import Client
from django.urls import reverse


def form_values(client: Client, url: str) -> dict:
    """The values a browser would send for the form as shown, each name with a list."""
    response = client.get(url)
    assert response.status_code == 200, response.content[:500]
    page = lxml.html.fromstring(response.content.decode())
    form = next(f for f in page.forms if (f.get("method") or "").lower() == "post" and f.get("id") != "logout-form")
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return values


def send(client: Client, url: str, values: dict, **changes):
    """Send a form of form_values() with some fields changed; answers the response after redirects."""
    return client.post(url, {**values, "_save": "Save", **changes}, follow=True)


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def errors_of(response) -> list[str]:
    page = lxml.html.fromstring(response.content.decode())
    return [" ".join(li.text_content().split()) for li in page.xpath('//ul[contains(@class,"errorlist")]/li')]


def change_url(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def add_url(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
