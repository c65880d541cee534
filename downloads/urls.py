"""Addresses of the audio and of public pictures."""

from django.urls import path, re_path

from downloads import views

app_name = "downloads"
urlpatterns = [
    re_path(
        r"^audio/(?P<show>[-a-zA-Z0-9_]+)/(?P<episode>[-a-zA-Z0-9_]+)/(?P<sha8>[0-9a-f]{8})\.(?P<ext>mp3|m4a|opus)$",
        views.audio,
        name="audio",
    ),
    path("media/<path:path>", views.media, name="media"),
]
