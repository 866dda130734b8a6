/* Somebody else's work: 64-byte synchronous writes, one after the other, timed. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "extreme.h"

enum { WRITE_BYTES = 64, SAMPLES_MAX = 4000000, FAILED_MAX = 100 };
#define P99_MAX_NS INT64_C(100000000)
#define WORST_MAX_NS INT64_C(1000000000)

static int64_t *samples;
static unsigned count;
static uint64_t failed;

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Whoever started this program closes its standard input when it has seen enough. */
static bool goes_on(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;
    return poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, &byte, 1) > 0;
}

static void write_once(SaCkptCheckpointHandleT h, int64_t start) {
    SaCkptIOVectorElementT element = {{0, NULL}, buffer(), WRITE_BYTES, 0, 0};
    int64_t from = now_ns();
    SaAisErrorT code;
    unsigned attempts = 0;
    do
        code = K.CheckpointWrite(h, &element, 1, NULL);
    while (again(code, &attempts));
    int64_t took = now_ns() - from;
    if (code != SA_AIS_OK && failed++ < 20)
        printf("beside: write %u answered %d after %.3f s\n", count, code, (double)took / 1e9);
    if (took > WORST_MAX_NS / 4)
        printf("beside: %.3f s for a write at %.1f s\n", (double)took / 1e9, (double)(from - start) / 1e9);
    fflush(stdout);
    if (count < SAMPLES_MAX)
        samples[count++] = took;
}

int run_beside(void) {
    samples = malloc(SAMPLES_MAX * sizeof *samples);
    client = initialize();
    SaNameT name = fresh_name();
    SaCkptCheckpointCreationAttributesT attributes = {SA_CKPT_WR_ALL_REPLICAS, WRITE_BYTES, 0, 1, WRITE_BYTES, 0};
    SaCkptCheckpointHandleT h = 0;
    if (samples == NULL || K.CheckpointOpen(client, &name, &attributes, 7, 20 * SA_TIME_ONE_SECOND, &h) != SA_AIS_OK)
        give_up("the client beside has no checkpoint");
    int64_t start = now_ns();
    printf("beside: writes\n");
    fflush(stdout);
    while (goes_on() && failed < FAILED_MAX) {
        write_once(h, start);
        usleep(1000);
    }
    K.Finalize(client);
    qsort(samples, count, sizeof *samples, by_size);
    if (count == 0)
        give_up("no write beside");
    int64_t p50 = samples[count / 2], p99 = samples[(uint64_t)count * 99 / 100], worst = samples[count - 1];
    printf("beside: %u writes of %d bytes, %" PRIu64 " failed, p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n", count, WRITE_BYTES, failed, (double)p50 / 1e6,
           (double)p99 / 1e6, (double)worst / 1e6);
    /* Times are judged in the counted runs, on a machine that does nothing else. */
    return failed == 0 && (run.brief || (p99 <= P99_MAX_NS && worst <= WORST_MAX_NS)) ? 0 : 1;
}
