# Sourced by train, test and check: a virtual environment with protonet in it.
#
#     environment [extra]     makes $venv ready; quick when nothing has changed
#
# PYTHON names the interpreter to make it with.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

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
    echo "no Python 3.10 or newer (with venv) among: ${candidates[*]}: install one, or name it in PYTHON" >&2
    return 1
}

environment() {
    local extra=${1:-} stamp state python
    # Also remade when it was left half finished, or its Python is gone.
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        echo "making $venv" >&2
        "$python" -m venv --clear "$venv"
    fi
    stamp=$venv/.installed${extra:+-$extra}
    state="$root $(cksum <"$root/pyproject.toml")"
    if [[ ! -f $stamp || $(<"$stamp") != "$state" ]]; then
        echo "installing protonet${extra:+[$extra]} into $venv" >&2
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
            --editable "$root${extra:+[$extra]}" >&2
        echo "$state" >"$stamp"
    fi
}
