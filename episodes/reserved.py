"""Words that addresses need for themselves and that no slug may take."""

SITE_WORDS = frozenset(
    """
    about accessibility accounts admin api audio chapters embed episode episodes favicon feed feeds follow health
    healthz home login logout manifest media new oembed offline page people person play podcast preview privacy
    robots rss search show shows sitemap speaker speakers static statistics stats subscribe sw terms topic topics
    transcript transcripts tus upload uploads user users well-known
    """.split()
)

SHOW_WORDS = frozenset(
    """
    about archive cite cover embed episode episodes feed follow image page people preview rss search season seasons
    speakers topics transcript transcripts
    """.split()
)
