#!/usr/bin/env bash
# Installs the clients written in JavaScript that the tests drive, exactly as locked: clients.sh
set -euo pipefail
cd "$(dirname "$0")/../tests/clients/node"

[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
if ! command -v npm >/dev/null; then
    echo "There is no npm; the tests of clients written in JavaScript are left out." >&2
    exit 0
fi
echo "Installing the clients that the tests drive ..."
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
