"""Parts of pages that are the same on many: written once for the same values, and kept."""

from collections.abc import Hashable
from weakref import WeakSet

from django import template
from django.core.signals import setting_changed
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Of one part: some languages times some values. When they are more, all are written anew.
MOST_KEPT = 100


@register.tag
def kept(parser: Parser, token: Token) -> "KeptNode":
    """{% kept frame.key here %} … {% endkept %}: what stands in between may depend on these values only.

    They must be hashable; where the first is None, nothing is kept. The page's language is always one of them.
    """
    values = [parser.compile_filter(one) for one in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(values, nodelist)


@register.filter
def key(rows: object) -> str:
    """Rows that are lists and dicts as a value for `kept`: the same rows, the same text."""
    return repr(rows)


class KeptNode(template.Node):
    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self._values = values
        self.nodelist = nodelist
        self._written: dict[Hashable, SafeString] = {}
        _nodes.add(self)

    def render(self, context: Context) -> SafeString:
        values = [one.resolve(context) for one in self._values]
        if values and values[0] is None:
            return self.nodelist.render(context)
        key = (get_language(), get_script_prefix(), *values)
        written = self._written.get(key)
        if written is None:
            written = self.nodelist.render(context)
            if len(self._written) >= MOST_KEPT:
                self._written.clear()
            self._written[key] = written
        return written

    def forget(self) -> None:
        self._written.clear()


_nodes: WeakSet[KeptNode] = WeakSet()


def _forget(**_: object) -> None:
    """Settings change in tests only."""
    for node in tuple(_nodes):
        node.forget()


setting_changed.connect(_forget)
