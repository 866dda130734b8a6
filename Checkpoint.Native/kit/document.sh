#!/usr/bin/env bash
# Prints docs/CONFORMANCE.md from the kit's own list:  Checkpoint.Native/kit/document.sh > docs/CONFORMANCE.md
set -euo pipefail
cd "$(dirname "$0")/.."
cat <<'TEXT'
# Conformance

The cases that `./checkpoint conformance --lib PATH` tries on any vendor's `libSaCkpt.so`, and the rule that each holds it to. Class S is
one process, P several processes of one node, N several nodes. *Remarks* say why a case is not run, or what it needs. A *vacuous* case is
one that a library would pass which answers `SA_AIS_ERR_NOT_SUPPORTED` to everything.

Printed by `Checkpoint.Native/kit/document.sh`; a test holds it to the kit's list.

TEXT
exec build/conformance --list
