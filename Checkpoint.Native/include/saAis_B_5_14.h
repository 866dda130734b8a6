/*
 * The types, constants and error codes that all SA Forum AIS services share, as of B.05.14.
 */
/* The guard that this family's other headers (saAmf.h, saNtf.h) have in their own saAis.h: whichever comes first serves both. */
#ifndef _SA_AIS_H
#define _SA_AIS_H

#ifdef AIS_TYPES_H_DEFINED
#error "<saAis.h> and <openais/saAis.h> belong to different libraries: include one of them"
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef char SaInt8T;
typedef short SaInt16T;
typedef int SaInt32T;
typedef long long SaInt64T;
typedef unsigned char SaUint8T;
typedef unsigned short SaUint16T;
typedef unsigned int SaUint32T;
typedef unsigned long long SaUint64T;
typedef float SaFloatT;
typedef double SaDoubleT;
typedef char *SaStringT;
typedef const char *SaConstStringT;

typedef enum { SA_FALSE = 0, SA_TRUE = 1 } SaBoolT;

/* Nanoseconds: a duration, or a time since 1970 UTC. */
typedef SaInt64T SaTimeT;

typedef SaUint64T SaSizeT;
typedef SaUint64T SaOffsetT;
typedef SaUint64T SaInvocationT;
typedef SaUint64T SaSelectionObjectT;

#define SA_TIME_END ((SaTimeT)0x7FFFFFFFFFFFFFFFLL)
#define SA_TIME_MAX SA_TIME_END
#define SA_TIME_BEGIN 0x0LL
#define SA_TIME_UNKNOWN ((SaTimeT)(-SA_TIME_MAX - 1))

#define SA_TIME_ONE_MICROSECOND 1000LL
#define SA_TIME_ONE_MILLISECOND 1000000LL
#define SA_TIME_ONE_SECOND 1000000000LL
#define SA_TIME_ONE_MINUTE 60000000000LL
#define SA_TIME_ONE_HOUR 3600000000000LL
#define SA_TIME_ONE_DAY 86400000000000LL

#define SA_TRACK_CURRENT 0x01
#define SA_TRACK_CHANGES 0x02
#define SA_TRACK_CHANGES_ONLY 0x04
#define SA_TRACK_LOCAL 0x08
#define SA_TRACK_START_STEP 0x10
#define SA_TRACK_VALIDATE_STEP 0x20

/* No handle of any service. */
#define SA_HANDLE_INVALID 0x0ULL

#define SA_MAX_NAME_LENGTH 256

#define SA_MAX_UNEXTENDED_NAME_LENGTH 256

/*
 * With SA_EXTENDED_NAME_SOURCE a name may also refer to a longer text: it is then written by saAisNameLend and read by
 * saAisNameBorrow, and only works when the environment has SA_ENABLE_EXTENDED_NAMES=1. Size and alignment are the same.
 */
#ifdef SA_EXTENDED_NAME_SOURCE
typedef struct {
    SaUint16T _opaque[129];
} SaNameT;
#else
/* length counts the bytes of value, which carries no terminating NUL. */
typedef struct {
    SaUint16T length;
    SaUint8T value[SA_MAX_NAME_LENGTH];
} SaNameT;
#endif

typedef struct {
    SaUint8T releaseCode;
    SaUint8T majorVersion;
    SaUint8T minorVersion;
} SaVersionT;

typedef enum {
    SA_DISPATCH_ONE = 1,
    SA_DISPATCH_ALL = 2,
    SA_DISPATCH_BLOCKING = 3
} SaDispatchFlagsT;

