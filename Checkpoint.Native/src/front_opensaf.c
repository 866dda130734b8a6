/*
 * libSaCkpt.so.1: the binary interface of OpenSAF (B.02.02 with the tracking extension B.02.03).
 */
#include <opensaf/cpsv_papi.h>

#include "front.h"
#include "name.h"

const struct flavour flavour = {
    .major = 2, .minor = 3, .profile = PROFILE_OPENSAF, .extended_names = true, .read_sets_data_size = false};

EXPORTED SaAisErrorT saCkptInitialize_2(SaCkptHandleT *ckptHandle, const SaCkptCallbacksT_2 *callbacks, SaVersionT *version)
{
    struct functions functions = {0};
    if (callbacks != NULL) {
        functions.open = callbacks->saCkptCheckpointOpenCallback;
        functions.synchronize = callbacks->saCkptCheckpointSynchronizeCallback;
        functions.track = callbacks->saCkptCheckpointTrackCallback;
    }
    WITHOUT_CANCELLATION(ckpt_initialize(ckptHandle, &functions, version, 3));
}

static SaAisErrorT status_get(SaCkptCheckpointHandleT handle, SaCkptCheckpointDescriptorT *out)
{
    struct status status;
    if (out == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = ckpt_status_get(handle, &status);
    if (error != SA_AIS_OK)
        return error;
    ckpt_write_attributes(&status.attributes, &out->checkpointCreationAttributes);
    out->numberOfSections = status.sections;
    out->memoryUsed = status.bytes;
    return SA_AIS_OK;
}

EXPORTED SaAisErrorT saCkptCheckpointStatusGet(SaCkptCheckpointHandleT checkpointHandle, SaCkptCheckpointDescriptorT *checkpointStatus)
{
    WITHOUT_CANCELLATION(status_get(checkpointHandle, checkpointStatus));
}

EXPORTED SaAisErrorT saCkptSectionCreate(
    SaCkptCheckpointHandleT checkpointHandle, SaCkptSectionCreationAttributesT *sectionCreationAttributes, const void *initialData,
    SaSizeT initialDataSize)
{
    WITHOUT_CANCELLATION(ckpt_section_create(checkpointHandle, sectionCreationAttributes, initialData, initialDataSize));
}

EXPORTED SaAisErrorT saCkptSectionIdFree(SaCkptCheckpointHandleT checkpointHandle, SaUint8T *id)
{
    WITHOUT_CANCELLATION(ckpt_section_id_free(checkpointHandle, id));
}

EXPORTED SaAisErrorT saCkptIOVectorElementDataFree(SaCkptCheckpointHandleT checkpointHandle, void *data)
{
    WITHOUT_CANCELLATION(ckpt_data_free(checkpointHandle, data));
}

EXPORTED SaAisErrorT saCkptTrack(SaCkptHandleT ckptHandle)
{
    WITHOUT_CANCELLATION(ckpt_track(ckptHandle, true));
}

EXPORTED SaAisErrorT saCkptTrackStop(SaCkptHandleT ckptHandle)
{
    WITHOUT_CANCELLATION(ckpt_track(ckptHandle, false));
}

EXPORTED SaAisErrorT saCkptCheckpointTrack(SaCkptCheckpointHandleT checkpointHandle)
{
    (void)checkpointHandle;
    return SA_AIS_ERR_NOT_SUPPORTED;
}

EXPORTED SaAisErrorT saCkptCheckpointTrackStop(SaCkptCheckpointHandleT checkpointHandle)
{
    (void)checkpointHandle;
    return SA_AIS_ERR_NOT_SUPPORTED;
}

EXPORTED SaAisErrorT ncsCkptRegisterCkptArrivalCallback(SaCkptHandleT ckptHandle, ncsCkptCkptArrivalCallbackT ckptArrivalCallback)
{
    WITHOUT_CANCELLATION(ckpt_arrival_register(ckptHandle, ckptArrivalCallback));
}

/* Weak: other libraries of the SA Forum family define these two as well. */
__attribute__((weak)) EXPORTED void saAisNameLend(SaConstStringT value, SaNameT *name)
{
    name_lend(value, name);
}

__attribute__((weak)) EXPORTED SaConstStringT saAisNameBorrow(const SaNameT *name)
{
    return name_borrow(name);
}
