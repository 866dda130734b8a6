/*
 * Prints what others change in a checkpoint, as they change it: tracking, the extension B.02.03.
 *
 * usage: track [NAME [CHANGES]]     (safCkpt=tracked, for ever)
 *
 * Ends after so many changes. Try it with ctypes_checkpoint.py, or with a second library handle in a program of your own: the handle that
 * makes a change is never told of it.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "ais.h"

static long changes_left = -1;

/* The vector and its ids are the library's and end with the callback. Sizes and places only: what was written is read with saCkptCheckpointRead. */
static void on_changed(SaCkptCheckpointHandleT checkpoint, SaCkptIOVectorElementT *elements, SaUint32T count)
{
    (void)checkpoint; /* One is tracked here; with several this tells which. */
    for (SaUint32T i = 0; i < count; i++)
        printf(
            "%.*s: %llu bytes at %llu\n", (int)elements[i].sectionId.idLen, (const char *)elements[i].sectionId.id, elements[i].dataSize,
            elements[i].dataOffset);
    fflush(stdout);
    if (changes_left > 0)
        changes_left--;
}

static SaAisErrorT begin(SaCkptHandleT *handle, SaSelectionObjectT *selection_object)
{
    static const SaCkptCallbacksT_2 callbacks = {.saCkptCheckpointTrackCallback = on_changed};
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        SaVersionT version = {'B', 2, 3};
        error = saCkptInitialize_2(handle, &callbacks, &version);
    } while (ais_again(error, &patience));
    return error == SA_AIS_OK ? saCkptSelectionObjectGet(*handle, selection_object) : error;
}

/* Only what is opened for reading is tracked. */
static SaAisErrorT open_checkpoint(SaCkptHandleT handle, const char *text, SaCkptCheckpointHandleT *checkpoint)
{
    static const SaCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = SA_CKPT_WR_ALL_REPLICAS,
        .checkpointSize = 64 * 1024,
        .retentionDuration = SA_TIME_ONE_MINUTE,
        .maxSections = 16,
        .maxSectionSize = 4096,
        .maxSectionIdSize = 32,
    };
    SaNameT name;
    ais_name(&name, text);
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        error = saCkptCheckpointOpen(
            handle, &name, &attributes, SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_CREATE, 10 * SA_TIME_ONE_SECOND, checkpoint);
    } while (ais_again(error, &patience));
    return error;
}

static SaAisErrorT track(SaCkptHandleT handle, SaSelectionObjectT selection_object)
{
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        error = saCkptTrack(handle);
    } while (ais_again(error, &patience));
    struct pollfd waiting = {.fd = (int)selection_object, .events = POLLIN};
    while ((error == SA_AIS_OK || ais_passes(error)) && changes_left != 0)
        error = poll(&waiting, 1, -1) > 0 ? saCkptDispatch(handle, SA_DISPATCH_ALL) : SA_AIS_OK;
    return error;
}

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "safCkpt=tracked";
    if (count > 2)
        changes_left = strtol(arguments[2], NULL, 10);

    SaCkptHandleT handle;
    SaSelectionObjectT selection_object;
    SaCkptCheckpointHandleT checkpoint;
    SaAisErrorT error = begin(&handle, &selection_object);
    if (error != SA_AIS_OK) {
        fprintf(stderr, "track: no service: %s\n", ais_text(error));
        return 1;
    }
    error = open_checkpoint(handle, name, &checkpoint);
    if (error == SA_AIS_OK) {
        printf("tracks %s\n", name);
        fflush(stdout);
        error = track(handle, selection_object);
    }
    if (error != SA_AIS_OK)
        fprintf(stderr, "track: %s: %s\n", name, ais_text(error));
    saCkptFinalize(handle); /* Closes the checkpoint as well. */
    return error == SA_AIS_OK ? 0 : 1;
}
