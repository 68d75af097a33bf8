#!/bin/sh
# Makes .venv from a lock file: requirements.lock has what runs the portal, requirements-dev.lock also
# what tests it. Asks nothing; says clearly what is missing.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
LOCK=${1:-requirements.lock}

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "The portal needs Python 3.11 or newer; found: $("$PYTHON" --version 2>&1)" >&2
    exit 1
}
if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    else
        echo "Python's venv module is missing. As root: apt-get install python3-venv" >&2
        exit 1
    fi
fi
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
echo "Installing what $LOCK names ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$LOCK"
touch .venv/ready
