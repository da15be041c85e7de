"""The factor in docs/adding-a-factor.md is a whole one."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest

from contracts.errors import Retry
from contracts.factor import Answer, Factor, Subject, Template, Workshop
from tests.verifiers.conftest import stored
from verifiers import registry

PAGE = Path("docs/adding-a-factor.md")


@pytest.fixture
def badge(workshop: Workshop) -> Factor:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    module = types.ModuleType("gatehouse_badge")
    exec(compile(code, PAGE, "exec"), vars(module))
    source = registry._Source("badge", module, "build")
    built = registry._build(source, workshop)
    assert built is not None
    return built


def test_the_example_works(badge: Factor, alice: Subject) -> None:
    challenge = badge.begin_enroll(alice, ())
    template = badge.continue_enroll(alice, challenge.secret, Answer({"number": "12345678"}))
    assert isinstance(template, Template)
    enrolled = [stored(template)]
    assert badge.finish_verify(alice, enrolled, b"", Answer({"number": "12345678"})).accepted
    for wrong in ("12345679", "", "\ud800"):
        assert not badge.finish_verify(alice, enrolled, b"", Answer({"number": wrong})).accepted
        assert not badge.finish_verify(alice, (), b"", Answer({"number": wrong})).accepted
        if wrong != "12345679":
            with pytest.raises(Retry):
                badge.continue_enroll(alice, b"", Answer({"number": wrong}))
