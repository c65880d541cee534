"""Read settings from the environment, strictly.

Each variable is read once, with its default and its meaning, and is remembered in `Environment.variables`, so that a
test can compare README's table with the code. A variable set to nothing (`PORT=`) counts as unset.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")
_HOST = re.compile(r"\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)


class EnvError(ValueError):
    """A variable is missing or has a value that cannot be used; its text is the sentence to show."""


@dataclass(frozen=True)
class Variable:
    """One variable as README's table shows it: name, default in words, meaning."""

    name: str
    default: str
    meaning: str


class Environment:
    """The variables of one process. Every reader returns the default when the variable is unset or empty.

    `shown` replaces the default in README's table, where the value itself would say nothing (a path, a secret).
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.variables: dict[str, Variable] = {}

    def text(self, name: str, default: str, meaning: str, *, shown: str | None = None) -> str:
        """Any text, stripped of surrounding white space."""
        return self._read(name, default if shown is None else shown, meaning) or default

    def secret(self, name: str, meaning: str, *, minimum_characters: int = 50, shown: str = "none") -> str:
        """A secret from `NAME`, or from the file named by `NAME_FILE`. It has no default: unset raises EnvError."""
        value = self._read(name, shown, meaning)
        path = self._read(f"{name}_FILE", "none", f"A file holding {name}, instead of {name} itself.")
        if not value and path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise EnvError(
                    f'{name}_FILE is "{path}", and that file cannot be read ({_reason(error)}). '
                    f"Name a readable text file with the secret in it."
                ) from None
        if not value:
            raise EnvError(f"{name} is not set. Set {name} (or {name}_FILE), or start with ./run, which makes one.")
        if len(value) < minimum_characters:
            # The value itself is never shown: this sentence ends up in logs.
            raise EnvError(f"{name} has {len(value)} characters. It needs at least {minimum_characters}, at random.")
        return value

    def flag(self, name: str, default: bool, meaning: str) -> bool:
        """One of 1, true, yes, on or 0, false, no, off."""
        value = self._read(name, "on" if default else "off", meaning)
        if not value:
            return default
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        raise _wrong(name, value, f"Use {', '.join(_TRUE)} or {', '.join(_FALSE)}")

    def integer(self, name: str, default: int, meaning: str, *, minimum: int, maximum: int) -> int:
        """A whole number within the bounds, both included."""
        value = self._read(name, str(default), meaning)
        if not value:
            return default
        if not re.fullmatch(r"-?[0-9]{1,18}", value) or not minimum <= int(value) <= maximum:
            raise _wrong(name, value, f"Use a whole number from {minimum} to {maximum}")
        return int(value)

    def choice(self, name: str, default: str, meaning: str, *, choices: Sequence[str]) -> str:
        """Exactly one of the choices."""
        value = self._read(name, default, meaning) or default
        if value not in choices:
            raise _wrong(name, value, f"Use one of: {', '.join(choices)}")
        return value

    def hosts(self, name: str, default: Sequence[str], meaning: str, *, shown: str | None = None) -> list[str]:
        """Host names separated by commas, without scheme, port or path; a leading dot means "and its subdomains"."""
        value = self._read(name, (", ".join(default) or "none") if shown is None else shown, meaning)
        names = [part.strip() for part in value.split(",") if part.strip()] if value else list(default)
        for host in names:
            if not _HOST.fullmatch(host):
                raise _wrong(
                    name, value, f'"{host}" is not a host name. Use names such as example.org, separated by commas'
                )
        return names

    def url(
        self,
        name: str,
        default: str,
        meaning: str,
        *,
        schemes: Sequence[str] = ("http", "https"),
        shown: str | None = None,
    ) -> str:
        """An absolute URL with one of the schemes and a host, without a trailing slash."""
        value = self._read(name, (default or "none") if shown is None else shown, meaning)
        if not value:
            return default
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or re.search(r"\s", value):
            # A URL may hold a password (DATABASE_URL, EMAIL_URL): it is never shown.
            found = value if "@" not in value else "set, but it is no such address"
            raise _wrong(name, found, f"Use an address such as {schemes[-1]}://example.org")
        return value.rstrip("/")

    def _read(self, name: str, default: str, meaning: str) -> str:
        self.variables[name] = Variable(name, default, meaning)
        return self._values.get(name, "").strip()


def _wrong(name: str, value: str, allowed: str) -> EnvError:
    return EnvError(f'{name} is "{value}". {allowed}, or unset {name} to use the default.')


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "it is not UTF-8 text"
