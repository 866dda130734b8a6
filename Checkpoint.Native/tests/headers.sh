#!/usr/bin/env bash
# Programs include our headers beside those of other services from other vendors: small ones are compiled, not linked. The foreign headers are
# stand-ins written here from what is known of the real ones: the guards they look for and the names they take from saAis.h.
# Each program in every order and language that programs use. Prints one line a check; exit code 0 when all hold.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
check() { # what command...
  local what=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    echo "ok    $what"
  else
    echo "FAIL  $what"
    sed 's/^/      /; 12q' "$work/log"
    failed=1
  fi
}

languages=("gcc -x c -std=c11 -Wpedantic" "gcc -x c -std=c99 -pedantic")
command -v g++ >/dev/null && languages+=("g++ -x c++ -std=c++11 -Wpedantic" "g++ -x c++ -std=c++17 -pedantic")

# program WHAT FLAGS < text: in each language, without a warning.
program() {
  local language
  cat >"$work/program"
  for language in "${languages[@]}"; do
    # shellcheck disable=SC2086 # Flags are words.
    check "$1, $language" $language -Wall -Wextra -Werror -fsyntax-only -I"$work" $2 "$work/program"
  done
}

# The B.5.14 family of another vendor: its saAis.h, and two services whose headers include it. NTF defines its identifier itself.
mkdir "$work/saf" "$work/openais_vendor"
cat >"$work/saf/saAis.h" <<'END'
#ifndef _SA_AIS_H
#define _SA_AIS_H
typedef char SaInt8T;
typedef short SaInt16T;
typedef int SaInt32T;
typedef long long SaInt64T;
typedef unsigned char SaUint8T;
typedef unsigned short SaUint16T;
typedef unsigned int SaUint32T;
typedef unsigned long long SaUint64T;
typedef SaInt64T SaTimeT;
typedef SaUint64T SaSizeT;
typedef SaUint64T SaOffsetT;
typedef SaUint64T SaInvocationT;
typedef SaUint64T SaSelectionObjectT;
typedef const char *SaConstStringT;
typedef enum { SA_FALSE = 0, SA_TRUE = 1 } SaBoolT;
typedef struct { SaUint16T length; SaUint8T value[256]; } SaNameT;
typedef struct { SaUint8T releaseCode, majorVersion, minorVersion; } SaVersionT;
typedef enum { SA_DISPATCH_ONE = 1, SA_DISPATCH_ALL = 2, SA_DISPATCH_BLOCKING = 3 } SaDispatchFlagsT;
typedef enum { SA_AIS_OK = 1, SA_AIS_ERR_TRY_AGAIN = 6 } SaAisErrorT;
typedef union { SaInt64T int64Value; SaUint64T uint64Value; } SaLimitValueT;
enum { SA_SCV_LOG = 9, SA_SVC_NTF = 10 };
#define SA_TRACK_LOCAL 0x08
#define SA_TRACK_START_STEP 0x10
#define SA_TRACK_VALIDATE_STEP 0x20
#endif
END
cat >"$work/saf/saNtf.h" <<'END'
#ifndef _SA_NTF_H
#define _SA_NTF_H
#include "saAis.h"
typedef SaUint64T SaNtfIdentifierT;
typedef struct { SaNtfIdentifierT rootCorrelationId; } SaNtfCorrelationIdsT;
#endif
END
cat >"$work/saf/saAmf.h" <<'END'
#ifndef _SA_AMF_H
#define _SA_AMF_H
#include "saAis.h"
#include "saNtf.h"
typedef SaUint64T SaAmfHandleT;
static const int foreignLogService = SA_SCV_LOG;
enum { FOREIGN_STEPS = SA_TRACK_LOCAL | SA_TRACK_START_STEP | SA_TRACK_VALIDATE_STEP };
extern SaAisErrorT saAmfComponentErrorReport(
    SaAmfHandleT handle, const SaNameT *component, SaTimeT time, SaLimitValueT limit, SaNtfIdentifierT notification);
