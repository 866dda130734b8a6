/* The binary interface of the Checkpoint Service as the kit knows it: written from the published facts, both layouts side by side,
 * and on purpose without our library's own headers, so that an error there cannot hide here. */
#ifndef KIT_AIS_H
#define KIT_AIS_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t SaUint8T;
typedef uint16_t SaUint16T;
typedef uint32_t SaUint32T;
typedef uint64_t SaUint64T;
typedef int64_t SaInt64T;
typedef int64_t SaTimeT; /* nanoseconds */
typedef uint64_t SaSizeT;
typedef uint64_t SaOffsetT;
typedef uint64_t SaInvocationT;
typedef uint64_t SaSelectionObjectT;
typedef uint64_t SaCkptHandleT;
typedef uint64_t SaCkptCheckpointHandleT;
typedef uint64_t SaCkptSectionIterationHandleT;

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
    SA_AIS_ERR_SECURITY = 100
} SaAisErrorT;

#define SA_MAX_NAME_LENGTH 256

typedef struct {
    SaUint16T length;
    SaUint8T value[SA_MAX_NAME_LENGTH];
} SaNameT;

typedef struct {
    SaUint8T releaseCode;
    SaUint8T majorVersion;
    SaUint8T minorVersion;
} SaVersionT;

typedef enum { SA_DISPATCH_ONE = 1, SA_DISPATCH_ALL = 2, SA_DISPATCH_BLOCKING = 3 } SaDispatchFlagsT;

#define SA_TIME_END INT64_MAX
#define SA_TIME_MAX INT64_MAX
#define SA_TIME_BEGIN ((SaTimeT)0)
#define SA_TIME_UNKNOWN INT64_MIN
#define SA_TIME_ONE_MICROSECOND ((SaTimeT)1000)
#define SA_TIME_ONE_MILLISECOND ((SaTimeT)1000000)
#define SA_TIME_ONE_SECOND ((SaTimeT)1000000000)
#define SA_TIME_ONE_MINUTE ((SaTimeT)60000000000)

#define SA_CKPT_WR_ALL_REPLICAS 0x1u
#define SA_CKPT_WR_ACTIVE_REPLICA 0x2u
#define SA_CKPT_WR_ACTIVE_REPLICA_WEAK 0x4u
#define SA_CKPT_CHECKPOINT_COLLOCATED 0x8u
typedef SaUint32T SaCkptCheckpointCreationFlagsT;

#define SA_CKPT_CHECKPOINT_READ 0x1u
#define SA_CKPT_CHECKPOINT_WRITE 0x2u
#define SA_CKPT_CHECKPOINT_CREATE 0x4u
typedef SaUint32T SaCkptCheckpointOpenFlagsT;

typedef struct {
    SaCkptCheckpointCreationFlagsT creationFlags;
    SaSizeT checkpointSize;
    SaTimeT retentionDuration;
    SaUint32T maxSections;
    SaSizeT maxSectionSize;
    SaSizeT maxSectionIdSize;
} SaCkptCheckpointCreationAttributesT;

typedef struct {
    SaUint16T idLen;
    SaUint8T *id;
} SaCkptSectionIdT;

#define SA_CKPT_DEFAULT_SECTION_ID {0, NULL}
#define SA_CKPT_GENERATED_SECTION_ID {0, NULL}

typedef struct {
    SaCkptSectionIdT *sectionId;
    SaTimeT expirationTime;
} SaCkptSectionCreationAttributesT;

typedef enum { SA_CKPT_SECTION_VALID = 1, SA_CKPT_SECTION_CORRUPTED = 2 } SaCkptSectionStateT;

typedef struct {
    SaCkptSectionIdT sectionId;
    SaTimeT expirationTime;
    SaSizeT sectionSize;
    SaCkptSectionStateT sectionState;
    SaTimeT lastUpdate;
} SaCkptSectionDescriptorT;

typedef enum {
    SA_CKPT_SECTIONS_FOREVER = 1,
    SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME = 2,
    SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME = 3,
    SA_CKPT_SECTIONS_CORRUPTED = 4,
    SA_CKPT_SECTIONS_ANY = 5
} SaCkptSectionsChosenT;

typedef struct {
    SaCkptSectionIdT sectionId;
    void *dataBuffer;
    SaSizeT dataSize;
    SaOffsetT dataOffset;
    SaSizeT readSize;
} SaCkptIOVectorElementT;

/* The one structure on which the two families differ; version negotiation cannot tell them apart, the soname does. */
typedef struct {
    SaCkptCheckpointCreationAttributesT checkpointCreationAttributes;
    SaUint32T numberOfSections;
    SaSizeT memoryUsed;
} SaCkptCheckpointDescriptorStandardT;

typedef struct {
    SaCkptCheckpointCreationAttributesT checkpointCreationAttributes;
    SaUint32T numberOfSections;
    SaUint32T memoryUsed;
} SaCkptCheckpointDescriptorOpenaisT;

typedef void (*SaCkptCheckpointOpenCallbackT)(SaInvocationT, SaCkptCheckpointHandleT, SaAisErrorT);
typedef void (*SaCkptCheckpointSynchronizeCallbackT)(SaInvocationT, SaAisErrorT);
typedef void (*SaCkptCheckpointTrackCallbackT)(SaCkptCheckpointHandleT, SaCkptIOVectorElementT *, SaUint32T);
/* The private form of the arrival registration: the handle that is told, the vector that was written and its length. */
typedef void (*ncsCkptCkptArrivalCallback)(SaCkptCheckpointHandleT, SaCkptIOVectorElementT *, SaUint32T);

