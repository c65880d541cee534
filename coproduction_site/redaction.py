"""Text rid of addresses, passwords and tokens before anybody keeps it."""

import re
from ipaddress import IPv6Address

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
# Whatever is written like one, also shortened ("2001:db8::1") or around an older one; a time of day is none.
_LIKE_IPV6 = re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?(?![\w:])")
# Addresses that open something to whoever has them: a preview, a new password.
_KEYS = re.compile(r"(/preview/|/reset/key/)[^/\s\"']+")
_SECRET = re.compile(
    r"((?:password|passwd|token|secret|api[_-]?key|authorization|sessionid|csrf\w*)[\"']?\s*[=:]\s*[\"']?)[^\s&,;\"']+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text with addresses of the internet, links that open something and values of secret names taken out."""
    text = _KEYS.sub(r"\1…", text)
    text = _SECRET.sub(r"\1…", text)
    return _IPV4.sub("(address)", _LIKE_IPV6.sub(_without_ipv6, text))


def _without_ipv6(found: re.Match[str]) -> str:
    try:
        return "(address)" if IPv6Address(found[0]) else found[0]
    except ValueError:
        return found[0]
