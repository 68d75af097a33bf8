#!/bin/sh
# Compares what requirements-dev.lock names with the known vulnerabilities. It needs the network: for
# pip-audit, which is kept apart from the portal's own libraries, and for the list itself.
set -eu
cd "$(dirname "$0")/.."
HOME_OF_IT=.cache/audit
if [ ! -x $HOME_OF_IT/bin/pip-audit ]; then
    .venv/bin/python -m venv $HOME_OF_IT
    $HOME_OF_IT/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit~=2.9' || {
        echo "pip-audit could not be fetched: run this on a machine that reaches a package index." >&2
        exit 1
    }
fi
# --strict: a library that could not be looked up is a failure, not a pass.
exec $HOME_OF_IT/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes \
    --requirement requirements-dev.lock
