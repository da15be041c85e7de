"""How clients, and the house itself, look to people; the client of the house is the empty one."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated

from pydantic import Field

from contracts.errors import BadRequest, Conflict
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.calls.clients import client
from gateway.admin.operation import CHANGED, Model, Nothing, Paged, RowVersion, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.branding import colours, pictures, texts
from gateway.branding.looks import place
from store import Transaction
from store import brandings as kept
from store.clients import OPERATOR

ADMIN = at_least(Role.ADMIN)
LONGEST_LOGO = 4 * (pictures.LARGEST // 3 + 2)
"""Signs of the largest logo, in base64."""

NAME = Text("The house is called by the setting GATEHOUSE_SERVICE_NAME.")
STRANGER = Text("Nobody vouches for a client that registered itself: it looks like the house.")

Id = Annotated[
    str,
    Field(
        max_length=255,
        pattern=r"^[!-~]*$",
        description="Id of the client; empty for the house itself",
    ),
]
Colour = Annotated[str, Field(max_length=16)]
Words = Annotated[str, Field(max_length=1000)]


class Which(Model):
    """Whose look."""

    client_id: Id = ""


class Said(Which):
    """All that is said of a look but its logo; what is left out is as the house has it."""

    version: RowVersion = Field(
        ge=0, description="`version` that was looked at; 0 where there was none"
    )
    name: str = Field("", max_length=64, description="Name shown beside that of the house")
    colours: dict[str, dict[str, Colour]] = Field(
        {},
        max_length=2,
        description="For light and dark: accent, on_accent, house and house_ink, each #rrggbb",
    )
    texts: dict[str, dict[str, Words]] = Field(
        {}, max_length=20, description="By language: intro, help and footer, plain text"
    )


class Logo(Which):
    """A logo for a look."""

    version: RowVersion = Field(
        ge=0, description="`version` that was looked at; 0 where there was none"
    )
    logo: str = Field(
        max_length=LONGEST_LOGO,
        description="A PNG, JPEG or WebP picture of 100 kB at the most, in base64; empty: none",
    )


class Shown(Model):
    """A look; `logo` is where its picture is, and empty where it has none."""

    client_id: str
    name: str
    colours: dict[str, dict[str, str]]
    texts: dict[str, dict[str, str]]
    logo: str
    logo_type: str
    version: int


class Found(Model):
    """Some looks; `next` begins the next page, empty where there is none."""

    brandings: list[Shown]
    next: str


class Branding:
    """What can be done with looks."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store

    @operation("GET", "/brandings")
    def list(self, actor: Actor, page: Paged) -> Found:
        """List the clients that have a look of their own, a page at a time."""
        with self._store.read() as tx:
            found = tx.brandings.list(after=page.after, limit=page.limit + 1)
        shown = [_shown(each) for each in found[: page.limit]]
        more = len(found) > page.limit
        return Found(brandings=shown, next=shown[-1].client_id if more else "")

    @operation("GET", "/branding")
    def get(self, actor: Actor, which: Which) -> Shown:
        """Look at how a client, or the house, looks to people."""
        with self._store.read() as tx:
            _check(tx, which.client_id)
            return _shown(tx.brandings.get(which.client_id))

    @operation("PUT", "/branding", roles=ADMIN)
    def put(self, actor: Actor, said: Said) -> Shown:
        """Say how a client, or the house, looks: name, colours and texts, all of them anew."""
        _check_said(said)
        branding = kept.Branding(
            said.client_id,
            name=said.name,
            colours={scheme: chosen for scheme, chosen in said.colours.items() if chosen},
            texts={tongue: words for tongue, words in said.texts.items() if words},
            version=said.version,
        )
        with self._store.write() as tx:
            _check(tx, said.client_id)
            if not tx.brandings.put(branding):
                raise Conflict(CHANGED)
            return _noted(tx, said.client_id, "look")

    @operation("PUT", "/branding/logo", roles=ADMIN)
    def set_logo(self, actor: Actor, given: Logo) -> Shown:
        """Give a look a logo, or take it away."""
        picture = pictures.read(_decoded(given.logo)) if given.logo else None
        logo = kept.Logo(picture.data, picture.media_type) if picture else None
        with self._store.write() as tx:
            _check(tx, given.client_id)
            branding = kept.Branding(given.client_id, version=given.version)
            if not tx.brandings.set_logo(branding, logo):
                raise Conflict(CHANGED)
            return _noted(tx, given.client_id, "logo")

    @operation("DELETE", "/branding", roles=ADMIN)
    def remove(self, actor: Actor, which: Which) -> Nothing:
        """Let a client look like the house again, or the house as it ships."""
        with self._store.write() as tx:
            if not tx.brandings.remove(which.client_id):
                raise BadRequest(Text("There is no look to be removed."))
            tx.audit.add("branding.removed", client_id=which.client_id or None)
        return Nothing()


def _check_said(said: Said) -> None:
    """Raise BadRequest for the first thing that cannot be."""
    for fault in (*colours.faults(said.colours), *texts.faults(said.texts)):
        raise BadRequest(fault)
    if not said.name.isprintable() or said.name != said.name.strip():
        raise BadRequest(Text("name: one line, and no space around it."))
    if said.name and said.client_id == kept.HOUSE:
        raise BadRequest(NAME)


def _check(tx: Transaction, client_id: str) -> None:
    if client_id != kept.HOUSE and client(tx, client_id).source != OPERATOR:
        raise BadRequest(STRANGER)


def _decoded(logo: str) -> bytes:
    try:
        return b64decode(logo, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(Text("logo: this is no base64.")) from error


def _noted(tx: Transaction, client_id: str, what: str) -> Shown:
    tx.audit.add("branding.changed", client_id=client_id or None, detail={"what": what})
    return _shown(tx.brandings.get(client_id))


def _shown(found: kept.Branding) -> Shown:
    return Shown(
        client_id=found.id,
        name=found.name,
        colours=found.colours,
        texts=found.texts,
        logo=f"{place(found.id)}/{found.logo_mark}/logo" if found.logo_mark else "",
        logo_type=found.logo_type,
        version=found.version,
    )
