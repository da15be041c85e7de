"""What the pages are made of, as each section declares it: which operations, in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.text import Text

DONE = Text("Done.")
NONE = Text("There is nothing here.")


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that a page offers.

    `given` names members that it takes, and what of the page or row they are. It is offered where
    the member `when` has a value, and where `unless` has none; `name=value` is about one value.
    """

    operation: str
    given: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One operation behind a form.

    `back` is where it leads, below the pages, with members of what was sent and given in braces.
    `begins` names the operation that gives what is there already: then only what was changed is
    sent. `first` are the members that are shown at once; all where there are none. `tells` are the
    members of what it gives that are shown once it is done, and never again. `download` is the
    name of the file in which all that it gives is handed out. `kinds` are inputs of another kind
    than their model says.
    """

    operation: str
    title: Text
    back: str
    done: Text = DONE
    warning: Text | None = None
    danger: bool = False
    begins: str = ""
    first: Sequence[str] = ()
    leaves: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    tells: Sequence[str] = ()
    download: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of what an operation lists; `given` are members taken from what the page is about.

    `link` is where the first column leads, with members of the row in braces. `offers` stand in
    each row, whose members and those of `given` they take; `adds` stand above the table.
    """

    operation: str
    title: Text
    columns: Sequence[str]
    link: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    offers: Sequence[Offer] = ()
    adds: Sequence[Offer] = ()
    empty: Text = NONE
    filters: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page is about: `operation` gives it, `member` is the one it takes, `name` its name.

    `shown` are the members that are shown; where there is more, `more` of the rest as well.
    """

    operation: str
    shown: Sequence[str] = ()
    member: str = ""
    name: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what it is about, tables, and what can be done there; `item` is below it."""

    name: str
    title: Text
    facts: Facts | None = None
    listings: Sequence[Listing] = ()
    offers: Sequence[Offer] = ()
    intro: Text | None = None
    item: Page | None = None

    @property
    def opens_with(self) -> str:
        """The operation without which there is nothing to see here."""
        return self.facts.operation if self.facts else self.listings[0].operation


@dataclass(frozen=True, slots=True)
class Section:
    """A place of the menu, and what can be done there."""

    page: Page
    actions: Sequence[Action]
