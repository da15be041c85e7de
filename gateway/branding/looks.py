"""How the page that is being answered looks: the house, and over it the client it is shown for."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from contracts.clock import Clock
from contracts.errors import GatehouseError
from gateway.branding import colours, texts
from gateway.oidc.cache import Recent
from store import Store
from store.brandings import HOUSE, Branding, Logo

PATH = "/branding"
STALENESS = timedelta(seconds=5)
NOT_FOUND = Logo(b"", "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stylesheet; its mark changes with what it says."""

    css: str
    mark: str


@dataclass(frozen=True, slots=True)
class Look:
    """A name, stylesheets and a logo by their paths, and texts by language.

    The name is empty where none is shown beside that of the house; `wall` is the colour of the
    house by scheme, for browsers that colour their own frame.
    """

    name: str = ""
    stylesheets: Sequence[str] = ()
    logo: str = ""
    wall: Mapping[str, str] = field(default_factory=dict)
    texts: texts.Texts = field(default_factory=dict)

    def says(self, language: str) -> Mapping[str, str]:
        """Return the texts in a language: `intro`, `help` and `footer`, those there are."""
        return texts.spoken(self.texts, language)


PLAIN = Look()

log = logging.getLogger("gatehouse.branding")


class Looks:
    """Reads brandings, remembering each for five seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._looks: Recent[Look] = Recent(clock, STALENESS)
        self._sheets: Recent[Sheet] = Recent(clock, STALENESS)
        self._logos: Recent[Logo] = Recent(clock, STALENESS, size=50)

    def of(self, client_id: str) -> Look:
        """Return the look of pages that are shown for a client; of our own, where it is empty.

        A page that says that the database is down looks as it ships.
        """
        try:
            return self._looks.get(client_id, lambda: self._look(client_id)) or PLAIN
        except GatehouseError as error:
            log.warning("a page looks as it ships: %s", error.detail)
            return PLAIN

    def sheet(self, branding_id: str) -> Sheet:
        """Return the stylesheet of a client's branding, or of the house's; empty without one."""
        found = self._sheets.get(branding_id, lambda: _sheet(self._branding(branding_id)))
        return found or Sheet("", "")

    def logo(self, branding_id: str) -> Logo:
        """Return the logo of a client, or of the house; empty without one."""
        return self._logos.get(branding_id, lambda: self._logo(branding_id)) or NOT_FOUND

    def _look(self, client_id: str) -> Look:
        with self._store.read() as tx:
            found = tx.brandings.of(client_id)
        look = PLAIN
        for branding in found:
            look = _over(look, branding)
        return look

    def _branding(self, branding_id: str) -> Branding:
        with self._store.read() as tx:
            return tx.brandings.get(branding_id)

    def _logo(self, branding_id: str) -> Logo:
        with self._store.read() as tx:
            return tx.brandings.logo(branding_id) or NOT_FOUND


def place(branding_id: str) -> str:
    """Return the path below which a client's stylesheet and logo are, or the house's."""
    return f"{PATH}/client/{branding_id}" if branding_id != HOUSE else f"{PATH}/house"


def _sheet(branding: Branding) -> Sheet:
    css = colours.stylesheet(branding.colours)
    return Sheet(css, sha256(css.encode()).hexdigest()[:16] if css else "")


def _over(look: Look, branding: Branding) -> Look:
    """Lay a branding over a look: what it does not say shows through."""
    sheet, here = _sheet(branding), place(branding.id)
    walls = {scheme: colours.house(branding.colours, scheme) for scheme in colours.SCHEMES}
    return Look(
        name=branding.name or look.name,
        stylesheets=[*look.stylesheets, *([f"{here}/{sheet.mark}.css"] if sheet.css else [])],
        logo=f"{here}/{branding.logo_mark}/logo" if branding.logo_mark else look.logo,
        wall={**look.wall, **{scheme: wall for scheme, wall in walls.items() if wall}},
        texts=branding.texts or look.texts,
    )
