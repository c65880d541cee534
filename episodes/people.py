"""Find or make a person by name."""

from django.db import transaction

from episodes.identity import propose_slug
from episodes.models import Speaker

LONGEST_NAME = 128


def known_person(name: str) -> Speaker | None:
    """The person of that name, whatever its capitals; None when nobody here has it."""
    return Speaker.objects.filter(name__iexact=name).order_by("id").first()


@transaction.atomic
def person_named(name: str, website: str = "") -> Speaker:
    """The person of that name, whatever its capitals; made if nobody here has it yet, with an address of its own."""
    if found := known_person(name):
        return found
    taken = set(Speaker.objects.values_list("slug", flat=True))
    return Speaker.objects.create(name=name, slug=propose_slug(name, taken, fallback="person"), website=website)
