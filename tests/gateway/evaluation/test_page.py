"""The page of a report: whole, alone, and the same for eyes and for readers of screens."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gateway.evaluation import Order, Report
from gateway.evaluation.evaluate import evaluated
from gateway.evaluation.geometry import SIDE, det_path, deviate, histogram_path, place
from gateway.evaluation.page import bounds, notes, percent, render, value, words
from gateway.evaluation.rates import Point, rate
from tests.gateway.evaluation.toy import ToyEngine, world

VOID = {"meta", "path", "line", "rect", "br"}


class Outline(HTMLParser):
    """Checks that what is opened is closed; collects elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Evaluate six made people under two conditions."""
    folder = tmp_path_factory.mktemp("people")
    order = Order(
        world(folder, quiet=1),
        folder,
        conditions=("clean", "noise"),
        groups=("sex",),
        bootstrap=20,
        listening=ToyEngine,
    )
    return evaluated(order, folder / "out", lambda *_: None)


@pytest.fixture(scope="module")
def outline(report: Report) -> Outline:
    """Read the page."""
    found = Outline()
    found.feed(render(report))
    return found


def test_everything_that_is_opened_is_closed(outline: Outline) -> None:
    assert outline.open == []


def test_the_page_needs_nothing_else_and_runs_nothing(report: Report, outline: Outline) -> None:
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in outline.found}
    assert not any({"src", "href", "style"} & attributes.keys() for _, attributes in outline.found)
    assert "url(" not in render(report)
    assert "default-src 'none'" in render(report)


def test_plots_have_names_and_tables_captions_and_headings(outline: Outline) -> None:
    ids = {attributes["id"] for _, attributes in outline.found if "id" in attributes}
    pictures = [each for tag, each in outline.found if tag == "svg" and each.get("role") == "img"]
    assert len(pictures) == 1 + 2
    for each in pictures:
        assert set((each["aria-labelledby"] or "").split()) <= ids
    tags = [tag for tag, _ in outline.found]
    assert tags.count("table") == tags.count("caption") > 0
    assert all(each.get("scope") in {"col", "row"} for tag, each in outline.found if tag == "th")
    assert tags.count("h1") == 1


def test_ids_are_there_once(outline: Outline) -> None:
    ids = [attributes["id"] for _, attributes in outline.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_page_has_both_schemes_and_can_be_printed(report: Report) -> None:
    page = render(report)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert 'name="viewport"' in page


def test_the_worst_stands_first(report: Report) -> None:
    page = render(report)
    first = re.search(r'<tbody>\s*<tr><th scope="row">([^<]*)', page)
    worst = max(report.results, key=lambda each: each.points[0].fnmr.value)
    assert first is not None
    assert worst.condition in first[1]


def test_what_must_be_known_is_said(report: Report) -> None:
    page = render(report)
    for words_of_it in ("Comparisons are not independent", "Rule of three", "Rule of thirty",
                        "Failure to acquire", "Failure to enrol", "By sex",
                        "fewer than ten people"):  # fmt: skip
        assert words_of_it in page


def test_names_from_the_manifest_cannot_become_markup(tmp_path: Path) -> None:
    listed = world(tmp_path)
    listed.write_text(listed.read_text().replace(",f\n", ",<b>f\n"))
    order = Order(listed, tmp_path, groups=("sex",), bootstrap=0, listening=ToyEngine)
    page = render(evaluated(order, tmp_path / "out", lambda *_: None))
    assert "<b>" not in page
    assert "&lt;b&gt;f" in page


def test_no_interval_is_shown_where_nobody_was_drawn(tmp_path: Path) -> None:
    order = Order(world(tmp_path), tmp_path, bootstrap=0, listening=ToyEngine)
    assert "comparisons only" in render(evaluated(order, tmp_path / "out", lambda *_: None))


def test_the_rules_of_three_and_of_thirty_are_said_where_they_bite() -> None:
    few = Point(0.5, rate(0, 2000), rate(3, 100), 1e-3, supported=False)
    assert [each.split(":")[0] for each in notes(few)] == ["Rule of three", *["Rule of thirty"] * 2]
    assert "0.15" in notes(few)[0]
    many = Point(0.5, rate(40, 100_000), rate(30, 900), 1e-3)
    assert notes(many) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0.00 %"), (0.5, "50.00 %"), (0.0123, "1.23 %"), (0.00015, "0.0150 %")],
)
def test_small_rates_keep_their_digits(value: float, said: str) -> None:
    assert percent(value).replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_rate_without_errors_is_only_bounded() -> None:
    assert words(rate(0, 30_000)).startswith("0 of 30,000, < 0.0100")


def test_the_axes_are_normal_deviates() -> None:
    assert deviate(0.5) == pytest.approx(0)
    assert deviate(0.1) == pytest.approx(-1.2816, abs=1e-4)
    assert place(0) == 0
    assert place(0.9) == SIDE


def test_paths_start_and_end_where_they_should() -> None:
    assert det_path([(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)]).startswith("M400.0,400.0L")
    assert histogram_path((0.5, 0.25), 0.5) == (
        "M0.0,120.0L0.0,0.0L200.0,0.0L200.0,60.0L400.0,60.0L400.0,120.0Z"
    )


@pytest.mark.parametrize("errors", [0, 1, 40])
def test_a_rate_stands_above_its_bounds_or_before_them(errors: int) -> None:
    found = rate(errors, 400)
    assert words(found).startswith(value(found))
    assert bounds(found) in words(found)
    assert ("0 of 400" in value(found)) is (errors == 0)


def test_tables_are_narrow_enough_for_paper_and_name_their_rows_on_a_phone(report: Report) -> None:
    """Bounds stand under their rate, and the first column stays where a table is moved."""
    page = render(report)
    assert re.search(r"<td>[^<(]+<small>[^<]+ to [^<]+</small>\s*</td>", page)
    assert "th:first-child { position: sticky; left: 0; }" in page
    assert "@page { margin: 15mm; }" in page
    printed = page[page.index("@media print") :]
    assert all(f"--c{number}:" in printed for number in range(8)), "light also where pages are dark"
