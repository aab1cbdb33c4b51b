#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test there is. The last line reads: N passed, N failed, N skipped.
#   ./test.sh           everything
# Large files have 1,600 MiB and the memory test moves 8 GiB: some 15 GiB of free disk are needed. With less:
#   CIAOS_TEST_LARGE_MIB=64 CIAOS_TEST_SLOW=0 ./test.sh
# 5,000 seeds of the simulation are run (docs/testing.md), one in five of those that speak S3. With fewer:
#   CIAOS_TEST_SEEDS=200 ./test.sh
set -uo pipefail
cd "$(dirname "$0")"

passed=0 failed=0 skipped=0
results=$(mktemp -d)
postgres=""

finish() {
    [ -n "$postgres" ] && as_postgres "$pg_bin/pg_ctl" -D "$postgres/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$results" ${postgres:+"$postgres"}
}
trap finish EXIT

step() { printf '\n== %s\n' "$*"; }

as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

install_missing() {
    local missing=()
    /usr/bin/python3 -c 'import requests' 2>/dev/null || missing+=(python3-requests)
    /usr/bin/python3 -c 'import flatbuffers' 2>/dev/null || missing+=(python3-flatbuffers)
    /usr/bin/python3 -c 'import pytest' 2>/dev/null || missing+=(python3-pytest)
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
    /usr/bin/python3 -c 'import boto3' 2>/dev/null || missing+=(python3-boto3)
    [ -x /usr/bin/aws ] || missing+=(awscli)
    local client
    for client in s3cmd rclone restic; do
        command -v $client >/dev/null || missing+=("$client")
    done
    command -v promtool >/dev/null || missing+=(prometheus)
    /usr/bin/python3 -c 'import yaml' 2>/dev/null || missing+=(python3-yaml)
    command -v npm >/dev/null || missing+=(nodejs npm)
    /usr/bin/python3 -c 'import tqdm' 2>/dev/null || missing+=(python3-tqdm)
    command -v mypy >/dev/null || missing+=(mypy)
    [ -d /usr/lib/python3/dist-packages/requests-stubs ] || missing+=(python3-typeshed)
    command -v openssl >/dev/null || missing+=(openssl)
    local module
    for module in pip setuptools wheel fsspec pandas torch; do
        /usr/bin/python3 -c "import $module" 2>/dev/null || missing+=("python3-$module")
    done
    command -v systemd-analyze >/dev/null || missing+=(systemd)
    [ ${#missing[@]} = 0 ] && return 0
    step "Installing ${missing[*]}"
    local sudo=""
    [ "$(id -u)" = 0 ] || sudo=sudo
    # What is only recommended of them is half a desktop.
    $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The SQL contract suites run on PostgreSQL too: on a server of our own, on loopback, in a temporary folder.
start_postgres() {
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
    postgres=$(mktemp -d)
    chmod 755 "$postgres"
    [ "$(id -u)" = 0 ] && chown postgres "$postgres"
    local port
    port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    as_postgres "$pg_bin/initdb" -D "$postgres/data" -U ciaos -A trust >/dev/null &&
        as_postgres "$pg_bin/pg_ctl" -D "$postgres/data" -l "$postgres/log" -w \
            -o "-c listen_addresses=127.0.0.1 -p $port -k $postgres -c fsync=off" start >/dev/null &&
        export CIAOS_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=ciaos;Database=postgres"
}

# Adds up the "N passed, N failed, N skipped" that a test runner's own summary in file $1 tells.
count() {
    local p f s
    p=$(grep -oiE '(passed: *[0-9]+|[0-9]+ passed)' "$1" | tail -1 | grep -oE '[0-9]+')
    f=$(grep -oiE '(failed: *[0-9]+|[0-9]+ (failed|error))' "$1" | tail -1 | grep -oE '[0-9]+')
    s=$(grep -oiE '(skipped: *[0-9]+|[0-9]+ skipped)' "$1" | tail -1 | grep -oE '[0-9]+')
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
    [ "${p:-0}" -gt 0 ]
}

# Runs a suite; a runner that fails without counting a failed test is a failure all the same.
suite() {
    local name=$1 before=$failed status
    shift
    step "$name"
    "$@" 2>&1 | tee "$results/out"
    status=${PIPESTATUS[0]}
    count "$results/out" || status=1
    if [ "$status" != 0 ] && [ "$failed" = "$before" ]; then failed=$((failed + 1)); fi
}

total() {
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ]
}

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"; exit 1; }
install_missing || { echo "Installing failed"; exit 1; }

step "Getting the S3 clients in JavaScript"
(cd tests/s3/js && npm ci --no-audit --no-fund --loglevel=error) || { echo "npm ci failed"; failed=1; total; exit 1; }

step "Building"
dotnet build Ciaos.sln -c Release -nologo -v quiet || { failed=1; total; exit 1; }

step "Checking the format"
dotnet format whitespace Ciaos.sln --no-restore --verify-no-changes || failed=$((failed + 1))

start_postgres || { echo "PostgreSQL did not start"; failed=$((failed + 1)); }
suite "Specs" dotnet test Ciaos.Specs -c Release --no-build -nologo
suite "Simulation" dotnet test Ciaos.Simulation -c Release --no-build -nologo
seeds=${CIAOS_TEST_SEEDS:-5000}
suite "Simulated nodes, from seeds" \
    ./ciaos-sim --from 1 --count $((seeds - seeds / 5)) --steps 80 --no-shrink --keep-going
suite "Simulated nodes that speak S3, from seeds" \
    ./ciaos-sim --from 1000000000 --count $((seeds / 5)) --steps 80 --no-shrink --keep-going
export CIAOS_TEST_LARGE_MIB=${CIAOS_TEST_LARGE_MIB:-1600} CIAOS_TEST_SLOW=${CIAOS_TEST_SLOW:-1}
# A proxy's certificates are none of the node's: some clients would believe only those.
unset AWS_CA_BUNDLE
suite "The native API and S3, as clients use them" \
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --basetemp "$results/pytest" tests
suite "The Python package" \
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --basetemp "$results/python" clients/python/tests

total
