"""The rows of a show's move keep one item at each place of the feed."""

import pytest
from django.db import IntegrityError

from episodes.models import FeedImport, FeedImportItem
from tests.factories import make_episode


def test_two_items_cannot_stand_at_one_place(db):
    move = FeedImport.objects.create(source="https://a.example/feed")
    FeedImportItem.objects.create(feed_import=move, position=0, guid="a")

    with pytest.raises(IntegrityError):
        FeedImportItem.objects.create(feed_import=move, position=0, guid="b")


def test_the_record_of_a_move_outlives_the_episode(show):
    move = FeedImport.objects.create(source="feed.xml", show=show)
    item = FeedImportItem.objects.create(feed_import=move, position=0, guid="a", episode=make_episode(show))

    item.episode.delete()
    item.refresh_from_db()

    assert item.episode is None
