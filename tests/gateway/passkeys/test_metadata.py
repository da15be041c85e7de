"""What is known of models comes from signed files alone, and never goes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from contracts.errors import BadRequest
from gateway.cli import main
from gateway.passkeys.blob import Trust, read_roots, verify
from tests.fakes.maker import HOST, Authority, entry
from verifiers.webauthn.metadata import Metadata

ONE = UUID("8a1c4b3e-5d2f-4c6a-9b7e-0123456789ab")
OTHER = UUID("11111111-2222-4333-8444-555555555555")
NOW = datetime.now(UTC)
Run = Callable[..., Result]


@pytest.fixture
def service() -> Authority:
    """Who signs for the metadata service."""
    return Authority("Root of the Web")


@pytest.fixture
def maker() -> Authority:
    return Authority()


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return tmp_path / "known" / "models.json"


@pytest.fixture
def run(known: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_WEBAUTHN_METADATA", str(known))
    return lambda *arguments: CliRunner().invoke(main, ["passkeys", *arguments])


@pytest.fixture
def update(run: Run, service: Authority, tmp_path: Path) -> Callable[[bytes], Result]:
    root = tmp_path / "root.pem"
    root.write_bytes(service.pem)

    def given(blob: bytes) -> Result:
        file = tmp_path / "blob.jwt"
        file.write_bytes(blob)
        return run("mds", "update", str(file), "--root", str(root), "--json")

    return given


def payload(*entries: dict[str, Any], number: int = 5, due: str = "2099-01-01") -> dict[str, Any]:
    return {"legalHeader": "", "no": number, "nextUpdate": due, "entries": list(entries)}


def test_a_blob_is_verified_and_kept(
    run: Run, update: Callable[[bytes], Result], service: Authority, maker: Authority, known: Path
) -> None:
    u2f = {"attestationCertificateKeyIdentifiers": ["00"], "statusReports": []}
    blob = service.blob(payload(entry(ONE, maker), entry(OTHER, maker, ["REVOKED"]), u2f))
    done = update(blob)
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    assert told == {
        "number": 5,
        "next_update": "2099-01-01",
        "models": 2,
        "compromised": 1,
        "names": 0,
        "overdue": False,
    }
    kept = Metadata.load(known.read_bytes())
    assert kept.name(str(ONE)) == "Model One"
    assert len(kept.models[str(ONE)].roots) == 1
    assert kept.models[str(OTHER)].compromised
    assert json.loads(run("show", "--json").stdout) == [told]


def test_the_service_signs_with_rsa_too(service: Authority, maker: Authority) -> None:
    blob = service.blob(payload(entry(ONE, maker)), alg="RS256")
    assert verify(blob, trust(service), NOW).number == 5


def test_an_older_edition_is_refused_and_the_same_is_not(
    update: Callable[[bytes], Result], service: Authority, maker: Authority, known: Path
) -> None:
    assert update(service.blob(payload(entry(ONE, maker, ["REVOKED"]), number=6))).exit_code == 0
    before = known.read_bytes()
    older = update(service.blob(payload(entry(ONE, maker), number=5)))
    assert (older.exit_code, "Edition 6 is here already" in older.stderr) == (1, True)
    assert known.read_bytes() == before
    assert update(service.blob(payload(entry(ONE, maker), number=6))).exit_code == 0


def test_an_overdue_edition_is_told(
    update: Callable[[bytes], Result], service: Authority, maker: Authority
) -> None:
    done = update(service.blob(payload(entry(ONE, maker), due="2020-01-01")))
    assert done.exit_code == 0
    assert "was due on 2020-01-01" in done.stderr


def _swapped(service: Authority, found: dict[str, Any]) -> bytes:
    head, _, signature = service.blob(found).split(b".")
    payload = service.blob(found | {"no": 999}).split(b".")[1]
    return b".".join([head, payload, signature])


FOREIGN: dict[str, Callable[[Authority, dict[str, Any]], bytes]] = {
    "another authority": lambda _, found: Authority("Root of the Web").blob(found),
    "another host of the same authority": lambda service, found: service.blob(
        found, "mds.example.org"
    ),
    "another payload": _swapped,
    "no signature": lambda service, found: service.blob(found).rsplit(b".", 1)[0] + b".",
    "nothing": lambda _, __: b"",
    "no JWT": lambda _, __: b"{}",
    "two parts": lambda service, found: b".".join(service.blob(found).split(b".")[:2]),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_blob_that_the_service_did_not_sign_changes_nothing(
    update: Callable[[bytes], Result],
    service: Authority,
    maker: Authority,
    known: Path,
    name: str,
) -> None:
    done = update(FOREIGN[name](service, payload(entry(ONE, maker))))
    assert done.exit_code == 1
    assert "Nothing was changed" in done.stderr
    assert not known.exists()


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256"])
def test_the_header_does_not_choose_the_algorithm(
    service: Authority, maker: Authority, alg: str
) -> None:
    head, body, signature = service.blob(payload(entry(ONE, maker))).split(b".")
    header = json.loads(base64.urlsafe_b64decode(head + b"==")) | {"alg": alg}
    forged = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")
    with pytest.raises(BadRequest):
        verify(b".".join([forged, body, signature]), trust(service), NOW)


def trust(service: Authority) -> Trust:
    return Trust(read_roots(service.pem), HOST)


def test_a_signer_whose_time_is_over_counts_no_more(service: Authority, maker: Authority) -> None:
    blob = service.blob(payload(entry(ONE, maker)))
    assert verify(blob, trust(service), NOW).number == 5
    with pytest.raises(BadRequest):
        verify(blob, trust(service), NOW + timedelta(days=40))


@pytest.mark.parametrize("found", [{}, {"no": 1}, {"no": "x", "nextUpdate": "", "entries": []}])
def test_a_payload_of_another_shape_is_refused(service: Authority, found: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        verify(service.blob(found), trust(service), NOW)


def test_names_are_taken_over_beside_the_models(
    run: Run,
    update: Callable[[bytes], Result],
    service: Authority,
    maker: Authority,
    known: Path,
    tmp_path: Path,
) -> None:
    update(service.blob(payload(entry(ONE, maker))))
    file = tmp_path / "names.json"
    listed = {str(OTHER).upper(): {"name": " Vault  of Example "}, str(ONE): "My Model"}
    file.write_text(json.dumps(listed))
    assert run("names", "update", str(file)).exit_code == 0
    kept = Metadata.load(known.read_bytes())
    assert kept.name(str(OTHER)) == "Vault of Example"
    assert kept.name(str(ONE)) == "My Model"
    assert kept.number == 5


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"x": "y"}', f'{{"{ONE}": ""}}', f'{{"{ONE}": 7}}', f'{{"{ONE}": {{"icon": ""}}}}'],
)
def test_a_list_of_names_is_checked(run: Run, tmp_path: Path, known: Path, content: str) -> None:
    file = tmp_path / "names.json"
    file.write_text(content)
    assert run("names", "update", str(file)).exit_code == 1
    assert not known.exists()


def test_without_a_file_to_keep_it_the_operator_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATEHOUSE_WEBAUTHN_METADATA")
    done = run("show")
    assert (done.exit_code, "GATEHOUSE_WEBAUTHN_METADATA" in done.stderr) == (2, True)
