"""The page of an answer in the chat counts down, says so politely, and goes on by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, jsonify, render_template
from playwright.sync_api import Page, expect

from tests.web.shown import voice_note
from web import pages

pytestmark = pytest.mark.browser
Serve = Callable[[Flask], str]


class NotePage:
    """A server of one challenge that is answered in a chat, for so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.app = Flask("note page")
        pages.install(self.app, service_name="Gatehouse", csrf=lambda: "csrf-token")
        self.app.add_url_rule("/login/l/note", "note", self.render)
        self.app.add_url_rule("/login/l/note/status", "status", self.status)

    def render(self) -> str:
        template, context = voice_note(waits=self.seconds > 0)
        context["shown"].seconds = self.seconds
        return render_template(template, **context)

    def status(self) -> object:
        return jsonify(request="1.open")


def test_the_time_that_is_left_is_counted_and_said_now_and_then(page: Page, serve: Serve) -> None:
    note = NotePage(seconds=14)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.goto(f"{serve(note.app)}/login/l/note")
    expect(page.get_by_role("timer")).to_have_text("0:14")
    expect(page.get_by_text("four two eight one seven zero")).to_be_visible()
    expect(page.get_by_role("button", name="New digits")).to_have_count(0)
    told = page.get_by_role("status")
    page.clock.run_for(3000)
    expect(told).to_have_text("")
    page.clock.run_for(1000)
    expect(told).to_have_text("10 seconds left.")
    note.seconds = 0
    page.clock.run_for(10_000)
    page.get_by_role("alert").filter(has_text="No answer came in time").wait_for()
    expect(page.get_by_role("button", name="New digits")).to_be_visible()


def test_whoever_says_that_it_was_sent_is_told_that_nothing_came(page: Page, serve: Serve) -> None:
    page.goto(f"{serve(NotePage(seconds=60).app)}/login/l/note")
    page.get_by_role("link", name="I have sent it").click()
    expect(page.get_by_text("Nothing has come from")).to_be_visible()


def test_without_javascript_the_page_says_what_to_do(plain_page: Page, serve: Serve) -> None:
    plain_page.goto(f"{serve(NotePage(seconds=60).app)}/login/l/note")
    assert "press “I have sent it”" in plain_page.locator("noscript p").inner_text()
    expect(plain_page.get_by_text(re.compile("You have .* from now on"))).to_be_visible()
    expect(plain_page.get_by_role("button", name="New digits")).to_be_visible()


def test_one_second_is_said_as_one(page: Page, serve: Serve) -> None:
    page.goto(f"{serve(NotePage(seconds=60).app)}/login/l/note")
    said = page.evaluate(
        """async () => {
            const countdown = document.querySelector("script[src*=countdown]");
            const { seconds } = await import(new URL("./seconds.js", countdown.src).href);
            return [1, 2].map(seconds);
        }"""
    )
    assert said == ["1 second", "2 seconds"]
