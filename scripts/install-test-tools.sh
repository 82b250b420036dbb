#!/usr/bin/env bash
# Installs what the tests need beside Rust, and nothing that is there already:
#   - Chromium and its driver, with which the tests open the dashboard (Debian packages; needs root or sudo);
#   - a Python environment in $LUMBUNG_TOOLS/venv, with which the tests read released files as analysts do.
# Where something is missing and cannot be installed, it says what, and ends with 1. Run again, it needs no network.
# LUMBUNG_WITHOUT_BROWSER=1 leaves the browser out, and the tests that need one.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${LUMBUNG_TOOLS:-${CARGO_TARGET_DIR:-target}/tools}

missing_packages() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        echo chromium
    command -v chromedriver >/dev/null || echo chromium-driver
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

install_packages() {
    local packages=("$@")
    local by_hand="apt-get install ${packages[*]}"
    if ! command -v apt-get >/dev/null; then
        echo "missing: ${packages[*]}, and this system has no apt-get. Install Chromium and chromedriver," >&2
        echo "or set LUMBUNG_WITHOUT_BROWSER=1 to leave out the tests that open the dashboard." >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
        echo "missing: ${packages[*]}. As root, run: $by_hand" >&2
        echo "or set LUMBUNG_WITHOUT_BROWSER=1 to leave out the tests that open the dashboard." >&2
        return 1
    fi
    echo "installing ${packages[*]}" >&2
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2
}

if [ "${LUMBUNG_WITHOUT_BROWSER:-0}" != 1 ]; then
    mapfile -t packages < <(missing_packages)
    if [ "${#packages[@]}" -gt 0 ]; then
        install_packages "${packages[@]}"
    fi
fi

scripts/python-venv.sh "$tools/venv" scripts/requirements-test.txt
