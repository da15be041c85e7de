from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.errors import DeviceError
from hardware.script import Command, Line, Script, parse


def test_reads_commands_and_skips_comments_and_blank_lines() -> None:
    text = "# first visit\n\nSCAN a b.wav\n  RETRY too quiet\nERROR busy\nUNPLUG\n"
    assert parse(text) == [
        Line(Command.SCAN, "a b.wav"),
        Line(Command.RETRY, "too quiet"),
        Line(Command.ERROR, "busy"),
        Line(Command.UNPLUG),
    ]


@pytest.mark.parametrize("bad", ["PLAY a.wav", "scan a.wav", "SCAN", "SCANa.wav"])
def test_names_the_line_that_is_not_a_command(bad: str) -> None:
    with pytest.raises(DeviceError) as error:
        parse(f"UNPLUG\n{bad}")
    assert "Line 2 of" in str(error.value.public)


def test_plays_one_line_a_capture_and_starts_again_after_the_last(
    script: Callable[..., Path],
) -> None:
    played = Script(script("RETRY one", "RETRY two"))
    assert [played.next().words for _ in range(3)] == ["one", "two", "one"]


def test_unplug_lasts_until_the_file_changes(script: Callable[..., Path]) -> None:
    played = Script(script("UNPLUG", "RETRY never reached"))
    assert played.plugged()
    assert played.next().command is Command.UNPLUG
    assert not played.plugged()
    with pytest.raises(DeviceError, match="unplugged"):
        played.next()
    script("RETRY back again")
    assert played.plugged()
    assert played.next().words == "back again"


def test_an_empty_script_is_no_device(script: Callable[..., Path]) -> None:
    assert not Script(script("# nothing yet")).plugged()


def test_a_missing_script_is_told_to_the_operator(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="No such file"):
        Script(tmp_path / "absent").plugged()


def test_a_binary_script_is_told_to_the_operator(tmp_path: Path) -> None:
    (tmp_path / "script").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeviceError, match="decode"):
        Script(tmp_path / "script").plugged()
