"""`gatehouse branding`, and changing clients and resources, as scripts do it."""

from __future__ import annotations

from pathlib import Path

from tests.gateway.branding.test_pictures import BY_KIND
from tests.gateway.operations.test_cli import Run, printed, run

__all__ = ["run"]
TOOLS = "https://tools.example.org/mcp"


def test_a_look_is_said_piece_by_piece(run: Run, tmp_path: Path) -> None:
    run("client", "add", "support")
    of = ("--client", "support", "--json")
    said = printed(
        run("branding", "set", *of, "--name", "Acme", "--colour", "light.accent=#7a1f5c")
    )
    assert (said["name"], said["version"]) == ("Acme", 1)
    words = ("--text", "en.help=Call 555 0100.", "--text", "de.help=Ruf an: a=b")
    again = printed(run("branding", "set", *of, *words))
    assert again["colours"] == {"light": {"accent": "#7a1f5c"}}
    assert again["texts"] == {"en": {"help": "Call 555 0100."}, "de": {"help": "Ruf an: a=b"}}
    without = printed(
        run("branding", "set", *of, "--colour", "light.accent=", "--text", "de.help=")
    )
    assert (without["colours"], without["texts"]) == ({}, {"en": {"help": "Call 555 0100."}})
    picture = tmp_path / "acme.webp"
    picture.write_bytes(BY_KIND["webp"])
    assert printed(run("branding", "logo", str(picture), *of))["logo_type"] == "image/webp"
    assert run("branding", "remove", "--client", "support", "--logo").exit_code == 0
    assert printed(run("branding", "show", *of))["logo"] == ""
    assert "en.help" in run("branding", "show", "--client", "support").output
    assert run("branding", "remove", "--client", "support").output == "Removed.\n"
    assert printed(run("branding", "show", *of))["version"] == 0


def test_what_cannot_be_read_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    refused = run("branding", "set", "--colour", "light.accent=#ffd400")
    assert refused.exit_code == 1
    assert "has a contrast of 1.40" in refused.stderr
    assert run("branding", "set", "--colour", "accent").exit_code == 2
    picture = tmp_path / "logo.svg"
    picture.write_text("<svg/>")
    assert run("branding", "logo", str(picture)).exit_code == 1


def test_a_client_is_shown_and_changed(run: Run) -> None:
    uri = ("--redirect-uri", "https://chat.example.org/callback")
    added = printed(run("client", "add", "support", *uri, "--json"))
    change = ("client", "change", "support", "--json")
    changed = printed(run(*change, "--require-acr", "aal2", "--no-consent"))
    assert (changed["require_acr"], changed["consent"], changed["version"]) == ("aal2", False, 2)
    assert changed["redirect_uris"] == added["redirect_uris"]
    late = run(*change, "--version", "1", "--name", "Late")
    assert late.exit_code == 1
    assert "in the meantime" in late.stderr
    assert run("client", "change", "support").exit_code == 2
    shown = printed(run("client", "show", "support", "--json"))
    assert (shown["version"], shown["name"]) == (2, "support")
    assert "secret" not in run("client", "show", "support").output.replace(
        "client_secret_basic", ""
    )
    assert printed(run("client", "secret", "support", "--json"))["client_secret"]
    assert run("client", "revoke", "support").exit_code == 0
    assert run("client", "show", "nobody").exit_code == 1


def test_a_resource_is_changed(run: Run) -> None:
    run("resource", "add", TOOLS, "--scope", "read write")
    changed = printed(run("resource", "change", TOOLS, "--open", "--json"))
    assert (changed["scope"], changed["open"]) == ("read write", True)
    assert run("resource", "change", TOOLS, "--version", "1", "--closed").exit_code == 1


def test_kiosks_are_listed_and_revoked(run: Run) -> None:
    run("station", "add", "Front desk")
    [kiosk] = printed(run("station", "list", "--json"))
    assert (kiosk["name"], kiosk["state"]) == ("Front desk", "waiting")
    assert printed(run("station", "revoke", kiosk["id"], "--json"))["state"] == "revoked"
    assert run("station", "revoke", "nonsense").exit_code == 1
