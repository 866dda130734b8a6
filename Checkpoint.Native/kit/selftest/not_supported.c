/* A libSaCkpt that is of no use: every function answers NOT_SUPPORTED. What the kit passes against it proves nothing (self-test.sh).
 * With -DCRASH Initialize dies, with -DHANG it never returns. */
#include <unistd.h>

#define NOT_SUPPORTED 19

static int useless(void) {
#ifdef CRASH
    volatile int *nowhere = 0;
    return *nowhere;
#endif
#ifdef HANG
    for (;;)
        pause();
#endif
    return NOT_SUPPORTED;
}

#define FUNCTION(name)                                                                                                                   \
    int name(void);                                                                                                                      \
    int name(void) {                                                                                                                     \
        return useless();                                                                                                                \
    }

FUNCTION(saCkptInitialize)
FUNCTION(saCkptSelectionObjectGet)
FUNCTION(saCkptDispatch)
FUNCTION(saCkptFinalize)
FUNCTION(saCkptCheckpointOpen)
FUNCTION(saCkptCheckpointOpenAsync)
FUNCTION(saCkptCheckpointClose)
FUNCTION(saCkptCheckpointUnlink)
FUNCTION(saCkptCheckpointRetentionDurationSet)
FUNCTION(saCkptActiveReplicaSet)
FUNCTION(saCkptCheckpointStatusGet)
FUNCTION(saCkptSectionCreate)
FUNCTION(saCkptSectionDelete)
FUNCTION(saCkptSectionExpirationTimeSet)
FUNCTION(saCkptSectionIterationInitialize)
FUNCTION(saCkptSectionIterationNext)
FUNCTION(saCkptSectionIterationFinalize)
FUNCTION(saCkptCheckpointWrite)
FUNCTION(saCkptSectionOverwrite)
FUNCTION(saCkptCheckpointRead)
FUNCTION(saCkptCheckpointSynchronize)
FUNCTION(saCkptCheckpointSynchronizeAsync)
#ifndef B1
FUNCTION(saCkptSectionIdFree)
FUNCTION(saCkptIOVectorElementDataFree)
FUNCTION(saCkptInitialize_2)
FUNCTION(saCkptTrack)
FUNCTION(saCkptTrackStop)
FUNCTION(saCkptCheckpointTrack)
FUNCTION(saCkptCheckpointTrackStop)
FUNCTION(ncsCkptRegisterCkptArrivalCallback)

void saAisNameLend(const char *text, void *name);
void saAisNameLend(const char *text, void *name) {
    (void)text;
    (void)name;
}

const char *saAisNameBorrow(const void *name);
const char *saAisNameBorrow(const void *name) {
    (void)name;
    return "";
}
#endif
