/*
 * The older form of tracking: one callback for updates of whatever is opened through a library handle, with any version.
 */
#ifndef CPSV_PAPI_H
#define CPSV_PAPI_H

#include <saCkpt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The vector and what it points to end with the callback; dataBuffer is NULL. */
typedef void (*ncsCkptCkptArrivalCallbackT)(
    const SaCkptCheckpointHandleT checkpointHandle, SaCkptIOVectorElementT *ioVector, SaUint32T numberOfElements);

extern SaAisErrorT ncsCkptRegisterCkptArrivalCallback(
    SaCkptHandleT ckptHandle, ncsCkptCkptArrivalCallbackT ckptArrivalCallback);

#ifdef __cplusplus
}
#endif

#endif
