"""Addresses of the audio and of public pictures."""

from django.urls import path

app_name = "downloads"
urlpatterns: list = []
