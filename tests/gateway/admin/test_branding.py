"""Operators and looks: refused whole, with the measure; never overwritten unseen."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict
from tests.gateway.admin.conftest import Call
from tests.gateway.branding.test_pictures import BY_KIND
from tests.gateway.conftest import House

PLUM = {"light": {"accent": "#7a1f5c"}}


@pytest.fixture(autouse=True)
def acme(house: House) -> None:
    house.chatbot("acme")


def test_a_look_is_made_changed_and_removed(call: Call) -> None:
    assert call("branding.get", client_id="acme").version == 0
    made = call("branding.put", client_id="acme", version=0, name="Acme", colours=PLUM)
    assert (made.name, made.colours, made.version, made.logo) == ("Acme", PLUM, 1, "")
    for kind, data in BY_KIND.items():
        version = call("branding.get", client_id="acme").version
        logo = b64encode(data).decode()
        shown = call("branding.set_logo", client_id="acme", version=version, logo=logo)
        assert (shown.logo_type, shown.name) == (f"image/{kind}", "Acme")
    gone = call("branding.set_logo", client_id="acme", version=shown.version, logo="")
    assert (gone.logo, gone.logo_type, gone.name) == ("", "", "Acme")
    assert [each.client_id for each in call("branding.list").brandings] == ["acme"]
    call("branding.remove", client_id="acme")
    with pytest.raises(BadRequest):
        call("branding.remove", client_id="acme")


def test_a_logo_may_come_first(call: Call) -> None:
    logo = b64encode(BY_KIND["png"]).decode()
    assert call("branding.set_logo", version=0, logo=logo).logo.startswith("/branding/house/")
    assert call("branding.put", version=1, colours=PLUM).logo


def test_two_admins_never_overwrite_each_other(call: Call) -> None:
    call("branding.put", client_id="acme", version=0, name="First")
    for version in (0, 2):
        with pytest.raises(Conflict):
            call("branding.put", client_id="acme", version=version, name="Second")
        with pytest.raises(Conflict):
            call("branding.set_logo", client_id="acme", version=version, logo="")
    assert call("branding.get", client_id="acme").name == "First"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"colours": {"light": {"accent": "#ffd400"}}}, "a contrast of 1.40"),
        ({"colours": {"light": {"accent": "red;}"}}}, "#rrggbb"),
        ({"texts": {"en": {"intro": "x" * 301}}}, "en.intro"),
        ({"texts": {"en": {"intro": "two\nlines"}}}, "en.intro"),
        ({"texts": {"en": {"intro": "\u202egnirts"}}}, "en.intro"),
        ({"texts": {"en": {"title": "Hello"}}}, "no text title"),
        ({"texts": {"tlh": {"intro": "nuqneH"}}}, "no language"),
        ({"name": "x" * 65}, "name: "),
        ({"name": "two\nlines"}, "name: "),
        ({"name": " "}, "name: "),
        ({"template": "{{ 7 * 7 }}"}, "template: "),
        ({"client_id": "nobody"}, "no client"),
        ({"client_id": "", "name": "Our house"}, "GATEHOUSE_SERVICE_NAME"),
    ],
)
def test_what_cannot_be_is_refused_whole(call: Call, said: dict[str, Any], why: str) -> None:
    with pytest.raises(BadRequest) as error:
        call("branding.put", **{"client_id": "acme", "version": 0, "name": "Acme", **said})
    assert why in str(error.value.public)
    assert call("branding.get", client_id="acme").version == 0


@pytest.mark.parametrize("logo", ["not base64", "PHN2Zy8+", "A" * 200_000])
def test_what_is_no_logo_is_refused(call: Call, logo: str) -> None:
    with pytest.raises(BadRequest):
        call("branding.set_logo", client_id="acme", version=0, logo=logo)
    assert call("branding.get", client_id="acme").version == 0