static inline int foreignUse(void) { return foreignLogService + FOREIGN_STEPS; }
#endif
END
# The checkpoint header of that family: the guard is what counts, and that it brings the names.
cat >"$work/saf/saCkpt_other.h" <<'END'
#include "saAis.h"
#ifndef _SA_CKPT_H
#define _SA_CKPT_H
typedef SaUint64T SaCkptHandleT;
typedef enum { SA_CKPT_CHECKPOINT_STATUS = 1 } SaCkptStateT;
typedef struct { SaUint16T idLen; SaUint8T *id; } SaCkptSectionIdT;
typedef struct { SaCkptSectionIdT sectionId; } SaCkptIOVectorElementT;
typedef SaUint64T SaCkptCheckpointHandleT;
typedef void (*SaCkptCheckpointOpenCallbackT)(SaInvocationT, SaCkptCheckpointHandleT, SaAisErrorT);
typedef void (*SaCkptCheckpointSynchronizeCallbackT)(SaInvocationT, SaAisErrorT);
#endif
END
# Tracking stands in a header of its own there.
cat >"$work/saf/saCkpt_tracking.h" <<'END'
#include <saf/saCkpt_other.h>
#ifndef _SA_CKPT_B_02_03_H
#define _SA_CKPT_B_02_03_H
typedef struct { void *saCkptCheckpointTrackCallback; } SaCkptCallbacksT_2;
#endif
END
cat >"$work/use_amf.h" <<'END'
static inline SaAisErrorT use(SaAmfHandleT amf, SaCkptHandleT ckpt, const SaNameT *name)
{
    SaLimitValueT limit;
    limit.uint64Value = ckpt;
    return foreignUse() ? saAmfComponentErrorReport(amf, name, 0, limit, 0) : SA_AIS_ERR_TRY_AGAIN;
}
END

program "a foreign saAmf.h before <saCkpt.h>" "-Iinclude" <<'END'
#include <saf/saAmf.h>
#include <saCkpt.h>
#include <use_amf.h>
END
program "<saCkpt.h> before a foreign saAmf.h" "-Iinclude" <<'END'
#include <saCkpt.h>
#include <saf/saAmf.h>
#include <use_amf.h>
END
program "a foreign saCkpt.h with tracking before ours" "-Iinclude" <<'END'
#include <saf/saCkpt_tracking.h>
#include <saCkpt.h>
static inline SaCkptCallbacksT_2 *use(SaCkptCallbacksT_2 *callbacks) { return callbacks; }
END
program "a foreign saCkpt.h without tracking before ours, which has it" "-Iinclude" <<'END'
#include <saf/saCkpt_other.h>
#include <opensaf/cpsv_papi.h>
static inline SaAisErrorT use(SaCkptHandleT handle) { return saCkptTrack(handle); }
END
program "<saCkpt.h> before a foreign one" "-Iinclude" <<'END'
#include <saCkpt.h>
#include <saf/saCkpt_tracking.h>
static inline SaCkptCallbacksT_2 *use(SaCkptCallbacksT_2 *callbacks) { return callbacks; }
END

# openais: its saAis.h, and a service whose header expects that its program has included it.
cat >"$work/openais_vendor/saAis.h" <<'END'
#ifndef AIS_TYPES_H_DEFINED
#define AIS_TYPES_H_DEFINED
#include <stdint.h>
typedef int8_t SaInt8T;
typedef int16_t SaInt16T;
typedef int32_t SaInt32T;
typedef int64_t SaInt64T;
typedef uint8_t SaUint8T;
typedef uint16_t SaUint16T;
typedef uint32_t SaUint32T;
typedef uint64_t SaUint64T;
typedef SaInt64T SaTimeT;
typedef SaUint64T SaSizeT;
typedef SaUint64T SaOffsetT;
typedef SaUint64T SaInvocationT;
typedef SaUint64T SaSelectionObjectT;
typedef SaUint64T SaNtfIdentifierT;
typedef enum { SA_FALSE = 0, SA_TRUE = 1 } SaBoolT;
typedef struct { SaUint16T length; unsigned char value[256]; } SaNameT;
typedef struct { unsigned char releaseCode, majorVersion, minorVersion; } SaVersionT;
typedef enum { SA_DISPATCH_ONE = 1, SA_DISPATCH_ALL = 2, SA_DISPATCH_BLOCKING = 3 } SaDispatchFlagsT;
typedef enum { SA_AIS_OK = 1, SA_AIS_ERR_TRY_AGAIN = 6 } SaAisErrorT;
typedef union { SaInt64T int64Value; SaUint64T uint64Value; } SaLimitValueT;
#define SA_HANDLE_INVALID 0x0ull
#define SA_TRACK_LOCAL 0x08
#define SA_TRACK_START_STEP 0x10
#define SA_TRACK_VALIDATE_STEP 0x20
enum { SA_SCV_LOG = 9 };
#endif
END
sed '/#include/d' "$work/saf/saAmf.h" >"$work/openais_vendor/saAmf.h"

