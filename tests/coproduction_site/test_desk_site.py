"""The desk shows the podcast's own work before accounts and background work."""

from django.contrib import admin


def test_rooms_and_rows_stand_in_the_order_of_the_work(admin_user, rf):
    request = rf.get("/admin/")
    request.user = admin_user

    rooms = admin.site.get_app_list(request)

    labels = [room["app_label"] for room in rooms]
    assert labels[:4] == ["episodes", "transcripts", "publishing", "downloads"]
    assert {"auth", "django_q"} <= set(labels[4:])
    assert [row["object_name"] for row in rooms[0]["models"]][:5] == ["Episode", "Show", "Speaker", "Season", "Topic"]


def test_a_room_on_its_own_page_is_in_that_order_too(admin_user, rf):
    request = rf.get("/admin/episodes/")
    request.user = admin_user

    (room,) = admin.site.get_app_list(request, "episodes")

    assert room["models"][0]["object_name"] == "Episode"