typedef struct {
    SaCkptCheckpointOpenCallbackT saCkptCheckpointOpenCallback;
    SaCkptCheckpointSynchronizeCallbackT saCkptCheckpointSynchronizeCallback;
} SaCkptCallbacksT;

typedef struct {
    SaCkptCheckpointOpenCallbackT saCkptCheckpointOpenCallback;
    SaCkptCheckpointSynchronizeCallbackT saCkptCheckpointSynchronizeCallback;
    SaCkptCheckpointTrackCallbackT saCkptCheckpointTrackCallback;
} SaCkptCallbacksT_2;

/* X(name without "saCkpt", parameters, argument names): the calls that are alike in both families and in every version. */
#define KIT_COMMON_CALLS(X)                                                                                                              \
    X(Initialize, (SaCkptHandleT *a, const SaCkptCallbacksT *b, SaVersionT *c), (a, b, c))                                               \
    X(SelectionObjectGet, (SaCkptHandleT a, SaSelectionObjectT *b), (a, b))                                                              \
    X(Dispatch, (SaCkptHandleT a, SaDispatchFlagsT b), (a, b))                                                                           \
    X(Finalize, (SaCkptHandleT a), (a))                                                                                                  \
    X(CheckpointOpen,                                                                                                                    \
      (SaCkptHandleT a, const SaNameT *b, const SaCkptCheckpointCreationAttributesT *c, SaCkptCheckpointOpenFlagsT d, SaTimeT e,         \
       SaCkptCheckpointHandleT *f),                                                                                                      \
      (a, b, c, d, e, f))                                                                                                                \
    X(CheckpointOpenAsync,                                                                                                               \
      (SaCkptHandleT a, SaInvocationT b, const SaNameT *c, const SaCkptCheckpointCreationAttributesT *d, SaCkptCheckpointOpenFlagsT e),  \
      (a, b, c, d, e))                                                                                                                   \
    X(CheckpointClose, (SaCkptCheckpointHandleT a), (a))                                                                                 \
    X(CheckpointUnlink, (SaCkptHandleT a, const SaNameT *b), (a, b))                                                                     \
    X(CheckpointRetentionDurationSet, (SaCkptCheckpointHandleT a, SaTimeT b), (a, b))                                                    \
    X(ActiveReplicaSet, (SaCkptCheckpointHandleT a), (a))                                                                                \
    X(CheckpointStatusGet, (SaCkptCheckpointHandleT a, void *b), (a, b))                                                                 \
    X(SectionDelete, (SaCkptCheckpointHandleT a, const SaCkptSectionIdT *b), (a, b))                                                     \
    X(SectionExpirationTimeSet, (SaCkptCheckpointHandleT a, const SaCkptSectionIdT *b, SaTimeT c), (a, b, c))                            \
    X(SectionIterationInitialize,                                                                                                        \
      (SaCkptCheckpointHandleT a, SaCkptSectionsChosenT b, SaTimeT c, SaCkptSectionIterationHandleT *d), (a, b, c, d))                   \
    X(SectionIterationNext, (SaCkptSectionIterationHandleT a, SaCkptSectionDescriptorT *b), (a, b))                                      \
    X(SectionIterationFinalize, (SaCkptSectionIterationHandleT a), (a))                                                                  \
    X(CheckpointWrite, (SaCkptCheckpointHandleT a, const SaCkptIOVectorElementT *b, SaUint32T c, SaUint32T *d), (a, b, c, d))            \
    X(SectionOverwrite, (SaCkptCheckpointHandleT a, const SaCkptSectionIdT *b, const void *c, SaSizeT d), (a, b, c, d))                  \
    X(CheckpointRead, (SaCkptCheckpointHandleT a, SaCkptIOVectorElementT *b, SaUint32T c, SaUint32T *d), (a, b, c, d))                   \
    X(CheckpointSynchronize, (SaCkptCheckpointHandleT a, SaTimeT b), (a, b))                                                             \
    X(CheckpointSynchronizeAsync, (SaCkptCheckpointHandleT a, SaInvocationT b), (a, b))

/* What only B.2 libraries, or only those of the OpenSAF family, have. */
#define KIT_EXTRA_CALLS(X)                                                                                                               \
    X(SectionIdFree, (SaCkptCheckpointHandleT a, SaUint8T *b), (a, b))                                                                   \
    X(IOVectorElementDataFree, (SaCkptCheckpointHandleT a, void *b), (a, b))                                                             \
    X(Initialize_2, (SaCkptHandleT *a, const SaCkptCallbacksT_2 *b, SaVersionT *c), (a, b, c))                                           \
    X(Track, (SaCkptHandleT a), (a))                                                                                                     \
    X(TrackStop, (SaCkptHandleT a), (a))                                                                                                 \
    X(CheckpointTrack, (SaCkptCheckpointHandleT a), (a))                                                                                 \
    X(CheckpointTrackStop, (SaCkptCheckpointHandleT a), (a))

typedef SaAisErrorT (*SaCkptSectionCreateStandardFn)(SaCkptCheckpointHandleT, SaCkptSectionCreationAttributesT *, const void *, SaSizeT);
typedef SaAisErrorT (*SaCkptSectionCreateOpenaisFn)(SaCkptCheckpointHandleT, SaCkptSectionCreationAttributesT *, const void *, SaUint32T);
typedef SaAisErrorT (*NcsCkptRegisterFn)(SaCkptHandleT, ncsCkptCkptArrivalCallback);
typedef void (*SaAisNameLendFn)(const char *, SaNameT *);
typedef const char *(*SaAisNameBorrowFn)(const SaNameT *);

#endif
