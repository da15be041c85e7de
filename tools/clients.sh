#!/usr/bin/env bash
# Installs the clients written in JavaScript that the tests drive, exactly as locked: clients.sh
set -euo pipefail
cd "$(dirname "$0")/../tests/clients/node"

[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
echo "Installing the clients that the tests drive ..."
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    echo "They are not there: their tests are left out, and fail where CI=true." >&2
