"""The files for Caddy and systemd that we ship, given to the real programs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.downloads.running import NOBODY, caddy, free_port, get, gunicorn
from tests.episodes.audio_samples import write_tone
from tests.factories import make_episode, make_show

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
@pytest.mark.django_db(transaction=True)
def test_the_site_and_its_audio_come_through_caddy(tmp_path):
    show = make_show(slug="the-show")
    sound = write_tone(tmp_path / "a.mp3", seconds=30).read_bytes()
    episode = make_episode(show, slug="one", audio_content=sound)
    audio, claimed = episode.get_enclosure_url(), {"X_Forwarded_For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}

    # The second port is the one that answers, as while a new version takes over.
    with gunicorn(tmp_path, TRUSTED_PROXIES="1") as site, caddy(tmp_path, free_port(), site) as front:
        pages = {path: get(front, path, **claimed) for path in ("/the-show/", "/the-show/one/", "/the-show/feed.xml")}
        whole, part = get(front, audio, **claimed), get(front, audio, Range="bytes=1000-1999")
        unchanged = get(front, "/the-show/feed.xml", If_None_Match=pages["/the-show/feed.xml"][1]["etag"])
        packed = get(front, "/the-show/one/", Accept_Encoding="br")

    assert {status for status, _, _ in pages.values()} == {200}
    assert (whole[0], whole[2]) == (200, sound)
    assert (part[0], part[1]["content-range"], part[2]) == (206, f"bytes 1000-1999/{len(sound)}", sound[1000:2000])
    assert unchanged[0] == 304
    assert packed[1]["content-encoding"] == "br"
    log = (tmp_path / "caddy.log").read_text()
    assert "203.0.113.9" not in log


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
def test_caddy_writes_down_no_address_of_whom_it_could_not_answer(tmp_path):
    with caddy(tmp_path, NOBODY, NOBODY) as front:
        refused = get(front, "/", X_Test_Address="203.0.113.77")[0]

    assert refused == 502
    assert "203.0.113.77" not in (tmp_path / "caddy.log").read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path, tmp_path_factory):
    """Only paths are put right, and the user: those of /srv/coproduction are not on this machine."""
    checkout = tmp_path_factory.mktemp("srv") / "coproduction"  # this checkout, by a name without spaces
    checkout.symlink_to(ROOT)
    for unit in sorted((ROOT / "deploy" / "systemd").glob("*.*")):
        text = unit.read_text().replace("/srv/coproduction", str(checkout))
        text = re.sub(r"^EnvironmentFile=.*$", "EnvironmentFile=-/dev/null", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    (tmp_path / "coproduction-web@.service").rename(tmp_path / "coproduction-web@8000.service")
    units = sorted(str(unit) for unit in tmp_path.iterdir())
    assert len(units) == 6

    judged = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False
    )

    about_ours = [line for line in judged.stderr.splitlines() if "coproduction" in line]
    assert about_ours == []
    assert judged.returncode == 0