program "openais' own saAis.h and a foreign saAmf.h before <openais/saCkpt.h>" "-Iinclude" <<'END'
#include <openais_vendor/saAis.h>
#include <openais_vendor/saAmf.h>
#include <openais/saCkpt.h>
#include <use_amf.h>
END
program "<openais/saCkpt.h> before openais' own saAis.h and a foreign saAmf.h" "-Iinclude" <<'END'
#include <openais/saCkpt.h>
#include <openais_vendor/saAis.h>
#include <openais_vendor/saAmf.h>
#include <use_amf.h>
END
program "<openais/saAis.h> and <openais/saCkpt.h>, as its programs include them, bring <stdint.h>" "-Iinclude" <<'END'
#include <openais/saAis.h>
#include <openais/saCkpt.h>
static inline uint64_t *use(SaUint64T *number) { uint8_t byte = UINT8_MAX; *number += byte; return number; }
static inline int64_t *useTime(SaTimeT *time) { return time; }
static inline int32_t *useInt(SaInt32T *number) { return number; }
END

# What other services' headers and programs take from both families.
for family in . openais; do
  program "the shared names of <$family/saCkpt.h>" "-Iinclude" <<END
#include <$family/saAis.h>
#include <$family/saCkpt.h>
#if SA_HANDLE_INVALID != 0 || SA_TRACK_LOCAL != 8 || SA_TRACK_START_STEP != 16 || SA_TRACK_VALIDATE_STEP != 32
#error "a constant of its own"
#endif
static inline unsigned use(SaLimitValueT limit, SaNtfIdentifierT notification, SaCkptStateT state, SaAnyT any)
{
    return (unsigned)(limit.floatValue > 0 ? notification : any.bufferSize) + (state == SA_CKPT_CHECKPOINT_STATUS)
        + SA_CKPT_SECTION_RESOURCES_EXHAUSTED + SA_SVC_HPI + SA_SVC_AMF + SA_SVC_CLM + SA_SVC_CKPT + SA_SVC_EVT + SA_SVC_MSG + SA_SVC_LCK
        + SA_SVC_IMMS + SA_SCV_LOG + SA_SVC_LOG + SA_SVC_NTF + SA_SVC_NAM + SA_SVC_TMR + SA_SVC_SMF + SA_SVC_SEC + SA_SVC_PLM;
}
END
done

# Two layouts of one name are a fault that no linker sees: it has to be told when compiled, in either order, also with a vendor's own header.
refused() { # what include include
  printf '#include <%s>\n#include <%s>\n' "$2" "$3" >"$work/program"
  if gcc -x c -fsyntax-only -I"$work" -Iinclude "$work/program" >"$work/said" 2>&1; then
    echo "FAIL  $1: compiles"
    failed=1
  else
    check "$1: said so" grep -q 'belong to different libraries' "$work/said"
  fi
}
refused "both families' headers" saCkpt.h openais/saCkpt.h
refused "both families' headers, the other first" openais/saCkpt.h saCkpt.h
refused "a foreign saCkpt.h and <openais/saCkpt.h>" saf/saCkpt_other.h openais/saCkpt.h
exit "$failed"
