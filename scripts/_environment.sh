# Sourced by train, test and check: a virtual environment with protonet in it.
#
#     environment [extra]     makes $venv ready; quick when nothing has changed
#
# PYTHON names the interpreter to make it with.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

find_python() {
    local candidates=(python3 python3.13 python3.12 python3.11 python3.10) candidate
    if [[ -n ${PYTHON:-} ]]; then
        candidates=("$PYTHON")
    fi
    for candidate in "${candidates[@]}"; do
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' \
            2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.10 or newer (with venv) among: ${candidates[*]}: install one, or name it in PYTHON"
}

environment() {
    local extra=${1:-} stamp state
    stamp=$venv/.installed${extra:+-$extra}
    state="$root $(cat "$root/pyproject.toml" "$root/setup.py" | cksum)"
    if [[ ! -f $stamp || $(<"$stamp") != "$state" ]] || ! imported >/dev/null; then
        [[ -w $root ]] || fail "$root cannot be written to: copy it to a folder of your own and" \
            "start it there, or 'pip install protonet-caffe'"
        make_venv
        install "$extra"
        echo "$state" >"$stamp"
    fi
    check_imported
}

# Also anew when it was left half made, or its Python is gone.
make_venv() {
    local python said
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python)
    echo "making $venv" >&2
    trap 'rm -rf "$venv"; interrupted' INT TERM
    said=$("$python" -m venv --clear "$venv" 2>&1) || fail "$venv could not be made: ${said##*$'\n'}"
    trap - INT TERM
}

install() { # extra
    local extra=${1:-} again=()
    # Whoever stopped the last time may have left a package half copied.
    [[ ! -f $venv/.installing ]] || again=(--force-reinstall)
    echo "installing protonet${extra:+, extra '$extra',} and what it needs into $venv" >&2
    trap interrupted INT TERM
    touch "$venv/.installing"
    # A distribution `protonet` is somebody else's, or this one under its first name.
    pip uninstall --yes protonet >/dev/null 2>&1 || true
    pip install --retries 2 "${again[@]}" --editable "$root${extra:+[$extra]}" 2>&1 |
        tee "$venv/pip.log" | progress || fail "$(why_pip_failed)"
    rm "$venv/.installing"
    trap - INT TERM
}

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check "$@"
}

interrupted() {
    trap - INT TERM
    echo "${0##*/}: interrupted while setting up: start it again to go on" >&2
    exit 130
}

# One line a package, of all that pip says.
progress() {
    local line
    while read -r line; do
        case $line in
            Collecting* | Downloading* | Installing*) echo "  $line" >&2 ;;
        esac
    done
}

why_pip_failed() {
    local log=$venv/pip.log error='^ *([A-Za-z.]*Error|ERROR): '
    if grep -q 'No space left' "$log"; then
        echo "the disk is full: make room and start it again"
    elif grep -Eq 'ConnectionError|Timeout|ProxyError|SSLError|NameResolution' "$log"; then
        echo "the package index cannot be reached: start it again with a network, or have pip" \
            "take files from a folder: PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER"
    else
        echo "pip failed: $(grep -E "$error" "$log" | tail -n 1) (all of it is in $log)"
    fi
}

# The file that `import protonet` would load in the environment; nothing of it is run.
imported() {
    "$venv/bin/python" -c 'import importlib.util, sys
sys.path = [folder for folder in sys.path if folder]  # but for the current one
spec = importlib.util.find_spec("protonet")
sys.exit(1) if spec is None else print(spec.origin)' 2>/dev/null
}

check_imported() {
    local found remedy
    found=$(imported) || found=nothing
    [[ ! $found -ef $root/protonet/__init__.py ]] || return 0
    remedy="remove $venv and start it again"
    if [[ $found != nothing ]]; then
        [[ -z ${PYTHONPATH:-} ]] || remedy="unset PYTHONPATH ($PYTHONPATH)"
        found="another project, $found"
    fi
    fail "'import protonet' finds $found: $remedy"
}
