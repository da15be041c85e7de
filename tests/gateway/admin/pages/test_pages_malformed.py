"""Whatever is asked of the admin pages, no answer is a failure of ours."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from gateway.admin.desk import Desk
from gateway.admin.pages.fields import fields
from gateway.admin.pages.sections import ACTIONS, SECTIONS
from gateway.admin.roles import Role
from tests.gateway.admin.pages.conftest import Come, Operator
from tests.gateway.conftest import House
from tests.walks.filled import filled

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VALUES = ["\0", "\x1b[0m\r\nX: y", "\ufdfa" * 1000, "0" * 32, "9" * 32, "2026-01-01 x", "[[]]"]
FAILURE = 500


def asked(desk: Desk, value: str) -> Iterator[str]:
    """Return the addresses in which a value can stand."""
    for name, page in SECTIONS.items():
        yield f"/admin/{name}?after={quote(value)}"
        for listing in page.listings:
            for field in fields(desk.operations[listing.operation].takes):
                yield f"/admin/{name}?{field.name}={quote(value)}"
        if page.item:
            yield f"/admin/{name}/{quote(value, safe='')}"
    for name in ACTIONS:
        takes = desk.operations[name].takes.model_fields
        yield f"/admin/do/{name}?{'&'.join(f'{each}={quote(value)}' for each in takes)}"


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_no_address_is_a_failure_of_ours(come: Come, desk: Desk, value: str) -> None:
    operator = come(Role.ADMIN)
    failed = [
        where
        for where in dict.fromkeys(asked(desk, value))
        if operator.client.get(where).status_code >= FAILURE
    ]
    assert failed == []


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_no_form_is_a_failure_of_ours(house: House, come: Come, value: str) -> None:
    house.chatbot("bot")
    operator = come(Role.ADMIN)
    other = operator.id
    failed = [
        name
        for name in ACTIONS
        if sent(operator, name, {"person": other, "client_id": "bot"}, value) >= FAILURE
    ]
    assert failed == []


def sent(operator: Operator, name: str, given: dict[str, str], value: str) -> int:
    """Send a form with a value in each input; return the status, of the page or of the answer."""
    page = operator.client.get(f"/admin/do/{name}", query_string=given)
    forms = [values for action, values in filled(page.text) if not action and "csrf" in values]
    if page.status_code != 200 or not forms:
        return page.status_code
    typed = {each: value for each in forms[0] if each != "csrf"}
    data = {**forms[0], **typed}
    answer = operator.client.post(f"/admin/do/{name}", query_string=given, data=data)
    return answer.status_code


def test_an_address_too_long_to_come_back_to_leads_to_the_first_page(house: House) -> None:
    visitor = house.person()
    for where in ("/admin/people?username=", "/admin/people/"):
        entry = visitor.client.get(where + "x" * 60_000)
        assert entry.status_code == 303
        assert entry.headers["Location"].startswith("/login/")
