/*
 * What a program that uses the Checkpoint Service needs again and again: a session with its selection object, opening in the dispatch
 * loop, and patience with the errors that pass. Nothing here knows whose libSaCkpt it runs on.
 */
#ifndef SAMPLE_AIS_H
#define SAMPLE_AIS_H

#include <saCkpt.h>
#include <stdbool.h>
#include <stdint.h>

/* How long one thing is tried. A failover takes seconds. */
enum { PATIENCE_SECONDS = 60 };

struct patience {
    int64_t until_ms;
};

struct session {
    SaCkptHandleT handle;
    int selection_object;
};

const char *ais_text(SaAisErrorT error);

/* The name without its terminating NUL, as the interface wants it. */
void ais_name(SaNameT *name, const char *text);

struct patience patience_begin(void);

/* Conditions that pass by themselves: a change of view, a full queue, an unanswered call. */
bool ais_passes(SaAisErrorT error);

/* For the end of a loop: true, after a pause, when the call is worth another attempt. */
bool ais_again(SaAisErrorT error, const struct patience *patience);

SaAisErrorT session_begin(struct session *session);
void session_end(struct session *session);

/* Waits for callbacks and runs them; at most so long. An error means that the session is of no more use. */
SaAisErrorT session_pump(struct session *session, int milliseconds);

/* Opens for reading and writing, creating it when it does not exist; the answer comes through the dispatch loop. */
SaAisErrorT session_open(
    struct session *session, const char *name, const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointHandleT *handle);

#endif
