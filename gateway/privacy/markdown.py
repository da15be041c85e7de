"""The record of processing as a page to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

UNSAID = "not said: set GATEHOUSE_CONTROLLER and GATEHOUSE_PRIVACY_CONTACT"


def markdown(report: Mapping[str, Any]) -> str:
    """Return a report as Markdown."""
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Record of processing: {_plain(report['service'])}"
    yield from ("", "GDPR, Article 30.", "")
    yield f"- Controller: {_plain(report['controller']) or UNSAID}"
    yield f"- Contact for privacy: {_plain(report['contact']) or UNSAID}"
    yield f"- Service: {report['issuer']}"
    yield f"- Made at: {report['made_at']}"
    yield from ("", "## Purposes", "")
    yield from (f"- {purpose}" for purpose in report["purposes"])
    yield from ("", "## Data that is kept", "")
    yield from _table(("data", "what", "protected by", "kept", "rows"), map(_kept, report["data"]))
    yield from _measured(report["measured"])
    yield from ("", "## Recipients", "")
    who = ((each["name"], each["kind"], each["gets"]) for each in report["recipients"])
    yield from _table(("who", "as", "gets"), who)
    yield from ("", "## Measures", "")
    yield from (f"- {measure}" for measure in report["measures"])


def _kept(kind: Mapping[str, Any]) -> tuple[str, ...]:
    rows = ", ".join(f"{table} {count}" for table, count in kind["rows"].items())
    name = kind["name"] if kind["personal"] else f"{kind['name']} (not about people)"
    return name, kind["what"], kind["protected"], kind["kept"], rows


def _measured(measured: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in measured:
        yield from ("", f"## Consent to {each['factor']}, version {each['version']}", "")
        yield from (f"- {words}" for words in each["words"])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(_plain, row))} |"


def _plain(value: str) -> str:
    """Return text that makes no table and no terminal its own: applications name themselves."""
    shown = "".join(sign if sign.isprintable() else " " for sign in value)
    return shown.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
