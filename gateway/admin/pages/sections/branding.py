"""How the house and its clients look to people."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section
from gateway.branding.colours import NAMES, SCHEMES

BACK = "/branding/{client_id}"
IT = {"client_id": "client_id"}
LOOK = ("name", "colours", "texts", "logo_type", "version")
OFFERS = (
    Offer("branding.put", IT),
    Offer("branding.set_logo", {**IT, "version": "version"}),
    Offer("branding.remove", IT, when="version"),
)

SECTION = Section(
    Page(
        name="branding",
        title=Text("Branding"),
        intro=Text(
            "This is how the pages look where nobody has said otherwise for a client. The look of "
            "a client is on its own page."
        ),
        facts=Facts("branding.get", LOOK),
        offers=OFFERS,
        listings=(
            Listing(
                "branding.list",
                Text("Clients that have a look of their own"),
                ("client_id", "name", "logo_type", "version"),
                link="/branding/{client_id}",
            ),
        ),
        item=Page(
            name="look",
            title=Text("Branding"),
            facts=Facts("branding.get", LOOK, member="client_id", name="client_id"),
            offers=OFFERS,
        ),
    ),
    (
        Action(
            "branding.put",
            Text("Change how it looks"),
            back=BACK,
            begins="branding.get",
            first=("name", *(f"colours.{scheme}.{name}" for scheme in SCHEMES for name in NAMES)),
        ),
        Action(
            "branding.set_logo",
            Text("Give it a logo"),
            back=BACK,
            kinds={"logo": "image"},
        ),
        Action(
            "branding.remove",
            Text("Remove"),
            back=BACK,
            warning=Text("It looks like the house again, or the house as it ships."),
            danger=True,
        ),
    ),
)
