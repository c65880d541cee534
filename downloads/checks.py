"""Settings of delivery and counting that cannot work together, told at the start."""

from django.conf import settings
from django.core import checks

from downloads.counting.delivery_notes import data_centres


@checks.register
def counting_can_tell_listeners_apart(app_configs, **kwargs):
    """Behind nginx all requests come from one address, unless the proxy is trusted to tell the listener's."""
    if settings.AUDIO_DELIVERY == "nginx" and not settings.TRUSTED_PROXIES:
        return [
            checks.Warning(
                "AUDIO_DELIVERY is nginx, but TRUSTED_PROXIES is 0: every visitor seems to have nginx's address.",
                hint="Set TRUSTED_PROXIES=1 for one nginx in front of the site.",
                id="downloads.W001",
            )
        ]
    return []


@checks.register
def the_list_of_data_centres_can_be_read(app_configs, **kwargs):
    """A list that cannot be read would stop the counting, note by note."""
    try:
        data_centres()
    except (OSError, ValueError) as error:
        return [
            checks.Error(
                f"DATA_CENTRE_NETWORKS names {settings.DATA_CENTRE_NETWORKS}, which cannot be used: {error}.",
                hint="Name a readable text file with one network a line, such as 192.0.2.0/24, or unset it.",
                id="downloads.E001",
            )
        ]
    return []
