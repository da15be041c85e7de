"""A login is answered in a chat, by the pages and the endpoint as they ship."""

from __future__ import annotations

from tests.gateway.voice_notes.conftest import Talk


def test_a_voice_message_adds_to_a_possession_and_the_login_goes_on_in_the_browser(
    talk: Talk,
) -> None:
    talk.ask()
    assert talk.offered()
    talk.take()
    assert talk.words() == "0 0 1"
    answer = talk.send()
    assert (answer.status_code, answer.get_json()) == (200, {"result": "accepted"})
    assert not talk.arrived()
    talk.look()
    assert talk.arrived()
    body = talk.bot.redemption(talk.person.arrived["code"])
    tokens = talk.person.client.post("/oauth/token", data=body).get_json()
    assert tokens["access_token"]
    [said] = talk.trail("factor.accepted")[:1]
    assert (said["client"], said["forwarded"], said["factor"]) == ("bot", True, "voice")
    assert [each.forwarded for each in talk.voice.heard] == ["bot"]
