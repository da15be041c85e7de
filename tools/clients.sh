#!/usr/bin/env bash
# Installs what the tests drive that is written in JavaScript, exactly as locked: clients.sh
set -euo pipefail
cd "$(dirname "$0")/../tests/clients/node"

[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
echo "Installing the JavaScript that the tests drive ..."
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    echo "It is not there: its tests are left out, and fail where CI=true." >&2
