#!/bin/sh
# Bundles the Parquet reader of the published page into dashboards/assets/hyparquet.js.
#
#   scripts/build-dashboard.sh           build and replace the committed bundle
#   scripts/build-dashboard.sh --check   build, and fail if the committed bundle differs
#
# Needs Node.js 20 or newer with npm. The page itself has no build step: everything else under
# dashboards/ is served as it stands. The work happens in a scratch directory.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
mode=${1:-build}
case $mode in
    build | --check) ;;
    *)
        echo "usage: scripts/build-dashboard.sh [--check]" >&2
        exit 2
        ;;
esac
command -v npm >/dev/null 2>&1 || {
    echo "build-dashboard: npm is missing" >&2
    echo "hint: install Node.js 20 or newer (Debian: apt-get install nodejs npm)" >&2
    exit 2
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -R "$root/dashboards/package.json" "$root/dashboards/package-lock.json" "$root/dashboards/bundle" "$scratch/"
mkdir "$scratch/assets"
cd "$scratch"
# Without install scripts: nothing that is fetched gets to run before it is looked at.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
node bundle/build.mjs assets

for file in hyparquet.js LICENSES.txt; do
    if [ "$mode" = --check ]; then
        cmp "assets/$file" "$root/dashboards/assets/$file" || {
            echo "hint: run scripts/build-dashboard.sh and commit dashboards/assets/$file" >&2
            exit 1
        }
    else
        cp "assets/$file" "$root/dashboards/assets/$file"
    fi
done
