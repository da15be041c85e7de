"""The report as one page that needs nothing else: inline plots, one style sheet, no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from gateway.evaluation import geometry
from gateway.evaluation.plot import named
from gateway.evaluation.rates import THIRTY, Point, Rate
from gateway.evaluation.report import Report, Result

FOLDER = Path(__file__).parent
THIRTY_WORDS = (
    "Rule of thirty: %s: %d; from 30 on one is 90 %% sure that the true rate is within 30 %% of "
    "the measured one."
)


@cache
def environment(folder: Path = FOLDER) -> Environment:
    """Return the templates of a folder, with what they need to write figures down."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"rate": words, "value": value, "bounds": bounds, "thousands": thousands}
    made.filters |= {"percent": percent, "target": geometry.percent, "name": named}
    made.globals |= {"geometry": geometry, "notes": notes, "interval": interval}
    return made


def render(report: Report) -> str:
    """Write the page."""
    sheet = Markup((FOLDER / "report.css").read_text("utf-8"))  # noqa: S704  # our own file
    ordered = sorted(report.results, key=hardness, reverse=True)
    page = environment().get_template("report.html")
    return page.render(report=report, worst_first=ordered, sheet=sheet)


def hardness(result: Result) -> float:
    """Order results by how many people are wrongly turned away at the first target."""
    return result.points[0].fnmr.value


def percent(value: float) -> str:
    """Write a rate as a percentage, with as many digits as its size deserves."""
    digits = 2 if value >= 0.001 or value == 0 else 4
    return f"{value * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def words(rate: Rate) -> str:
    """Write a rate with its bounds."""
    return f"{value(rate)} ({bounds(rate)})" if rate.errors else f"{value(rate)}, {bounds(rate)}"


def value(rate: Rate) -> str:
    """Write a rate, or without an error what it was counted in."""
    return percent(rate.value) if rate.errors else f"0 of {thousands(rate.comparisons)}"


def bounds(rate: Rate) -> str:
    """Write the bounds of a rate, without an error only the upper one."""
    if rate.errors == 0:
        return f"< {percent(rate.high)}"
    return f"{percent(rate.low)} to {percent(rate.high)}"


def thousands(count: int) -> str:
    """Write a count with its thousands apart."""
    return f"{count:,}"


def interval(result: Result, name: str, write: Any = percent) -> str:  # noqa: ANN401  # a writer
    """Write the interval by people of a figure, nothing where none was drawn."""
    found = result.intervals.get(name)
    return f"{write(found[0])} to {write(found[1])}" if found else ""


def notes(point: Point) -> list[str]:
    """Say where the rule of three and the rule of thirty bite at a point."""
    said = []
    if not point.supported:
        bound, target = percent(3 / point.fmr.comparisons), geometry.percent(point.target or 0)
        said.append(
            f"Rule of three: {thousands(point.fmr.comparisons)} impostor comparisons without an "
            f"error only show a false match rate below {bound}, not {target}."
        )
    kinds = {"false matches": point.fmr, "false non-matches": point.fnmr}
    return said + [THIRTY_WORDS % (what, rate.errors) for what, rate in kinds.items() if few(rate)]


def few(rate: Rate) -> bool:
    """Tell whether there are too few errors to trust the rate (rule of thirty)."""
    return rate.errors < THIRTY
