"""Addresses of what the public gets."""

from django.urls import path

app_name = "publishing"
urlpatterns: list = []