typedef enum {
    SA_AIS_OK = 1,
    SA_AIS_ERR_LIBRARY = 2,
    SA_AIS_ERR_VERSION = 3,
    SA_AIS_ERR_INIT = 4,
    SA_AIS_ERR_TIMEOUT = 5,
    SA_AIS_ERR_TRY_AGAIN = 6,
    SA_AIS_ERR_INVALID_PARAM = 7,
    SA_AIS_ERR_NO_MEMORY = 8,
    SA_AIS_ERR_BAD_HANDLE = 9,
    SA_AIS_ERR_BUSY = 10,
    SA_AIS_ERR_ACCESS = 11,
    SA_AIS_ERR_NOT_EXIST = 12,
    SA_AIS_ERR_NAME_TOO_LONG = 13,
    SA_AIS_ERR_EXIST = 14,
    SA_AIS_ERR_NO_SPACE = 15,
    SA_AIS_ERR_INTERRUPT = 16,
    SA_AIS_ERR_NAME_NOT_FOUND = 17,
    SA_AIS_ERR_NO_RESOURCES = 18,
    SA_AIS_ERR_NOT_SUPPORTED = 19,
    SA_AIS_ERR_BAD_OPERATION = 20,
    SA_AIS_ERR_FAILED_OPERATION = 21,
    SA_AIS_ERR_MESSAGE_ERROR = 22,
    SA_AIS_ERR_QUEUE_FULL = 23,
    SA_AIS_ERR_QUEUE_NOT_AVAILABLE = 24,
    SA_AIS_ERR_BAD_FLAGS = 25,
    SA_AIS_ERR_TOO_BIG = 26,
    SA_AIS_ERR_NO_SECTIONS = 27,
    SA_AIS_ERR_NO_OP = 28,
    SA_AIS_ERR_REPAIR_PENDING = 29,
    SA_AIS_ERR_NO_BINDINGS = 30,
    SA_AIS_ERR_UNAVAILABLE = 31,
    SA_AIS_ERR_CAMPAIGN_ERROR_DETECTED = 32,
    SA_AIS_ERR_CAMPAIGN_PROC_FAILED = 33,
    SA_AIS_ERR_CAMPAIGN_CANCELED = 34,
    SA_AIS_ERR_CAMPAIGN_FAILED = 35,
    SA_AIS_ERR_CAMPAIGN_SUSPENDED = 36,
    SA_AIS_ERR_CAMPAIGN_SUSPENDING = 37,
    SA_AIS_ERR_ACCESS_DENIED = 38,
    SA_AIS_ERR_NOT_READY = 39,
    SA_AIS_ERR_DEPLOYMENT = 40
} SaAisErrorT;

typedef enum {
    SA_SVC_HPI = 1,
    SA_SVC_AMF = 2,
    SA_SVC_CLM = 3,
    SA_SVC_CKPT = 4,
    SA_SVC_EVT = 5,
    SA_SVC_MSG = 6,
    SA_SVC_LCK = 7,
    SA_SVC_IMMS = 8,
    SA_SVC_LOG = 9,
    SA_SCV_LOG = SA_SVC_LOG, /* As the Forum spelled it. */
    SA_SVC_NTF = 10,
    SA_SVC_NAM = 11,
    SA_SVC_TMR = 12,
    SA_SVC_SMF = 13,
    SA_SVC_SEC = 14,
    SA_SVC_PLM = 15
} SaServicesT;

typedef struct {
    SaSizeT bufferSize;
    SaUint8T *bufferAddr;
} SaAnyT;

typedef union {
    SaInt64T int64Value;
    SaUint64T uint64Value;
    SaTimeT timeValue;
    SaFloatT floatValue;
    SaDoubleT doubleValue;
} SaLimitValueT;

/* Makes name refer to value, a text that the caller keeps as long as the name is used; a short one is copied. */
extern void saAisNameLend(SaConstStringT value, SaNameT *name);

/* The text of a name: its own bytes, or the text that was lent to it. Valid as long as both. */
extern SaConstStringT saAisNameBorrow(const SaNameT *name);

/*
 * saNtf.h has this one too. C before C11 warns of a type that is defined twice, unless one of them stands in a system header, which the
 * rest of this file is from here.
 */
#ifdef __GNUC__
#pragma GCC system_header
#endif
typedef SaUint64T SaNtfIdentifierT;

#ifdef __cplusplus
}
#endif

#endif
