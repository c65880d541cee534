"""How loud a podcast is: what files are levelled to, and what the desk compares a file with."""

# Apps and directories ask for −16 LUFS in stereo; one channel alone sounds as loud at −19.
MONO_LUFS, STEREO_LUFS = -19.0, -16.0
# Conversions by apps add a little, which clips above this.
TRUE_PEAK_DBTP = -1.0


def usual_lufs(channels: int) -> float:
    """Integrated loudness of a file with so many channels (ITU-R BS.1770), in LUFS."""
    return MONO_LUFS if channels == 1 else STEREO_LUFS
