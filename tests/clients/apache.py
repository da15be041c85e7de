"""An Apache with mod_auth_openidc in front of a page, on a port of this machine."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.parts import missing, program
from tests.waiting import PATIENCE, until

MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http")

SERVER = """
ServerName localhost
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel warn
Mutex sem
User nobody
Group nogroup
StartServers 1
Listen 127.0.0.1:{port}
{modules}

ProxyPass /callback !
ProxyPass / {page}/
{directives}
"""


@contextmanager
def serving(folder: Path, port: int, page: str, directives: str) -> Iterator[str]:
    """Serve a page through Apache with these directives; yield Apache's origin."""
    apache = program("apache2")
    if not (MODULES / "mod_auth_openidc.so").exists():
        missing("Apache has no mod_auth_openidc")
    modules = "\n".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in (*LOADED, "auth_openidc")
    )
    config = folder / "apache.conf"
    config.write_text(
        SERVER.format(folder=folder, port=port, page=page, modules=modules, directives=directives)
    )
    with subprocess.Popen([apache, "-f", str(config), "-D", "FOREGROUND"]) as process:
        try:
            wait_for(port, process, folder / "error.log")
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody answers."""

    def listens() -> bool:
        assert process.poll() is None, log.exists() and log.read_text()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        return False

    until(listens)
