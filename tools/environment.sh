#!/usr/bin/env bash
# Installs Gatehouse with one of its extras into a virtual environment: environment.sh FOLDER EXTRA
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1 extra=$2

suits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if suits "$name"; then
            echo "$name"
            return
        fi
    done
    echo "Gatehouse needs Python 3.11 or newer with venv; on Debian or Ubuntu: apt-get install python3-venv" >&2
    return 1
}

if [ ! -x "$folder/bin/pip" ]; then
    python=$(find_python)
    echo "Making $folder with $("$python" --version) ..."
    "$python" -m venv "$folder"
fi
echo "Installing Gatehouse and what it needs; the first time takes a few minutes ..."
"$folder/bin/pip" install --disable-pip-version-check --progress-bar on --editable ".[$extra]"
