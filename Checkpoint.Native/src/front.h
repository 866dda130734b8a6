/*
 * The functions that both binary interfaces share, defined here once for the front that includes this. A call cannot be cancelled in the
 * middle: the thread's locks would be lost. So cancellation waits until the call is done.
 */
#ifndef CKPT_FRONT_H
#define CKPT_FRONT_H

#include <pthread.h>

#include "core.h"

#define EXPORTED __attribute__((visibility("default")))

#define WITHOUT_CANCELLATION(call)                                  \
    do {                                                            \
        int cancel_state;                                           \
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state); \
        SaAisErrorT outcome = (call);                               \
        pthread_setcancelstate(cancel_state, NULL);                 \
        return outcome;                                             \
    } while (0)

EXPORTED SaAisErrorT saCkptInitialize(SaCkptHandleT *ckptHandle, const SaCkptCallbacksT *callbacks, SaVersionT *version)
{
    struct functions functions = {0};
    if (callbacks != NULL) {
        functions.open = callbacks->saCkptCheckpointOpenCallback;
        functions.synchronize = callbacks->saCkptCheckpointSynchronizeCallback;
    }
    WITHOUT_CANCELLATION(ckpt_initialize(ckptHandle, &functions, version, 0));
}

EXPORTED SaAisErrorT saCkptSelectionObjectGet(SaCkptHandleT ckptHandle, SaSelectionObjectT *selectionObject)
{
    WITHOUT_CANCELLATION(ckpt_selection_object_get(ckptHandle, selectionObject));
}

EXPORTED SaAisErrorT saCkptDispatch(SaCkptHandleT ckptHandle, SaDispatchFlagsT dispatchFlags)
{
    WITHOUT_CANCELLATION(ckpt_dispatch(ckptHandle, dispatchFlags, cancel_state));
}

EXPORTED SaAisErrorT saCkptFinalize(SaCkptHandleT ckptHandle)
{
    WITHOUT_CANCELLATION(ckpt_finalize(ckptHandle));
}

EXPORTED SaAisErrorT saCkptCheckpointOpen(
    SaCkptHandleT ckptHandle, const SaNameT *checkpointName, const SaCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    SaCkptCheckpointOpenFlagsT checkpointOpenFlags, SaTimeT timeout, SaCkptCheckpointHandleT *checkpointHandle)
{
    WITHOUT_CANCELLATION(
        ckpt_open(ckptHandle, checkpointName, checkpointCreationAttributes, checkpointOpenFlags, timeout, checkpointHandle));
}

EXPORTED SaAisErrorT saCkptCheckpointOpenAsync(
    SaCkptHandleT ckptHandle, SaInvocationT invocation, const SaNameT *checkpointName,
    const SaCkptCheckpointCreationAttributesT *checkpointCreationAttributes, SaCkptCheckpointOpenFlagsT checkpointOpenFlags)
{
    WITHOUT_CANCELLATION(ckpt_open_async(ckptHandle, invocation, checkpointName, checkpointCreationAttributes, checkpointOpenFlags));
}

EXPORTED SaAisErrorT saCkptCheckpointClose(SaCkptCheckpointHandleT checkpointHandle)
{
    WITHOUT_CANCELLATION(ckpt_close(checkpointHandle));
}

EXPORTED SaAisErrorT saCkptCheckpointUnlink(SaCkptHandleT ckptHandle, const SaNameT *checkpointName)
{
    WITHOUT_CANCELLATION(ckpt_unlink(ckptHandle, checkpointName));
}

EXPORTED SaAisErrorT saCkptCheckpointRetentionDurationSet(SaCkptCheckpointHandleT checkpointHandle, SaTimeT retentionDuration)
{
    WITHOUT_CANCELLATION(ckpt_retention_duration_set(checkpointHandle, retentionDuration));
}

EXPORTED SaAisErrorT saCkptActiveReplicaSet(SaCkptCheckpointHandleT checkpointHandle)
{
    WITHOUT_CANCELLATION(ckpt_active_replica_set(checkpointHandle));
}

EXPORTED SaAisErrorT saCkptSectionDelete(SaCkptCheckpointHandleT checkpointHandle, const SaCkptSectionIdT *sectionId)
{
    WITHOUT_CANCELLATION(ckpt_section_delete(checkpointHandle, sectionId));
}

EXPORTED SaAisErrorT saCkptSectionExpirationTimeSet(
    SaCkptCheckpointHandleT checkpointHandle, const SaCkptSectionIdT *sectionId, SaTimeT expirationTime)
{
    WITHOUT_CANCELLATION(ckpt_section_expiration_time_set(checkpointHandle, sectionId, expirationTime));
}

EXPORTED SaAisErrorT saCkptSectionIterationInitialize(
    SaCkptCheckpointHandleT checkpointHandle, SaCkptSectionsChosenT sectionsChosen, SaTimeT expirationTime,
    SaCkptSectionIterationHandleT *sectionIterationHandle)
{
    WITHOUT_CANCELLATION(ckpt_iteration_initialize(checkpointHandle, sectionsChosen, expirationTime, sectionIterationHandle));
}

EXPORTED SaAisErrorT saCkptSectionIterationNext(
    SaCkptSectionIterationHandleT sectionIterationHandle, SaCkptSectionDescriptorT *sectionDescriptor)
{
    WITHOUT_CANCELLATION(ckpt_iteration_next(sectionIterationHandle, sectionDescriptor));
}

EXPORTED SaAisErrorT saCkptSectionIterationFinalize(SaCkptSectionIterationHandleT sectionIterationHandle)
{
    WITHOUT_CANCELLATION(ckpt_iteration_finalize(sectionIterationHandle));
}

EXPORTED SaAisErrorT saCkptCheckpointWrite(
    SaCkptCheckpointHandleT checkpointHandle, const SaCkptIOVectorElementT *ioVector, SaUint32T numberOfElements,
    SaUint32T *erroneousVectorIndex)
{
    WITHOUT_CANCELLATION(ckpt_write(checkpointHandle, ioVector, numberOfElements, erroneousVectorIndex));
}

EXPORTED SaAisErrorT saCkptSectionOverwrite(
    SaCkptCheckpointHandleT checkpointHandle, const SaCkptSectionIdT *sectionId, const void *dataBuffer, SaSizeT dataSize)
{
    WITHOUT_CANCELLATION(ckpt_overwrite(checkpointHandle, sectionId, dataBuffer, dataSize));
}

EXPORTED SaAisErrorT saCkptCheckpointRead(
    SaCkptCheckpointHandleT checkpointHandle, SaCkptIOVectorElementT *ioVector, SaUint32T numberOfElements, SaUint32T *erroneousVectorIndex)
{
    WITHOUT_CANCELLATION(ckpt_read(checkpointHandle, ioVector, numberOfElements, erroneousVectorIndex));
}

EXPORTED SaAisErrorT saCkptCheckpointSynchronize(SaCkptCheckpointHandleT checkpointHandle, SaTimeT timeout)
{
    WITHOUT_CANCELLATION(ckpt_synchronize(checkpointHandle, timeout));
}

EXPORTED SaAisErrorT saCkptCheckpointSynchronizeAsync(SaCkptCheckpointHandleT checkpointHandle, SaInvocationT invocation)
{
    WITHOUT_CANCELLATION(ckpt_synchronize_async(checkpointHandle, invocation));
}

#endif
