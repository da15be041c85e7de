"""Ten thousand requests that nobody expects: no answer is a failure of ours, and none tells how."""

from __future__ import annotations

import gc
import re
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from tests.gateway.conftest import Build, House
from tests.statistics.generated import Sent, addresses, filled, names, requests
from tests.statistics.nasty import MARK
from tests.statistics.standing import STANDS, Stand, stand
from tests.walks.person import Chatbot

WHOLE, SHORT, TOGETHER = 10_000, 1_500, 25
"""Requests altogether, as the documentation claims and as CI sends them; and from one browser."""
SECONDS = 1.0
"""What a refusal may cost, in time of the processor."""
AGAIN, ROUNDS = 16, 4
"""Bundles of requests that are sent again to see what they leave in memory, and how often."""
GROWTH = 2 * 2**20
"""Bytes by which all of them may let the process grow once it is warm."""
INSIDE = re.compile(
    r'Traceback|File "|site-packages|sqlalchemy|psycopg|sqlite3|\.py\b|werkzeug|jinja2',
    re.IGNORECASE,
)
PUBLIC = ("http://localhost:8080", "http://localhost:8081", "/")


@pytest.fixture
def houses(build: Build, monkeypatch: pytest.MonkeyPatch) -> list[House]:
    """The same house with its limits and without them; hashes cost next to nothing."""
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_MEMORY_KIB", "64")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_TIME_COST", "1")
    doors: dict[str, Any] = {"client_registration": "open", "registration": "open"}
    return [build(limits=limits, failures_per_login=10**6, **doors) for limits in ("on", "off")]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What comes from one browser."""

    house: House
    where: Stand
    requests: list[tuple[Sent, bool]]
    """Each with whether it carries the token against forgery."""


class Watch:
    """Sends bundles and looks at each answer."""

    def __init__(self, bot: Chatbot) -> None:
        self.sent = 0
        self.last: deque[Bundle] = deque(maxlen=AGAIN)
        self._bot = bot

    def send(self, bundle: Bundle) -> None:
        """Bring a new person where the bundle begins, and send it."""
        person, live = stand(bundle.house, bundle.where, self._bot)
        token = next((one for one in live if re.fullmatch(r"[\w-]{43}", one)), "")
        for request, ours in bundle.requests:
            own = {"csrf": token} if ours else {}
            found = filled(replace(request, fields={**request.fields, **own}), live)
            self._judge(found, person.client)
        self.last.append(bundle)

    def growth(self) -> int:
        """Send the last bundles again and again; return what the last round left in memory."""
        process, bundles, sizes = psutil.Process(), list(self.last), []
        for _ in range(ROUNDS):
            for bundle in bundles:
                self.send(bundle)
            gc.collect()
            sizes.append(process.memory_info().rss)
        return sizes[-1] - sizes[1]

    def _judge(self, request: Sent, client: Client) -> None:
        began = time.thread_time()
        answer = request.to(client)
        seconds = time.thread_time() - began
        text = "" if answer.mimetype == "text/javascript" else answer.get_data(as_text=True)
        assert answer.status_code < 500, f"{answer.status_code} for {request}"
        assert not INSIDE.search(text), f"{INSIDE.search(text)} for {request}"
        assert MARK not in text or answer.mimetype != "text/html", f"not escaped: {request}"
        assert seconds < SECONDS or answer.status_code < 400, f"{seconds:.1f} s for {request}"
        self._headers(answer, request)
        answer.close()
        self.sent += 1

    def _headers(self, answer: TestResponse, request: Sent) -> None:
        for name, value in answer.headers:
            assert not re.search(r"[\r\n\0]", value), f"{name} for {request}"
            assert name != "X-Injected", request
        location = answer.headers.get("Location", "/")
        assert location.startswith(PUBLIC), f"{location} for {request}"
        assert not location.startswith("//"), f"{location} for {request}"


def run(houses: list[House], bundles: int, *, anew: bool) -> Watch:
    """Send so many bundles of requests, each from a browser that stands somewhere."""
    watch = Watch(houses[0].chatbot("bot", consent=True))
    request = st.tuples(requests(addresses(houses[0].app), names()), st.booleans())

    @settings(
        max_examples=bundles,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        derandomize=not anew,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.integers(0, len(houses) - 1),
        st.integers(0, len(STANDS) - 1),
        st.lists(request, min_size=TOGETHER, max_size=TOGETHER),
    )
    def send(house: int, where: int, some: list[tuple[Sent, bool]]) -> None:
        watch.send(Bundle(houses[house], STANDS[where], some))

    send()
    return watch


@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_whatever_is_sent_no_answer_is_a_failure_of_ours(
    houses: list[House], whole: bool, caplog: pytest.LogCaptureFixture
) -> None:
    number = WHOLE if whole else SHORT
    watch = run(houses, number // TOGETHER, anew=whole)
    sent, growth = watch.sent, watch.growth()
    print(f"{sent} requests; {growth / 2**20:.1f} MiB left behind")  # noqa: T201 - as documented
    assert sent >= number
    assert growth < GROWTH
    assert [record for record in caplog.records if record.exc_info] == []
