"""The registry: built-in factors by folder, strangers by entry point, broken ones by name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from contracts.errors import Misconfigured
from contracts.factor import Answer, Subject, Workshop
from verifiers import registry

STRANGER = """
    from pydantic_settings import BaseSettings
    from verifiers.password.factor import Password

    class Riddle(Password):
        name = "riddle"

    class RiddleSettings(BaseSettings):
        pass

    SETTINGS = RiddleSettings
    JOBS = {"riddle": lambda: bytes.upper}

    def build(workshop):
        from verifiers.password import build
        known = build(workshop)
        return Riddle(known._settings, known._hashing, known._rules, workshop.service)
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a package as pip leaves it: a module and the metadata of its entry point."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(source: str, *, name: str = "riddle", point: str = "build") -> None:
        module = f"gatehouse_{name}"
        monkeypatch.delitem(sys.modules, module, raising=False)
        (tmp_path / f"{module}.py").write_text(dedent(source))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[gatehouse.factors]\n{name} = {module}:{point}\n")

    return run


def test_the_built_in_factors_come_in_order(workshop: Workshop) -> None:
    found = list(registry.load(workshop))
    assert found[:4] == ["password", "webauthn", "totp", "otp"]
    assert set(found[4:]) <= {"recovery", "voice", "device"}


def test_a_factor_that_measures_people_without_consent_is_refused(
    install: Install, workshop: Workshop
) -> None:
    install(
        "from contracts.factor import Kind\n"
        + dedent(STRANGER).replace(
            'name = "riddle"', 'name = "riddle"\n    kind = Kind.INHERENCE', 1
        )
    )
    with pytest.raises(Misconfigured, match=r"riddle.*asks for no consent"):
        registry.load(workshop)


def test_every_folder_is_a_factor() -> None:
    folders = {path.parent.name for path in Path("verifiers").glob("*/__init__.py")}
    assert folders == {source.name for source in registry._built_in()}


def test_a_stranger_joins_by_its_entry_point(
    install: Install, workshop: Workshop, alice: Subject
) -> None:
    install(STRANGER)
    factors = registry.load(workshop)
    assert list(factors)[-1] == "riddle"
    verdict = factors["riddle"].finish_verify(alice, (), b"", Answer({"password": "x"}))
    assert not verdict.accepted
    assert registry.jobs()["riddle"]()(b"shout") == b"SHOUT"
    assert registry.settings()[-1].__name__ == "RiddleSettings"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import nothing_of_this_name", "nothing_of_this_name"),
        ("raise RuntimeError('out of order')", "out of order"),
        ("1 +", "SyntaxError"),
        ("", "build"),
        ("def build(workshop): raise RuntimeError('out of order')", "out of order"),
        ("def build(workshop): return object()", "lacks amr, begin_enroll"),
    ],
)
def test_a_broken_stranger_is_named(
    install: Install, workshop: Workshop, source: str, why: str
) -> None:
    install(source)
    with pytest.raises(Misconfigured) as refused:
        registry.load(workshop)
    assert "riddle" in str(refused.value.public)
    assert why in str(refused.value.public)


def test_a_stranger_that_is_not_available_is_left_out(install: Install, workshop: Workshop) -> None:
    install("def build(workshop): return None")
    assert "riddle" not in registry.load(workshop)


def test_two_factors_of_one_name_are_refused(install: Install, workshop: Workshop) -> None:
    install(STRANGER, name="password")
    with pytest.raises(Misconfigured) as refused:
        registry.load(workshop)
    assert "password" in str(refused.value.public)


def test_a_factor_bears_the_name_it_is_registered_by(install: Install, workshop: Workshop) -> None:
    install(STRANGER, name="puzzle")
    with pytest.raises(Misconfigured, match="calls itself riddle"):
        registry.load(workshop)


def test_two_jobs_of_one_name_are_refused(install: Install) -> None:
    install(STRANGER)
    install(STRANGER, name="puzzle")
    with pytest.raises(Misconfigured, match="job named riddle"):
        registry.jobs()


def test_a_wrong_setting_names_factor_and_variable(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_TOTP_WINDOW", "99")
    with pytest.raises(Misconfigured) as refused:
        registry.load(workshop)
    assert "totp" in str(refused.value.public)
    assert "GATEHOUSE_TOTP_WINDOW" in str(refused.value.public)


def test_every_limit_ships_with_its_source() -> None:
    for file in Path("verifiers").glob("*/limits.json"):
        for name, limit in json.loads(file.read_text("utf-8")).items():
            assert set(limit) == {"value", "source"}, (file, name)
            assert len(limit["source"]) > 20, (file, name)


def test_every_setting_is_documented_and_has_a_value() -> None:
    for settings in registry.settings():
        assert settings()
        assert str(settings.model_config["env_prefix"]).startswith("GATEHOUSE_")
        for name, field in settings.model_fields.items():
            assert field.description, (settings, name)


def test_finding_factors_brings_nothing_heavy() -> None:
    code = """
        import sys
        from verifiers import registry
        registry.jobs(), registry.settings()
        heavy = {"torch", "numpy", "onnxruntime", "zxcvbn", "flask", "sqlalchemy"}
        print(sorted(heavy & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
