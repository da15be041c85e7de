"""Logins that are answered in a chat and in a call: real speech, real pool, real gateway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from gateway.oidc.ssf.events import ASSURANCE_LEVEL_CHANGE
from tests.fakes.codes import AuthenticatorApp
from tests.gateway.conftest import PASSWORD
from tests.walks.messenger import ALL, CALLBACK, CIBA, Bot, Talker, claims, note, samples, state
from tests.walks.surfer import Surfer
from tests.walks.tree import OFTEN, TRIES, Tree, serving

pytestmark = pytest.mark.recordings

Meet = Callable[[str, str], Talker]

EXAMPLE = Path(__file__).parents[2] / "examples" / "voice-note" / "voice_note.py"
ACCEPTED, REFUSED, AGAIN = ({"result": word} for word in ("accepted", "refused", "again"))
NOTHING = (403, {"error": "access_denied"})
SOON = 10
"""Seconds that a challenge lives where a test waits for its end; nothing is to come before it."""
SEEDS = {name: pyotp.random_base32(32) for name in ("vera", "bob", "ada")}
IMPOSTOR = "lucas"
ASKED = {"scope": "openid", "acr_values": "mfa+voice", "binding_message": "Transfer 250 euros"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """A gateway with people in it."""
    with peopled(tmp_path_factory.mktemp("gateway")) as tree:
        yield tree


@contextmanager
def peopled(data: Path, **settings: str) -> Iterator[Tree]:
    """Serve a gateway with people in it."""
    people = data / "people"
    known = [
        {"username": name, "password": PASSWORD, "totp_secret": seed}
        for name, seed in SEEDS.items()
    ]
    people.write_text("\n".join(map(json.dumps, known)))
    with serving(data, **OFTEN, **settings) as tree:
        tree.run("user", "import", str(people))
        yield tree


@pytest.fixture(scope="module")
def bot(tree: Tree) -> Bot:
    """A chatbot of that gateway."""
    return registered(tree)


def registered(tree: Tree) -> Bot:
    """Add a chatbot, as an operator registers it."""
    grants = ("authorization_code", "client_credentials", "ciba")
    added = tree.run(
        *("client", "add", "support", "--redirect-uri", CALLBACK, "--no-consent"),
        *("--scope", "openid ssf.manage", "--ciba", "poll"),
        *(word for grant in grants for word in ("--grant-type", grant)),
    )
    return Bot(tree.issuer, "support", added["client_secret"])


@pytest.fixture
def talker(tree: Tree) -> Iterator[Meet]:
    """Meet one of them, in a browser of their own."""
    with ExitStack() as open_browsers:
        yield lambda name, voice: met(tree, open_browsers, name, voice)


def met(tree: Tree, open_browsers: ExitStack, name: str, voice: str) -> Talker:
    browser = Surfer(tree.issuer, CALLBACK)
    open_browsers.callback(browser.close)
    return Talker(name, voice, AuthenticatorApp(SEEDS[name]), browser)


def told(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def heard(person: Talker, bot: Bot, **named: str) -> bytes:
    """Say the digits on the page until they are understood."""
    for _ in range(TRIES):
        audio = person.say()
        status, said = told(bot.hand_on(audio, **named))
        assert status == 200, said
        if said == ACCEPTED:
            return audio
        person.anew(said["result"])
    raise AssertionError("true answers were refused")


def test_a_login_is_answered_by_a_voice_message(tree: Tree, bot: Bot, talker: Meet) -> None:
    vera, one = talker("vera", "george"), state()
    vera.enrol()
    assert told(bot.hand_on(b"OggS", state=one)) == NOTHING
    vera.open(bot, one)
    assert "Answer in the chat" not in vera.browser.words, "no operator has let it"
    tree.run("client", "change", "support", "--voice-notes")
    vera.browser.go(vera.browser.page.url.path.removesuffix("/answer"))
    vera.browser.fill("/note")
    assert told(bot.hand_on(b"OggS", state=one)) == NOTHING, "she has not agreed"
    vera.browser.fill("/note", consent="1")
    audio = answered(vera, bot, one, tree)
    assert told(bot.hand_on(audio, state=one)) == NOTHING, "it was answered"
    vera.browser.reload()
    said = bot.token(vera.browser.arrived["code"])
    assert (said["acr"], said["amr"]) == ("mfa+voice", ["mfa", "otp", "pwd", "vbm"])
    two = state()
    vera.open(bot, two)
    vera.choose_the_chat()
    assert told(bot.hand_on(audio, state=two)) == (200, REFUSED), "it was given before"


def test_another_voice_and_other_digits_are_refused(tree: Tree, bot: Bot, talker: Meet) -> None:
    tree.run("client", "change", "support", "--voice-notes")
    bob, one = talker("bob", "george"), state()
    bob.enrol()
    bob.open(bot, one)
    bob.choose_the_chat()
    assert told(bot.hand_on(bob.say(voice=IMPOSTOR), state=one)) == (200, REFUSED)
    bob.anew("refused")
    others = bob.digits.translate(str.maketrans("0123456789", "5678901234"))
    assert told(bot.hand_on(bob.say(others), state=one)) == (200, REFUSED)


def test_a_late_answer_is_refused(tmp_path: Path) -> None:
    short = {"GATEHOUSE_VOICE_CHALLENGE_SECONDS": str(SOON)}
    with peopled(tmp_path, **short) as tree, ExitStack() as open_browsers:
        bot, one = registered(tree), state()
        tree.run("client", "change", "support", "--voice-notes")
        bob = met(tree, open_browsers, "bob", "george")
        bob.enrol()
        bob.open(bot, one)
        bob.choose_the_chat()
        shown, late = time.monotonic(), note(samples("george", ALL, 0))
        time.sleep(max(0.0, shown + SOON + 1 - time.monotonic()))
        assert told(bot.hand_on(late, state=one)) == NOTHING, "it is too late"
        bob.browser.reload()
        assert "No answer came in time" in bob.browser.words


def answered(person: Talker, bot: Bot, named: str, tree: Tree) -> bytes:
    """Answer while the house is busy, then by the program that the documents show."""
    audio = person.say()
    with away(tree.data / "inference.sock"):
        busy = bot.hand_on(audio, state=named)
        assert told(busy) == (503, {"error": "temporarily_unavailable"})
        assert int(busy.headers["Retry-After"]) > 0
    if (result := by_the_example(bot, named, audio, tree)) == "accepted":
        return audio
    person.anew(result)
    return heard(person, bot, state=named)


def test_a_call_is_heard_until_somebody_else_speaks(tree: Tree, bot: Bot, talker: Meet) -> None:
    tree.run("client", "change", "support", "--voice-notes")
    ada, one = talker("ada", "theo"), state()
    ada.enrol()
    stream = bot.listen(ASSURANCE_LEVEL_CHANGE)
    ada.open(bot, one)
    ada.choose_the_chat()
    call = called(ada, bot, one)
    ada.browser.reload()
    said = bot.token(ada.browser.arrived["code"])
    assert said["acr"] == "mfa+voice"
    for take, own in enumerate(("27182", "81828")):
        assert bot.hand_on(note(samples("theo", own, 5 + take)), call=call).json() == ACCEPTED
    for digits in ("16180339", "88749894", "84820458"):
        came = bot.hand_on(note(samples(IMPOSTOR, digits, 1)), call=call).json()
        if came == REFUSED:
            break
    assert came == REFUSED
    [event] = stream()  # of all that her session shows: the token named what was asked for
    assert (event["previous_level"], event["current_level"]) == ("aal2+voice", "aal2")
    asked_elsewhere(ada, bot)


def asked_elsewhere(ada: Talker, bot: Bot) -> None:
    """Be asked by a backend (CIBA), and answer that in the chat too."""
    ada.browser.go("/requests")
    ada.browser.fill("/requests/device")
    asked = bot.post("/oauth/backchannel-authentication", login_hint="ada", **ASKED)
    ada.browser.go("/requests")
    ada.browser.fill("/number", number=asked["binding_number"])
    ada.password()
    ada.authenticator()
    ada.choose_the_chat()
    heard(ada, bot, auth_req_id=asked["auth_req_id"])
    ada.browser.reload()
    ada.browser.fill("/requests/", decision="allow")
    tokens = bot.post("/oauth/token", grant_type=CIBA, auth_req_id=asked["auth_req_id"])
    assert claims(tokens)["acr"] == "mfa+voice"


def called(person: Talker, bot: Bot, named: str) -> str:
    """Begin a call; say the digits in it until they are understood.

    Where one of them was not heard, the call waits for it: they are said once more.
    """
    for _ in range(TRIES):
        begun = bot.hand_on(person.say(), state=named, call="begin").json()
        call, result = str(begun["call"]), begun["result"]
        if result == "again":
            result = bot.hand_on(person.say(), call=call).json()["result"]
        if result == "accepted":
            return call
        person.anew(result)
    raise AssertionError("true answers were refused")


@contextmanager
def away(pool: Path) -> Iterator[None]:
    """Let nothing reach the pool for a while."""
    pool.rename(aside := pool.with_suffix(".aside"))
    yield
    aside.rename(pool)


def by_the_example(bot: Bot, named: str, audio: bytes, tree: Tree) -> str:
    """Hand a message on by the program that the documents show."""
    file = tree.data / "message.ogg"
    file.write_bytes(audio)
    command = [sys.executable, str(EXAMPLE), bot.issuer, bot.client_id, named, str(file)]
    own = os.environ | {"CLIENT_SECRET": bot.secret}
    return subprocess.run(
        command, env=own, capture_output=True, text=True, check=True
    ).stdout.strip()
