/*
 * One library handle: its session with the host, what was opened through it, its calls on their way and its callbacks.
 *
 *   Initialize --> DOWN --connected--> GREETING --welcome--> UP --connection lost--> DOWN ... (the thread tries again)
 *                                                             `--the node left the cluster (B.2)--> BARRED
 *
 * One lock protects all of it. It is held for short computations only: never over I/O that can wait, never while a callback runs.
 * Order of locks: a client's, then the handle table's.
 */
#ifndef CKPT_CLIENT_H
#define CKPT_CLIENT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "ais.h"
#include "descriptors.h"
#include "frame.h"
#include "handle_table.h"
#include "message.h"
#include "profile.h"

struct call;
struct async;
struct callback;
struct checkpoint;

/*
 * Who takes what the host sends. While calls follow one another, the calling thread reads its own answer: that saves a change of threads
 * in each. Whenever nobody calls, or somebody else waits too, it is the client's thread.
 */
enum reader { READER_NONE, READER_THREAD, READER_CALLER };

enum link { LINK_DOWN, LINK_GREETING, LINK_UP, LINK_BARRED };

/* The callbacks of both Initialize functions; one that was not given is NULL. */
struct functions {
    SaCkptCheckpointOpenCallbackT open;
    SaCkptCheckpointSynchronizeCallbackT synchronize;
    void (*track)(SaCkptCheckpointHandleT, SaCkptIOVectorElementT *, SaUint32T);
};

typedef void (*arrival_function)(const SaCkptCheckpointHandleT, SaCkptIOVectorElementT *, SaUint32T);

/* Bytes that wait to be sent: whole frames, of which the first may have begun to go out. They lie behind those that have gone. */
struct outbox {
    uint8_t *bytes;
    size_t start;
    size_t length;
    size_t capacity;
};

/* A request that the host has not answered; id 0: none. Without a call nobody waits for the answer any more, but the host still counts it. */
struct call_slot {
    struct call *call;
    uint64_t id;
};

/* Requests that wait for their answer, by the slot that is part of their id. */
struct call_table {
    struct call_slot *slots;
    /* Threads that wait for a free one. */
    unsigned wanted;
    uint32_t room;
    uint32_t used;
    uint32_t next;
    uint64_t counter;
};

struct client {
    struct object object;
    pthread_mutex_t lock;
    /* The link, an attachment, or the right to send has changed. */
    pthread_cond_t changed;
    /* A callback was queued, or waiting for one is over. */
    pthread_cond_t callback_queued;

    SaVersionT requested;
    struct rules rules;
    struct functions functions;
    arrival_function arrival;
    bool tracking;
    /* Why the host refused to tell changes, or OK: the first reason since the last ones who asked. */
    SaAisErrorT tracking_error;
    int64_t default_limit;

    /* The thread and its connection. */
    pthread_t thread;
    struct descriptor socket;
    struct descriptor wake;
    struct descriptor selection;
    enum link link;
    bool thread_waits;
    /* Where the host listens. */
    char *socket_path;
    bool finalized;
    /* What the host said when it refused or ended a session; OK when it never did. */
    SaAisErrorT refusal;
    /* Why the last attempt to connect failed (errno), and since when it is this reason; 0 when it did not. */
    int connect_error;
    int64_t connect_error_since;
    bool was_welcomed;
    /* The thread has to clear up after a lost connection. */
    bool was_lost;
    /* Counts the connections: what belongs to an earlier one is worth nothing. */
    uint64_t session;
    int32_t outstanding_max;

    /* Sending. */
    bool sending;
    unsigned senders_waiting;
    struct outbox outbox;
    uint64_t parcels_sent;

    /* Receiving: used by the one who reads. */
    enum reader reader;
    int64_t last_call;
    struct frame_parser parser;

    struct call_table calls;
    struct async *asyncs;
    struct async *last_async;
    unsigned async_count;
    /* When the earliest of them needs to be looked at. */
    int64_t asyncs_due;
    /* One could not be sent, or may be sent now that something has changed. */
    bool asyncs_blocked;

    struct checkpoint *checkpoints;

    struct callback *first_callback;
    struct callback *last_callback;
    unsigned callback_count;
    uint64_t callback_sequence;
    bool selection_raised;
};

enum attachment { ATTACHED, DETACHED, LOST };

struct iteration;

/* One open checkpoint handle. */
struct checkpoint {
    struct object object;
    struct client *client;
    struct checkpoint *next;
    struct checkpoint *previous;
    struct iteration *iterations;
    uint64_t host_handle;
    uint8_t incarnation[INCARNATION_BYTES];
    struct attributes attributes;
    SaCkptCheckpointOpenFlagsT flags;
    enum attachment attachment;
    bool closed;
    /* A Close was on its way when its time was over: the host may have done it. */
    bool close_unknown;
    /* The host tells changes to this handle. */
    bool tracked;
    /* Events whose callbacks have run and that the host was not told of. */
    unsigned consumed;
    uint16_t name_length;
    uint8_t name[];
};

struct iteration {
    struct object object;
    struct checkpoint *checkpoint;
    struct iteration *next;
    uint64_t host_iteration;
    uint64_t session;
    bool closed;
    /* A section was taken from the host that the program never saw. */
    bool is_incomplete;
    /* Of the descriptor that was returned last. */
    uint8_t *id;
};

/* With one reference; NULL with the reason in *error. */
struct client *client_create(const SaVersionT *requested, enum profile profile, const struct functions *functions, SaAisErrorT *error);

/* The client of a handle with a reference, or NULL. */
struct client *client_find(SaCkptHandleT handle);
void client_release(struct client *client);

/* What a call is told when no host was to be had in its time: TRY_AGAIN, or a code that says that trying again is of no use. */
SaAisErrorT client_absence(const struct client *client);

/* UNAVAILABLE, BAD_HANDLE or OK; with the lock held. */
SaAisErrorT client_standing(const struct client *client);

/* What an error is called for this client: UNAVAILABLE is for B.2 alone. */
SaAisErrorT client_error(const struct client *client, unsigned status);

#endif
