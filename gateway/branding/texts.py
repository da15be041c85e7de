"""Words of an operator's own, in the languages there are: plain text, and not much of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.text import Text
from web.pages import SOURCE_LANGUAGE, languages

PLACES = ("intro", "help", "footer")
"""Above the form, below it, and at the foot of the page."""

LONGEST = 300
Texts = Mapping[str, Mapping[str, str]]


def faults(texts: Texts) -> Iterator[Text]:
    """Say what cannot be: a language or a place there is none of, a text that is no line."""
    for language, said in texts.items():
        if language not in languages():
            yield Text("There is no language %(name)s here.", {"name": language})
        for place, words in said.items():
            values = {"language": language, "place": place}
            if place not in PLACES:
                yield Text("%(language)s: there is no text %(place)s.", values)
            elif len(words) > LONGEST or not words.isprintable():
                message = "%(language)s.%(place)s: a text is a line of 300 characters at the most."
                yield Text(message, values)


def spoken(texts: Texts, language: str) -> Mapping[str, str]:
    """Return the texts in a language, each in English where it has none in that one."""
    return {**texts.get(SOURCE_LANGUAGE, {}), **texts.get(language, {})}
