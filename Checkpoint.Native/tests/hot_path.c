/*
 * Small calls allocate nothing in the library: many writes, overwrites and reads on a real host, with every malloc, calloc and realloc of the process
 * counted, those of the library's thread too.
 *
 * usage: hot_path [CALLS-OF-A-KIND]     (10000); the host at CHECKPOINT_SOCKET
 */
#include <saCkpt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"

enum { SIZE = 1024, WARM_UP = 200 };

static SaCkptCheckpointHandleT checkpoint;

static void expect_ok(const char *call, SaAisErrorT error)
{
    if (error == SA_AIS_OK)
        return;
    printf("%s answered %d\n", call, (int)error);
    exit(1);
}

#define OK(call) expect_ok(#call, call)

static void open_checkpoint(SaCkptHandleT *library)
{
    static const SaCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = SA_CKPT_WR_ALL_REPLICAS, .checkpointSize = SIZE, .maxSections = 1, .maxSectionSize = SIZE};
    SaCkptCheckpointOpenFlagsT all = SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | SA_CKPT_CHECKPOINT_CREATE;
    SaVersionT version = {'B', 2, 3};
    SaNameT name = {0};
    name.length = (SaUint16T)snprintf((char *)name.value, sizeof name.value, "safCkpt=hot-path");
    OK(saCkptInitialize_2(library, NULL, &version));
    OK(saCkptCheckpointOpen(*library, &name, &attributes, all, SA_TIME_ONE_MINUTE, &checkpoint));
}

/* One call of each kind, with bytes that differ from round to round. */
static void round_of(long number)
{
    static unsigned char data[SIZE], buffer[SIZE];
    SaCkptIOVectorElementT written = {.dataBuffer = data, .dataSize = SIZE}, read = {.dataBuffer = buffer, .dataSize = SIZE};
    SaCkptSectionIdT id = SA_CKPT_DEFAULT_SECTION_ID;
    memset(data, (int)number, SIZE);
    OK(saCkptSectionOverwrite(checkpoint, &id, data, SIZE / 2));
    OK(saCkptCheckpointWrite(checkpoint, &written, 1, NULL));
    OK(saCkptCheckpointRead(checkpoint, &read, 1, NULL));
    if (read.readSize == SIZE && memcmp(buffer, data, SIZE) == 0)
        return;
    printf("round %ld read something else\n", number);
    exit(1);
}

int main(int count, char **arguments)
{
    long rounds = count > 1 ? strtol(arguments[1], NULL, 10) : 10000;
    SaCkptHandleT library;
    open_checkpoint(&library);
    for (long i = 0; i < WARM_UP; i++)
        round_of(i);
    unsigned long before = allocations_count();
    for (long i = 0; i < rounds; i++)
        round_of(i);
    unsigned long allocations = allocations_count() - before;
    OK(saCkptFinalize(library));
    /* The counter counts at all: Initialize needs memory. */
    if (!allocations_are_ours() || before == 0) {
        printf("nothing is counted here\n");
        return 2;
    }
    printf("%ld overwrites, writes and reads: %lu allocations\n", rounds, allocations);
    return allocations == 0 ? 0 : 1;
}
