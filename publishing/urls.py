"""Addresses of what the public gets."""

from django.urls import path, re_path

from publishing.views import (
    chapters,
    citing,
    correcting,
    embedding,
    feed,
    follow,
    pages,
    people,
    preview,
    related,
    search,
    sharing,
    site_files,
    site_pages,
    words,
)

app_name = "publishing"

SITE = [
    path("", pages.home, name="home"),
    path("speakers/", people.speakers, name="speakers"),
    path("speakers/<slug:speaker_slug>/", people.speaker, name="speaker"),
    path("topics/", people.topics, name="topics"),
    path("topics/<slug:topic_slug>/", people.topic, name="topic"),
    path("search/", search.search, name="search"),
    path("search.json", search.search_json, name="search_json"),
    path("preview/<str:token>/", preview.preview, name="preview"),
    re_path(r"^preview/(?P<token>[^/]+)/sound\.(?P<extension>mp3|m4a)$", preview.preview_sound, name="preview_sound"),
    path("accessibility/", site_pages.accessibility, name="accessibility"),
    path("privacy/", site_pages.privacy, name="privacy"),
    path("offline/", site_pages.offline, name="offline"),
]

FILES = [
    path("oembed", embedding.oembed, name="oembed"),
    path("sitemap.xml", site_files.sitemap, name="sitemap"),
    path("robots.txt", site_files.robots, name="robots"),
    path(".well-known/security.txt", site_files.security_txt, name="security_txt"),
    path("sw.js", site_files.service_worker, name="service_worker"),
    path("favicon.ico", site_files.favicon, name="favicon"),
    path("manifest.webmanifest", site_files.manifest, name="manifest"),
    path("speculation-rules.json", site_files.speculation_rules, name="speculation_rules"),
]

SHOW = [
    path("<slug:show_slug>/", pages.show, name="show"),
    path("<slug:show_slug>/episodes/", pages.archive, name="episodes"),
    path("<slug:show_slug>/about/", pages.about, name="about"),
    path("<slug:show_slug>/follow/", follow.follow, name="follow"),
    path("<slug:show_slug>/share.jpg", sharing.show_image, name="show_image"),
    path("<slug:show_slug>/feed.xml", feed.feed, name="feed"),
]

EPISODE = [
    path("<slug:show_slug>/<slug:episode_slug>/", pages.episode, name="episode"),
    path("<slug:show_slug>/<slug:episode_slug>/correct/", correcting.correct, name="correct"),
    path("<slug:show_slug>/<slug:episode_slug>/related/", related.related, name="related"),
    path("<slug:show_slug>/<slug:episode_slug>/embed/", embedding.embed, name="embed"),
    path("<slug:show_slug>/<slug:episode_slug>/chapters.json", chapters.chapters, name="chapters"),
    path("<slug:show_slug>/<slug:episode_slug>/share.jpg", sharing.episode_image, name="episode_image"),
    path("<slug:show_slug>/<slug:episode_slug>/cite.<str:ext>", citing.citation_file, name="citation"),
    path("<slug:show_slug>/<slug:episode_slug>/transcript/", words.transcript, name="transcript"),
    path("<slug:show_slug>/<slug:episode_slug>/transcript.<str:ext>", words.transcript_file, name="transcript_file"),
]

# The show's own words (about, follow …) come before its episodes: no episode can have them as slug.
urlpatterns = [*SITE, *FILES, *SHOW, *EPISODE]
