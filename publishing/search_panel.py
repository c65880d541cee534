"""What listeners searched for in vain, as a panel of the team's statistics."""

from downloads.counting.statistics import Panel, Period
from transcripts.search.misses import missed_between


def searched_in_vain(period: Period) -> Panel:
    """Searches that found nothing, most frequent first; of the whole site, whichever show is looked at."""
    return Panel(
        name="searched",
        title="Searched in vain",
        columns=("Words", "Times"),
        rows=missed_between(period.first, period.last),
        note="Nothing is kept about who searched.",
    )
