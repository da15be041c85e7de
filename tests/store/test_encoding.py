from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.assurance import AuthEvent, Requirement
from contracts.factor import Channel, Kind, Proof
from store.encoding import dump_events, dump_requirement, load_events, load_requirement

WORDS = st.text(max_size=20)
LISTS = st.lists(WORDS, max_size=3).map(tuple)
INSTANTS = st.integers(0, 7_000_000_000_000_000).map(
    lambda microseconds: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
)
PROOFS = st.builds(Proof, address_code=st.none() | st.sampled_from(Channel))
EVENTS = st.builds(
    AuthEvent,
    factor=WORDS,
    kinds=st.frozensets(st.sampled_from(Kind)),
    amr=LISTS,
    proof=PROOFS,
    at=INSTANTS,
)
REQUIREMENTS = st.builds(
    Requirement,
    required_acr=WORDS,
    acr_values=LISTS,
    not_before=st.none() | INSTANTS,
    login_hint=WORDS,
    client_id=WORDS,
    client_name=WORDS,
    ui_locales=LISTS,
)


@given(st.lists(EVENTS, max_size=3))
def test_events_come_back_as_they_went(events: list[AuthEvent]) -> None:
    assert load_events(json.loads(json.dumps(dump_events(events)))) == tuple(events)


@given(REQUIREMENTS)
def test_a_requirement_comes_back_as_it_went(requirement: Requirement) -> None:
    assert load_requirement(json.loads(json.dumps(dump_requirement(requirement)))) == requirement


def test_the_form_of_an_event() -> None:
    kinds = frozenset({Kind.POSSESSION, Kind.INHERENCE})
    at = datetime(1970, 1, 1, 0, 0, 1, 500, tzinfo=UTC)
    event = AuthEvent("webauthn", kinds, ("hwk", "user"), Proof(user_verified=True), at)
    (dumped,) = dump_events([event])
    assert dumped["kinds"] == ["inherence", "possession"]
    assert dumped["at"] == 1_000_500
    assert dumped["proof"]["user_verified"] is True
