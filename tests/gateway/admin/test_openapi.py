"""The description of the admin API is what it is, by a validator that is not ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.admin import openapi
from gateway.admin.opened import CALLS
from gateway.admin.roles import EVERYONE, Role
from store.client_metadata import ClientMetadata
from tests.gateway.admin.remote import Remote
from tests.gateway.conftest import House
from tools import docs

CATALOGUE = openapi.catalogue(CALLS)
DOCUMENT = openapi.document(CATALOGUE, "https://login.example.org/admin/api")

SECRETS = re.compile(
    r"secret|template|score|password|token|hash|private|claim|payload|sample|ticket|link|pairing"
)
"""What a member of an answer is not called, but for those that are known."""

NO_SECRETS = {each.name for each in fields(ClientMetadata)} | {"token_alg", "access_token_seconds"}
"""What is said of a client in the words of the standards, by names that only look so."""

SAID_ONCE = {
    "clients.add": {"client_secret"},
    "clients.rotate_secret": {"client_secret"},
    "clients.issue_token": {"initial_access_token"},
    "webhooks.add": {"secret"},
    "webhooks.renew": {"secret"},
    "people.invite": {"link"},
    "tickets.issue": {"ticket"},
    "stations.add": {"pairing_code"},
    "recoveries.start": {"claim"},
    "recoveries.approve": {"claim"},
}
"""Secrets that are made for whoever calls, and are told once."""


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_copy_in_the_documentation_is_the_present_one() -> None:
    assert docs.OPENAPI.read_text() == docs.api(), "Run: make docs"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_served_one_needs_no_token_and_names_its_server(house: House) -> None:
    found = Remote(house).browser.get("/admin/api/openapi.json").get_json()
    assert found["servers"] == [{"url": "http://localhost:8080/admin/api"}]
    assert found["paths"].keys() == DOCUMENT["paths"].keys()


def described() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, found in methods.items():
            yield path, method, found


def test_every_operation_is_there_with_its_roles_and_what_it_takes() -> None:
    names = {found["operationId"] for _, _, found in described()}
    assert names == set(CATALOGUE)
    for path, method, found in described():
        operation = CATALOGUE[found["operationId"]]
        assert found["x-roles"] == sorted(operation.said.roles)
        taken = {each["name"] for each in found["parameters"]}
        body = found.get("requestBody", {}).get("content", {}).get("application/json", {})
        taken |= set(body.get("schema", {}).get("properties", {}))
        assert taken == set(operation.takes.model_fields), (method, path)
        assert {"200", "400", "401", "403", "409"} <= set(found["responses"])


def test_every_member_that_is_taken_is_explained() -> None:
    bare = {
        (found["operationId"], name)
        for _, _, found in described()
        for name, schema in openapi.members(CATALOGUE[found["operationId"]].takes).items()
        if not schema.get("description")
    }
    assert bare == set()


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_no_answer_holds_a_secret_but_those_that_are_told_once(name: str) -> None:
    schema = CATALOGUE[name].gives.model_json_schema(mode="serialization")
    named = set(_names(schema))
    looking = {each for each in named - NO_SECRETS if SECRETS.search(each)}
    assert looking <= SAID_ONCE.get(name, set())


def _names(schema: Any) -> Iterator[str]:
    """Every name of a member, however deep."""
    if isinstance(schema, list):
        for each in schema:
            yield from _names(each)
    if isinstance(schema, dict):
        properties = schema.get("properties", {})
        if isinstance(properties, dict):
            yield from properties
        for each in schema.values():
            yield from _names(each)


def test_a_secret_is_told_to_whoever_may_make_it_alone() -> None:
    for name in SAID_ONCE.keys() & CATALOGUE.keys():
        operation = CATALOGUE[name]
        assert operation.changes, name
        assert operation.said.roles != EVERYONE, name
        assert Role.VIEWER not in operation.said.roles, name


def test_the_document_is_json_that_anyone_can_read() -> None:
    assert json.loads(docs.api())["openapi"] == "3.1.0"
