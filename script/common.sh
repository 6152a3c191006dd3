# Shared by the scripts: where the project lies, and what a machine must have. Sourced, never run.
ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$ROOT" || exit 1
PY="$ROOT/.venv/bin/python"

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# Install Debian packages that are missing; without the right to do so, print the exact line.
need_packages() {
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    command -v apt-get >/dev/null 2>&1 || die "Please install these packages first:$missing"
    if [ "$(id -u)" = 0 ]; then SUDO=""; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then SUDO="sudo"; else
        die "Please run: sudo apt-get update && sudo apt-get install -y$missing"
    fi
    say "Installing system packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    { $SUDO apt-get update -qq && $SUDO apt-get install -y -qq --no-install-recommends $missing; } >/tmp/ieum-apt.$$ 2>&1 ||
        { cat /tmp/ieum-apt.$$ >&2; rm -f /tmp/ieum-apt.$$; die "The packages could not be installed:$missing"; }
    rm -f /tmp/ieum-apt.$$
}

# The virtual environment with the locked dependencies; rebuilt when the lock or the interpreter changed.
need_environment() {
    command -v python3 >/dev/null 2>&1 || die "python3 is not installed"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "Python 3.11 or newer is needed"
    stamp=$(cat constraints.txt setup.cfg pyproject.toml | sha256sum | cut -d' ' -f1)
    [ -x "$PY" ] && [ "$(cat .venv/stamp 2>/dev/null)" = "$stamp" ] && "$PY" -c 'import backoffice' 2>/dev/null && return 0
    say "Preparing .venv with the locked dependencies (once)"
    [ -x "$PY" ] || python3 -m venv .venv || die "python3 -m venv failed; is python3-venv installed?"
    "$PY" -m pip install -q --disable-pip-version-check --require-hashes -r constraints.txt || die "The locked dependencies could not be installed"
    "$PY" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . || die "The project itself could not be installed"
    printf '%s' "$stamp" >.venv/stamp
}
