"""Where a browser can stand when something comes from it that nobody expects."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.forms import read
from tests.walks.person import Chatbot, Person

Stand = Callable[[House, Person, str, Chatbot], None]
_NUMBERS = count()


def stranger(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Come to the first page of a login."""
    person.authorize(bot)


def proven_once(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Be asked for a second factor."""
    stranger(house, person, name, bot)
    person.log_in(name, PASSWORD)


def asked(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Be asked for the code of an authenticator app."""
    proven_once(house, person, name, bot)
    person.choose("Authenticator app")


def consenting(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Be asked whether a chatbot may have something."""
    asked(house, person, name, bot)
    person.answer(code=house.totp())


def at_home(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Be logged in, and look at the account."""
    consenting(house, person, name, bot)
    person.go("/account")


def enrolling(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Set up the first factor with a ticket."""
    with house.store.write() as tx:
        ticket = tx.tickets.issue(tx.accounts.add(f"new-{name}").id, house.settings.span("ticket"))
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=ticket)
    person.fill(person.form(action="/enroll/", text="Password"))


def signing_up(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Have shown an address, and be asked for the code that was sent there."""
    person.go("/register")
    person.fill(person.form(action="/register"), address=f"new-{name}@example.org")


def recovering(house: House, person: Person, name: str, bot: Chatbot) -> None:
    """Have lost something, and choose what is left."""
    person.go("/recover")
    person.fill(person.form(action="/recover"), username=name)


STANDS: tuple[Stand, ...] = (
    *(stranger, proven_once, asked, consenting),
    *(at_home, enrolling, signing_up, recovering),
)


def stand(house: House, where: Stand, bot: Chatbot) -> tuple[Person, list[str]]:
    """Bring a new person there; return them and every value that their browser was given."""
    number = next(_NUMBERS)
    name = f"person{number}"
    house.enrolled(name, password=PASSWORD, totp=SEED)
    person = house.person()
    person.client.environ_base["REMOTE_ADDR"] = (
        f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    )
    where(house, person, name, bot)
    forms = read(person.page.text)
    found = {value for form in forms for value in form.fields.values()}
    found |= {part for form in forms for part in form.action.split("/")}
    return person, [*sorted(found - {""}), name, PASSWORD, house.totp(), bot.client_id]
