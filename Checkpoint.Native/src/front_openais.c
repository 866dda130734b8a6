/*
 * libSaCkpt.so.3: the binary interface of openais (B.01.01).
 */
#define CKPT_FRONT_OPENAIS

#include "front.h"

const struct flavour flavour = {
    .major = 1, .minor = 1, .profile = PROFILE_OPENAIS, .extended_names = false, .read_sets_data_size = true};

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
    /* 32 bits in this interface: what does not fit is shown as the most that does. */
    out->memoryUsed = status.bytes > UINT32_MAX ? UINT32_MAX : (SaUint32T)status.bytes;
    return SA_AIS_OK;
}

EXPORTED SaAisErrorT saCkptCheckpointStatusGet(SaCkptCheckpointHandleT checkpointHandle, SaCkptCheckpointDescriptorT *checkpointStatus)
{
    WITHOUT_CANCELLATION(status_get(checkpointHandle, checkpointStatus));
}

/* The size has 32 bits: programs leave anything in the upper half of the register. */
EXPORTED SaAisErrorT saCkptSectionCreate(
    SaCkptCheckpointHandleT checkpointHandle, SaCkptSectionCreationAttributesT *sectionCreationAttributes, const void *initialData,
    SaUint32T initialDataSize)
{
    WITHOUT_CANCELLATION(ckpt_section_create(checkpointHandle, sectionCreationAttributes, initialData, initialDataSize));
}
