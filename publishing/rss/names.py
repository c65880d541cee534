"""The namespaces a podcast feed is written in, spelt to the letter: with any other spelling apps ignore their tags."""

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PSC = "http://podlove.org/simple-chapters"

# The usual prefixes: some parsers look for "itunes:" and "podcast:" literally.
PREFIXES = {"atom": ATOM, "content": CONTENT, "itunes": ITUNES, "podcast": PODCAST, "psc": PSC}

FEED_TYPE = "application/rss+xml"
CHAPTERS_TYPE = "application/json+chapters"
# Formats a transcript is offered in, by the ending of its address; the type as the namespace names it.
TRANSCRIPT_TYPES = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json",
    "html": "text/html",
}
TIMED_TRANSCRIPTS = ("vtt", "srt", "json", "html")
UNTIMED_TRANSCRIPTS = ("html",)

# The licences that podcast:license knows without an address.
LICENCE_SLUGS = frozenset({"arr", "cc-by-4.0", "cc-by-nc-4.0", "cc-by-nc-nd-4.0", "pod-v4v-1.0"})

MOST_DESCRIPTION_BYTES = 4000
