#include "ais.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PAUSE_MS = 20 };

/* One request to open; its address is the invocation. */
struct opening {
    bool done;
    SaAisErrorT error;
    SaCkptCheckpointHandleT handle;
};

const char *ais_text(SaAisErrorT error)
{
    static const char *const texts[] = {
        [SA_AIS_OK] = "OK",
        [SA_AIS_ERR_LIBRARY] = "LIBRARY",
        [SA_AIS_ERR_VERSION] = "VERSION",
        [SA_AIS_ERR_INIT] = "INIT",
        [SA_AIS_ERR_TIMEOUT] = "TIMEOUT",
        [SA_AIS_ERR_TRY_AGAIN] = "TRY_AGAIN",
        [SA_AIS_ERR_INVALID_PARAM] = "INVALID_PARAM",
        [SA_AIS_ERR_NO_MEMORY] = "NO_MEMORY",
        [SA_AIS_ERR_BAD_HANDLE] = "BAD_HANDLE",
        [SA_AIS_ERR_ACCESS] = "ACCESS",
        [SA_AIS_ERR_NOT_EXIST] = "NOT_EXIST",
        [SA_AIS_ERR_EXIST] = "EXIST",
        [SA_AIS_ERR_NO_SPACE] = "NO_SPACE",
        [SA_AIS_ERR_NO_RESOURCES] = "NO_RESOURCES",
        [SA_AIS_ERR_NOT_SUPPORTED] = "NOT_SUPPORTED",
        [SA_AIS_ERR_BAD_OPERATION] = "BAD_OPERATION",
        [SA_AIS_ERR_BAD_FLAGS] = "BAD_FLAGS",
        [SA_AIS_ERR_TOO_BIG] = "TOO_BIG",
        [SA_AIS_ERR_NO_SECTIONS] = "NO_SECTIONS",
        [SA_AIS_ERR_UNAVAILABLE] = "UNAVAILABLE",
    };
    const char *text = (size_t)error < sizeof texts / sizeof *texts ? texts[error] : NULL;
    return text != NULL ? text : "an error of another service";
}

void ais_name(SaNameT *name, const char *text)
{
    size_t length = strnlen(text, SA_MAX_NAME_LENGTH);
    memset(name, 0, sizeof *name);
    memcpy(name->value, text, length);
    name->length = (SaUint16T)length;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct patience patience_begin(void)
{
    return (struct patience){now_ms() + PATIENCE_SECONDS * INT64_C(1000)};
}

bool ais_passes(SaAisErrorT error)
{
    return error == SA_AIS_ERR_TRY_AGAIN || error == SA_AIS_ERR_TIMEOUT || error == SA_AIS_ERR_NO_RESOURCES || error == SA_AIS_ERR_NO_MEMORY;
}

bool ais_again(SaAisErrorT error, const struct patience *patience)
{
    if (!ais_passes(error) || now_ms() >= patience->until_ms)
        return false;
    nanosleep(&(struct timespec){0, PAUSE_MS * 1000000L}, NULL);
    return true;
}

static void on_opened(SaInvocationT invocation, SaCkptCheckpointHandleT handle, SaAisErrorT error)
{
    *(struct opening *)(uintptr_t)invocation = (struct opening){true, error, handle};
}

SaAisErrorT session_begin(struct session *session)
{
    static const SaCkptCallbacksT callbacks = {.saCkptCheckpointOpenCallback = on_opened};
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        SaVersionT version = {'B', 2, 2}; /* The call writes into it, so it is new each time. */
        error = saCkptInitialize(&session->handle, &callbacks, &version);
        if (error == SA_AIS_ERR_UNAVAILABLE)
            error = SA_AIS_ERR_TRY_AGAIN; /* This node may still be joining its cluster. */
    } while (ais_again(error, &patience));
    if (error != SA_AIS_OK)
        return error;

    SaSelectionObjectT selection_object;
    do {
        error = saCkptSelectionObjectGet(session->handle, &selection_object);
    } while (ais_again(error, &patience));
    if (error != SA_AIS_OK) {
        session_end(session);
        return error;
    }
    session->selection_object = (int)selection_object;
    return SA_AIS_OK;
}

void session_end(struct session *session)
{
    struct patience patience = patience_begin();
    while (ais_again(saCkptFinalize(session->handle), &patience))
        continue;
}

SaAisErrorT session_pump(struct session *session, int milliseconds)
{
    struct pollfd waiting = {.fd = session->selection_object, .events = POLLIN};
    if (poll(&waiting, 1, milliseconds) <= 0)
        return SA_AIS_OK;
    SaAisErrorT error = saCkptDispatch(session->handle, SA_DISPATCH_ALL);
    return ais_passes(error) ? SA_AIS_OK : error;
}

SaAisErrorT session_open(
    struct session *session, const char *text, const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointHandleT *handle)
{
    SaNameT name;
    ais_name(&name, text);
    struct patience patience = patience_begin();
    struct opening opening;
    SaAisErrorT error;
    do {
        opening = (struct opening){false, SA_AIS_OK, 0};
        error = saCkptCheckpointOpenAsync(
            session->handle, (SaInvocationT)(uintptr_t)&opening, &name, attributes,
            SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | SA_CKPT_CHECKPOINT_CREATE);
        /* An accepted request ends in exactly one callback; until then the opening must stay where it is. */
        while (error == SA_AIS_OK && !opening.done)
            error = session_pump(session, -1);
        if (error == SA_AIS_OK)
            error = opening.error;
    } while (ais_again(error, &patience));
    *handle = opening.handle;
    return error;
}
