/*
 * The service as both fronts offer it. Every function checks its arguments in the order of ais-ckpt 1.3; none is a cancellation point,
 * except the idle wait of ckpt_dispatch and the callbacks themselves.
 */
#ifndef CKPT_CORE_H
#define CKPT_CORE_H

#include <stdbool.h>

#include "ais.h"
#include "client.h"
#include "message.h"

/* The lowest minor that is accepted, for Initialize_2; the version is written back with OK and VERSION alone. */
SaAisErrorT ckpt_initialize(SaCkptHandleT *out, const struct functions *functions, SaVersionT *version, SaUint8T minor_min);
SaAisErrorT ckpt_selection_object_get(SaCkptHandleT handle, SaSelectionObjectT *out);

/* The program's state of cancellation is in force while its callbacks run and while nothing else happens. */
SaAisErrorT ckpt_dispatch(SaCkptHandleT handle, SaDispatchFlagsT flags, int cancel_state);
SaAisErrorT ckpt_finalize(SaCkptHandleT handle);

SaAisErrorT ckpt_open(
    SaCkptHandleT handle, const SaNameT *name, const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointOpenFlagsT flags,
    SaTimeT timeout, SaCkptCheckpointHandleT *out);
SaAisErrorT ckpt_open_async(
    SaCkptHandleT handle, SaInvocationT invocation, const SaNameT *name, const SaCkptCheckpointCreationAttributesT *attributes,
    SaCkptCheckpointOpenFlagsT flags);
SaAisErrorT ckpt_close(SaCkptCheckpointHandleT handle);
SaAisErrorT ckpt_unlink(SaCkptHandleT handle, const SaNameT *name);
SaAisErrorT ckpt_retention_duration_set(SaCkptCheckpointHandleT handle, SaTimeT duration);
SaAisErrorT ckpt_active_replica_set(SaCkptCheckpointHandleT handle);

/* The descriptors of the two binary interfaces differ: the front writes it. */
SaAisErrorT ckpt_status_get(SaCkptCheckpointHandleT handle, struct status *status);
void ckpt_write_attributes(const struct attributes *from, SaCkptCheckpointCreationAttributesT *to);

SaAisErrorT ckpt_section_create(
    SaCkptCheckpointHandleT handle, SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size);
SaAisErrorT ckpt_section_delete(SaCkptCheckpointHandleT handle, const SaCkptSectionIdT *id);
SaAisErrorT ckpt_section_expiration_time_set(SaCkptCheckpointHandleT handle, const SaCkptSectionIdT *id, SaTimeT time);
SaAisErrorT ckpt_iteration_initialize(
    SaCkptCheckpointHandleT handle, SaCkptSectionsChosenT chosen, SaTimeT time, SaCkptSectionIterationHandleT *out);
SaAisErrorT ckpt_iteration_next(SaCkptSectionIterationHandleT handle, SaCkptSectionDescriptorT *out);
SaAisErrorT ckpt_iteration_finalize(SaCkptSectionIterationHandleT handle);

SaAisErrorT ckpt_write(SaCkptCheckpointHandleT handle, const SaCkptIOVectorElementT *vector, SaUint32T count, SaUint32T *index);
SaAisErrorT ckpt_overwrite(SaCkptCheckpointHandleT handle, const SaCkptSectionIdT *id, const void *data, SaSizeT size);
SaAisErrorT ckpt_read(SaCkptCheckpointHandleT handle, SaCkptIOVectorElementT *vector, SaUint32T count, SaUint32T *index);
SaAisErrorT ckpt_synchronize(SaCkptCheckpointHandleT handle, SaTimeT timeout);
SaAisErrorT ckpt_synchronize_async(SaCkptCheckpointHandleT handle, SaInvocationT invocation);

SaAisErrorT ckpt_section_id_free(SaCkptCheckpointHandleT handle, SaUint8T *id);
SaAisErrorT ckpt_data_free(SaCkptCheckpointHandleT handle, void *data);
SaAisErrorT ckpt_track(SaCkptHandleT handle, bool on);
SaAisErrorT ckpt_arrival_register(SaCkptHandleT handle, arrival_function function);

/* For calls of one checkpoint handle: the limit of data calls grows with the data. */
int64_t ckpt_data_limit(const struct client *client, uint64_t bytes);

#endif
