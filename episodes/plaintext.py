"""Characters that XML and Postgres cannot hold are taken out of text before it is stored."""

import re

# XML 1.0 §2.2 Char, turned round: C0 controls but tab, LF, CR; surrogates; the two non-characters U+FFFE and U+FFFF.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text without NUL, control characters and lone surrogates; line ends become LF.

    What is left can be written by any XML library and stored by Postgres.
    Source: XML 1.0 (fifth edition), production Char.
    """
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
