"""People: looked for, looked at, helped."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section

PERSON = "/people/{person}"
ALL = "/people"
HIS, OF = {"person": "id"}, {"person": "person"}
"""The person on their own page, and in a table there."""

ITEM = Page(
    name="person",
    title=Text("Person"),
    facts=Facts(
        "people.get",
        ("email", "role", "language", "created_at", "disabled_at", "erase_at", "recovery", "id"),
        member="person",
        name="username",
    ),
    offers=(
        Offer("tickets.issue", HIS),
        Offer("recoveries.start", HIS, unless="recovery"),
        Offer("recoveries.approve", HIS, when="recovery=asked"),
        Offer("recoveries.stop", HIS, when="recovery"),
        Offer("people.disable", HIS, unless="disabled_at"),
        Offer("people.enable", HIS, when="disabled_at"),
        Offer("operators.grant", HIS, unless="role"),
        Offer("people.export", HIS),
        Offer("people.keep", HIS, when="erase_at"),
        Offer("people.erase", HIS, unless="erase_at"),
        Offer("people.erase_now", HIS),
    ),
    listings=(
        Listing(
            "factors.list",
            Text("Ways to log in"),
            ("title", "label", "created_at", "last_used_at", "last_used_from", "disabled_at"),
            given=HIS,
            offers=(
                Offer("factors.remove", {**OF, "factor": "id"}),
                Offer("templates.reissue", {**OF, "factor": "id"}, when="protected"),
                Offer("templates.revert", {**OF, "factor": "id"}, when="protected"),
            ),
        ),
        Listing(
            "sessions.list",
            Text("Where they are logged in"),
            ("device", "address", "created_at", "last_used_at", "let_in"),
            given=HIS,
            offers=(Offer("sessions.end", {**OF, "session": "id"}),),
            adds=(Offer("sessions.end_all", HIS),),
        ),
        Listing(
            "applications.list",
            Text("What applications may have"),
            ("name", "scope", "since", "until"),
            given=HIS,
            offers=(Offer("applications.withdraw", {**OF, "client_id": "client_id"}),),
        ),
        Listing(
            "consents.list",
            Text("What they agreed to have measured"),
            ("factor", "version", "given_at", "given_by", "withdrawn_at"),
            given=HIS,
            offers=(Offer("consents.withdraw", {**OF, "factor": "factor"}, unless="withdrawn_at"),),
        ),
        Listing(
            "people.history",
            Text("What happened"),
            ("at", "words", "factor", "application", "device", "address"),
            given=HIS,
        ),
    ),
)

SECTION = Section(
    Page(
        name="people",
        title=Text("People"),
        listings=(
            Listing(
                "people.list",
                Text("People by username"),
                ("username", "email", "created_at", "disabled_at", "erase_at"),
                link="/people/{id}",
                filters=True,
            ),
        ),
        offers=(Offer("people.add"), Offer("people.invite"), Offer("imports.run")),
        item=ITEM,
    ),
    (
        Action(
            "people.add",
            Text("Add a person"),
            back="/people/{id}",
            kinds={"password": "password"},
        ),
        Action(
            "people.invite",
            Text("Invite a person"),
            back=ALL,
            warning=Text(
                "Whoever holds the link becomes that person, as long as the account has no way to "
                "log in. Give it to nobody else."
            ),
            tells=("link", "valid_until"),
        ),
        Action(
            "imports.run",
            Text("Import people"),
            back=ALL,
            kinds={"text": "file"},
            tells=("imported", "skipped"),
        ),
        Action(
            "people.disable",
            Text("Keep out"),
            back=PERSON,
            warning=Text(
                "They can no longer log in, and are logged out everywhere. Nothing is deleted."
            ),
            danger=True,
        ),
        Action("people.enable", Text("Let in again"), back=PERSON),
        Action(
            "people.erase",
            Text("Erase"),
            back=PERSON,
            warning=Text("They are told, and can think better of it until their time is over."),
            danger=True,
        ),
        Action(
            "people.erase_now",
            Text("Erase at once"),
            back=ALL,
            warning=Text("Nobody can bring them back, not even from a backup."),
            danger=True,
            tells=("proof",),
        ),
        Action("people.keep", Text("Keep after all"), back=PERSON),
        Action(
            "people.export",
            Text("Take their data along"),
            back=PERSON,
            leaves=frozenset({"key"}),
            download="person.json",
        ),
        Action(
            "factors.remove",
            Text("Remove"),
            back=PERSON,
            warning=Text("They can no longer log in with it, and are told so."),
            danger=True,
        ),
        Action(
            "templates.reissue",
            Text("Protect anew"),
            back=PERSON,
            warning=Text("What was measured stays as good as it is; nobody has to enrol again."),
        ),
        Action(
            "templates.revert",
            Text("Forget what was learnt"),
            back=PERSON,
            warning=Text("What was enrolled counts again, without anything that was learnt since."),
        ),
        Action("sessions.end", Text("Log out there"), back=PERSON),
        Action(
            "sessions.end_all",
            Text("Log out everywhere"),
            back=PERSON,
            warning=Text("What applications hold for them ends too."),
            danger=True,
        ),
        Action(
            "applications.withdraw",
            Text("Withdraw"),
            back=PERSON,
            warning=Text("The application loses whatever it holds for them."),
            danger=True,
        ),
        Action(
            "consents.withdraw",
            Text("Withdraw the consent"),
            back=PERSON,
            warning=Text("What was measured is deleted at once."),
            danger=True,
        ),
        Action(
            "tickets.issue",
            Text("Issue a ticket"),
            back=PERSON,
            warning=Text(
                "Whoever holds the ticket adds a way to log in to this account, once. Hand it to "
                "nobody but this person."
            ),
            tells=("ticket", "valid_until"),
        ),
    ),
)
