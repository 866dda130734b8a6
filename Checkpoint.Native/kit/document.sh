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

## Order of checks that our library does not copy

The standard fixes no order. Where OpenSAF or openais look at something else first, profiles opensaf and openais follow them in all that comes
before the checkpoint is asked. Decided against is what comes after the open mode: the library knows sizes and flags, the host's session knows ids,
kinds and sections, and only the orderer knows whether there is an active replica and room. To ask the orderer first would cost a round trip for
calls that are wrong in themselves. It shows only where a call is wrong in two ways at once, and the code is one that the function may answer:

- SectionCreate: OpenSAF looks at the active replica before the data size, openais at NO_SPACE and at the default section (EXIST) before any size.
  Ours: sizes and id length, active replica, EXIST, NO_SPACE (profile openais: NO_SPACE instead of EXIST). OpenSAF's 40 MB, before the handle, are
  no limit here.
- SectionDelete, SectionExpirationTimeSet: both look at the active replica before they refuse another id beside the default section; ours after it.
- Write: OpenSAF looks at the elements' own sizes, the open mode, the active replica, the rest of the elements; openais at the active replica before
  sizes. Ours: elements (profile opensaf: their own sizes before the open mode), then the active replica.
- Read: both look at the active replica before sizes, openais also at the section. Ours: sizes, active replica, sections, offsets.

## Cases

TEXT
exec build/conformance --list
