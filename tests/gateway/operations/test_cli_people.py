"""The commands that bring people in, as operators use them, and an import that is killed."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from tests.gateway.conftest import PASSWORD
from tests.waiting import until

PEOPLE = 500
HASH = "$pbkdf2-sha256$1000$SYnRes855xwDYOxdi3EupQ$dCMd0G5IjAnDSy35s9lyTcJ1Zxxd8TUaf5IcJDOCeGU"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))

    def run(*arguments: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    return run


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_wrong_lines_are_skipped_and_reported(run: Run, tmp_path: Path) -> None:
    file, report = tmp_path / "people.csv", tmp_path / "skipped.jsonl"
    rows = ["username,password", f"ann,{PASSWORD}", "ben,short", f"ann,{PASSWORD}", "zoe,"]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    done = run("user", "import", str(file), "--report", str(report), "--json")
    assert printed(done) == {"imported": 2, "skipped": 2}
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(each["line"], each["username"]) for each in told] == [(3, "ben"), (4, "ann")]
    assert "at least 8" in told[0]["reason"]
    assert report.stat().st_mode & 0o077 == 0
    assert PASSWORD not in report.read_text() + done.output


def test_without_a_report_the_first_few_are_shown(run: Run) -> None:
    lines = "".join('{"username": "ann"}\n' for _ in range(9))
    done = run("user", "import", "-", stdin=lines)
    assert "Line 2: There is an account of this name already.\n" in done.stderr
    assert "Line 6: " in done.stderr
    assert "Line 7: " not in done.stderr
    assert "--report" in done.stderr
    assert done.stdout.split() == ["imported", "1", "skipped", "8"]


def test_bytes_that_are_no_text_are_skipped(run: Run) -> None:
    done = run("user", "import", "-", "--json", stdin=b'{"username": "a\xff"}\n{"username": "b"}\n')
    assert printed(done) == {"imported": 1, "skipped": 1}
    assert "UTF-8" in done.stderr


def test_an_unknown_column_ends_an_import(run: Run) -> None:
    done = run("user", "import", "-", stdin="name,mail\nann,ann@example.org\n")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: Column name is not known.")


def test_a_report_that_cannot_be_written_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere" / "report")
    done = run("user", "import", "-", "--report", nowhere, stdin='{"username": "ann"}\n')
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    assert printed(run("user", "list", "--json")) == []


def test_an_invitation_is_printed_and_sent(run: Run) -> None:
    made = printed(run("user", "invite", "ann", "--email", "ann@example.org", "--send", "--json"))
    assert made["link"].startswith("http://localhost:8080/enroll/ticket#")
    assert [user["username"] for user in printed(run("user", "list", "--json"))] == ["ann"]
    again = run("user", "invite", "ann", "--email", "eve@example.net")
    assert (again.exit_code, "another address" in again.stderr) == (1, True)


def test_a_wrong_address_is_told_in_one_line(run: Run) -> None:
    done = run("user", "add", "ann", "--email", "nowhere")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: email: ")


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_whole_people_and_goes_on(run: Run, tmp_path: Path) -> None:
    run("migrate")
    file = tmp_path / "people.csv"
    rows = [f"person{n},person{n}@example.org,{HASH}\n" for n in range(PEOPLE)]
    file.write_text("username,email,password_hash\n" + "".join(rows))
    for count in (PEOPLE // 2, PEOPLE - 1):
        killed("username,email,password_hash\n" + "".join(rows[:count]), tmp_path)
    assert 0 < whole(tmp_path) < PEOPLE
    done = printed(run("user", "import", str(file), "--report", str(tmp_path / "r"), "--json"))
    assert done["imported"] + done["skipped"] == PEOPLE
    assert whole(tmp_path) == PEOPLE


def killed(given: str, folder: Path) -> None:
    """Kill an import, which waits for more lines in the end, after it has written something."""
    before = whole(folder)
    command = [sys.executable, "-m", "gateway.cli", "user", "import", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdin
        process.stdin.write(given)
        process.stdin.flush()
        until(lambda: whole(folder) > before)
        process.kill()


def whole(folder: Path) -> int:
    """Count the people; each has an address and a password, and the key that opens both."""
    database, keystore = folder / "data/gatehouse.db", folder / "data/keystore.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("ATTACH ? AS keystore", (str(keystore),))
        people = connection.execute(
            "SELECT count(c.id), count(DISTINCT c.factor), count(DISTINCT k.subject_id)"
            " FROM accounts a LEFT JOIN credentials c ON c.account_id = a.id"
            " LEFT JOIN keystore.subject_keys k ON k.subject_id = a.id GROUP BY a.id"
        ).fetchall()
    assert set(people) <= {(2, 2, 1)}
    return len(people)
