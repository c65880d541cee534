"""Settings that cannot work together are told in words."""

from django.core.checks import run_checks


def ids():
    return [found.id for found in run_checks() if found.id.startswith("downloads.")]


def test_the_defaults_are_fine():
    assert ids() == []


def test_nginx_needs_a_trusted_proxy(settings):
    settings.AUDIO_DELIVERY = "nginx"
    without = ids()

    settings.TRUSTED_PROXIES = 1

    assert without == ["downloads.W001"]
    assert ids() == []


def test_a_list_of_data_centres_must_be_readable(settings, tmp_path):
    settings.DATA_CENTRE_NETWORKS = str(tmp_path / "none.txt")
    missing = ids()
    broken = tmp_path / "broken.txt"
    broken.write_text("not a network\n")

    settings.DATA_CENTRE_NETWORKS = str(broken)

    assert missing == ["downloads.E001"]
    assert ids() == ["downloads.E001"]
