#include "lease.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static SaCkptSectionIdT active = {6, (SaUint8T *)"active"};

SaAisErrorT lease_open(struct lease *lease, struct session *session)
{
    static const SaCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = SA_CKPT_WR_ALL_REPLICAS,
        .checkpointSize = 1024,
        .retentionDuration = SA_TIME_ONE_HOUR,
        .maxSections = 4,
        .maxSectionSize = 256,
        .maxSectionIdSize = 64,
    };
    if (getrandom(lease->mark, sizeof lease->mark, 0) != sizeof lease->mark) {
        perror("wordcount: getrandom");
        exit(1);
    }
    return session_open(session, "safCkpt=wordcount-lease", &attributes, &lease->checkpoint);
}

/* The time of the service is wall-clock time, in nanoseconds since 1970. */
static SaTimeT expiration(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SA_TIME_ONE_SECOND + now.tv_nsec + LEASE_LENGTH_MS * SA_TIME_ONE_MILLISECOND;
}

static SaAisErrorT read_mark(struct lease *lease, uint8_t mark[LEASE_MARK_BYTES])
{
    SaCkptIOVectorElementT element = {.sectionId = active, .dataBuffer = mark, .dataSize = LEASE_MARK_BYTES};
    return saCkptCheckpointRead(lease->checkpoint, &element, 1, NULL);
}

SaAisErrorT lease_is_taken(struct lease *lease, bool *is_taken)
{
    uint8_t mark[LEASE_MARK_BYTES];
    SaAisErrorT error = read_mark(lease, mark);
    *is_taken = error != SA_AIS_ERR_NOT_EXIST;
    return error == SA_AIS_ERR_NOT_EXIST || ais_passes(error) ? SA_AIS_OK : error;
}

bool lease_take(struct lease *lease)
{
    SaCkptSectionCreationAttributesT attributes = {&active, expiration()};
    return saCkptSectionCreate(lease->checkpoint, &attributes, lease->mark, sizeof lease->mark) == SA_AIS_OK;
}

/* Ends when the lease is lost, or is to be given up. Waits a fifth of the length each time, less after an error that passes. */
static void *keep(void *argument)
{
    struct lease *lease = argument;
    struct pollfd stop = {.fd = lease->stop[0], .events = POLLIN};
    SaAisErrorT error;
    do {
        error = saCkptSectionExpirationTimeSet(lease->checkpoint, &active, expiration());
        if (error != SA_AIS_OK && !ais_passes(error))
            return NULL;
    } while (poll(&stop, 1, error == SA_AIS_OK ? LEASE_LENGTH_MS / 5 : 20) <= 0);
    return NULL;
}

void lease_keep(struct lease *lease)
{
    if (pipe(lease->stop) != 0 || pthread_create(&lease->keeper, NULL, keep, lease) != 0) {
        perror("wordcount: cannot keep the lease");
        exit(1);
    }
}

SaAisErrorT lease_is_ours(struct lease *lease, bool *is_ours)
{
    uint8_t mark[LEASE_MARK_BYTES] = {0};
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        error = read_mark(lease, mark);
    } while (ais_again(error, &patience));
    *is_ours = error == SA_AIS_OK && memcmp(mark, lease->mark, sizeof mark) == 0;
    return error == SA_AIS_ERR_NOT_EXIST ? SA_AIS_OK : error;
}

void lease_release(struct lease *lease)
{
    close(lease->stop[1]); /* Its reader sees the end. */
    pthread_join(lease->keeper, NULL);
    close(lease->stop[0]);

    bool is_ours;
    if (lease_is_ours(lease, &is_ours) != SA_AIS_OK || !is_ours)
        return;
    struct patience patience = patience_begin();
    while (ais_again(saCkptSectionDelete(lease->checkpoint, &active), &patience))
        continue;
}
