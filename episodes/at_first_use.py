"""A library that is loaded when something is first asked of it: for what the web server holds and seldom needs."""

from importlib import import_module
from typing import Any


class AtFirstUse:
    """Stands for a module. Python's own lock of imports lets one thread load it while others wait.

    A type of it in a signature would load it at once: modules that name such types put off annotations.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
