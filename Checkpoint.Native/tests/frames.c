/*
 * What the library makes of a host that is slow, breaks off or sends what it should not, and of a lack of memory. The host is a stand-in in this
 * process; what each scenario found is printed (Checkpoint.Tests/Native/FramesTests.cs knows the lines).
 */
#include <poll.h>
#include <pthread.h>
#include <saCkpt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "fake_host.h"

enum { HANDLE = 7, SECTION_MAX = 16 * 1024 * 1024, LARGE = 4 * 1024 * 1024, BELOW_A_MEGABYTE = 900 * 1000 };

static struct fake_host host;
static struct fake_frame frame;
static SaCkptHandleT library;
static SaCkptCheckpointHandleT checkpoint;
static uint8_t data[SECTION_MAX], buffer[SECTION_MAX];
static unsigned callbacks;

static const struct attributes attributes = {1, SECTION_MAX, INT64_MAX, 1, SECTION_MAX, 0};

static void fill_data(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i % 251 + i / 65536);
}

/* A call of the program; the script of its host runs beside it. */
static pthread_t begin(void *(*call)(void *unused))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, call, NULL) != 0)
        fake_fail("no thread");
    return thread;
}

static SaAisErrorT outcome_of(pthread_t thread)
{
    void *outcome;
    pthread_join(thread, &outcome);
    return (SaAisErrorT)(uintptr_t)outcome;
}

#define RESULT(error) ((void *)(uintptr_t)(error))

static void on_opened(SaInvocationT invocation, SaCkptCheckpointHandleT handle, SaAisErrorT error)
{
    (void)invocation, (void)handle, (void)error;
}

static void on_changed(SaCkptCheckpointHandleT handle, SaCkptIOVectorElementT *elements, SaUint32T count)
{
    (void)handle, (void)elements, (void)count;
    callbacks++;
}

static void *initialize(void *unused)
{
    (void)unused;
    SaVersionT version = {'B', 2, 3};
    SaCkptCallbacksT_2 functions = {on_opened, NULL, on_changed};
    return RESULT(saCkptInitialize_2(&library, &functions, &version));
}

static const SaNameT *name_of(const char *text)
{
    static _Thread_local SaNameT name;
    name.length = (SaUint16T)strlen(text);
    memcpy(name.value, text, name.length);
    return &name;
}

static void *open_one(void *unused)
{
    (void)unused;
    return RESULT(saCkptCheckpointOpen(
        library, name_of("safCkpt=one"), NULL, SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE, SA_TIME_ONE_MINUTE, &checkpoint));
}

static SaAisErrorT write_bytes(size_t size)
{
    SaCkptIOVectorElementT element = {.dataBuffer = data, .dataSize = size};
    return saCkptCheckpointWrite(checkpoint, &element, 1, NULL);
}

static void *write_large(void *unused)
{
    (void)unused;
    return RESULT(write_bytes(LARGE));
}

static void *write_below_a_megabyte(void *unused)
{
    (void)unused;
    return RESULT(write_bytes(BELOW_A_MEGABYTE));
}

static void *read_large(void *unused)
{
    (void)unused;
    SaCkptIOVectorElementT element = {.dataBuffer = buffer, .dataSize = LARGE};
    SaAisErrorT error = saCkptCheckpointRead(checkpoint, &element, 1, NULL);
    if (error == SA_AIS_OK && (element.readSize != LARGE || memcmp(buffer, data, LARGE) != 0))
        fake_fail("other bytes were read");
    return RESULT(error);
}

static void *set_retention(void *unused)
{
    (void)unused;
    return RESULT(saCkptCheckpointRetentionDurationSet(checkpoint, SA_TIME_ONE_SECOND));
}

static void *track(void *unused)
{
    (void)unused;
    return RESULT(saCkptTrack(library));
}

static void *finalize(void *unused)
{
    (void)unused;
    return RESULT(saCkptFinalize(library));
}

static void expect_ok(const char *what, SaAisErrorT error)
{
    if (error == SA_AIS_OK)
        return;
    printf("%s answered %d\n", what, (int)error);
    exit(1);
}

/* A library handle and one checkpoint, over a connection of their own. */
static void start(void)
{
    fake_start(&host);
    pthread_t call = begin(initialize);
    fake_accept(&host);
    expect_ok("Initialize", outcome_of(call));
    call = begin(open_one);
    fake_answer_opened(&host, fake_expect(&host, &frame, COMMAND_OPEN), HANDLE, &attributes);
    expect_ok("Open", outcome_of(call));
}

static void stop(void)
{
    pthread_t call = begin(finalize);
    while (fake_read(&host, &frame) && frame.bytes[0] != MESSAGE_FAREWELL)
        ;
    fake_stop(&host);
    expect_ok("Finalize", outcome_of(call));
}

/* Data of so many bytes, as a read's answer. */
static void answer_data(uint64_t id, size_t size)
{
    static uint8_t message[SECTION_MAX + 64];
    struct wire_writer writer;
    wire_writer_init(&writer, message, sizeof message);
    fake_put_answer(&writer, id, RESULT_DATA);
    wire_put_u32(&writer, 1);
    wire_put_u32(&writer, (uint32_t)size);
    wire_put_raw(&writer, data, size);
    fake_send_large(&host, message, wire_written(&writer));
}

static SaAisErrorT read_through(void)
{
    pthread_t call = begin(read_large);
    answer_data(fake_expect(&host, &frame, COMMAND_READ), LARGE);
    return outcome_of(call);
}

static void without_memory(void)
{
    start();
    allocations_refuse_above(LARGE / 2);
    printf("no memory for a large answer: %d\n", (int)read_through());
    pthread_t call = begin(set_retention);
    fake_answer(&host, fake_expect(&host, &frame, COMMAND_SET_RETENTION));
    printf("the next call on the same connection: %d\n", (int)outcome_of(call));
    allocations_refuse_above(SIZE_MAX);
    printf("the large answer when there is memory: %d\n", (int)read_through());
    stop();
}

/* A large request as it comes in pieces, and a small one that is sent while it is on its way. */
struct arrival {
    uint64_t large;
    uint64_t small;
    uint32_t next;
    uint32_t count;
    size_t bytes;
    /* The small one has come before the last piece. */
    bool is_overtaken;
};

static void take_piece(struct arrival *arrival)
{
    struct wire_reader reader;
    wire_reader_init(&reader, frame.bytes, frame.length);
    wire_u64(&reader);
    if (wire_u32(&reader) != arrival->next++)
        fake_fail("a piece out of its order");
    arrival->count = wire_u32(&reader);
    size_t length = wire_remaining(&reader);
    memcpy(buffer + arrival->bytes, wire_raw(&reader, length), length);
    arrival->bytes += length;
}

static struct arrival begin_large(void)
{
    struct arrival arrival = {.large = fake_expect(&host, &frame, COMMAND_CHANGE)};
    take_piece(&arrival);
    return arrival;
}

/* Reads until both are here. */
static void take_both(struct arrival *arrival, size_t size)
{
    while (arrival->next < arrival->count || arrival->small == 0) {
        if (!fake_read(&host, &frame))
            fake_fail("the connection has ended");
        if (frame.type == FRAME_PARCEL) {
            take_piece(arrival);
            continue;
        }
        arrival->small = fake_request_id(&frame, COMMAND_OPEN);
        arrival->is_overtaken = arrival->next < arrival->count;
    }
    if (arrival->bytes < size || memcmp(buffer + arrival->bytes - size, data, size) != 0)
        fake_fail("other bytes have come than were written");
}

static void send_small(void)
{
    expect_ok("OpenAsync", saCkptCheckpointOpenAsync(library, 1, name_of("safCkpt=two"), NULL, SA_CKPT_CHECKPOINT_READ));
}

static void small_beside_large(void)
{
    start();
    pthread_t call = begin(write_large);
    struct arrival arrival = begin_large();
    send_small(); /* The socket does not take all of the large one: its rest waits for this host to read on. */
    take_both(&arrival, LARGE);
    printf("a small request %s a large one that has begun\n", arrival.is_overtaken ? "overtakes" : "waits for");
    fake_answer_opened(&host, arrival.small, HANDLE + 1, &attributes);
    fake_answer(&host, arrival.large);
    printf("the large one: %d\n", (int)outcome_of(call));
    stop();
}

static void large_at_its_deadline(void)
{
    setenv("CHECKPOINT_TIMEOUT_MS", "300", 1);
    start();
    pthread_t call = begin(write_below_a_megabyte);
    struct arrival arrival = begin_large();
    printf("a large request that the host does not read in time: %d\n", (int)outcome_of(call));
    memset(data, 0, BELOW_A_MEGABYTE); /* The program's memory is its own again. */
    send_small();
    fill_data();
    take_both(&arrival, BELOW_A_MEGABYTE);
    printf("its rest comes whole, and before what was sent later: %s\n", arrival.is_overtaken ? "no" : "yes");
    stop();
    unsetenv("CHECKPOINT_TIMEOUT_MS");
}

/* Changes of the checkpoint: one, of this kind, whose id is so long by its own word, and so many bytes behind it. */
static void send_changed(uint8_t kind, uint16_t id_length, size_t behind)
{
    uint8_t bytes[128];
    struct wire_writer writer;
    wire_writer_init(&writer, bytes, sizeof bytes);
    wire_put_u8(&writer, MESSAGE_CHANGED);
    wire_put_u64(&writer, HANDLE);
    wire_put_i64(&writer, 1);
    wire_put_u32(&writer, 1);
    wire_put_u8(&writer, kind);
    wire_put_u16(&writer, id_length);
    wire_put_raw(&writer, "s1", 2);
    wire_put_i64(&writer, 0);
    wire_put_i64(&writer, 4);
    wire_put_raw(&writer, "behind", behind);
    fake_send(&host, bytes, wire_written(&writer));
}

static void expect_cut(const char *what)
{
    bool is_cut = !fake_read(&host, &frame);
    printf("changes with %s: the connection is %s\n", what, is_cut ? "cut" : "kept");
    if (!is_cut)
        exit(1);
    fake_accept(&host);
    fake_answer_opened(&host, fake_expect(&host, &frame, COMMAND_ATTACH), HANDLE, &attributes);
    fake_answer(&host, fake_expect(&host, &frame, COMMAND_TRACK));
}

static void malformed_changes(void)
{
    start();
    pthread_t call = begin(track);
    fake_answer(&host, fake_expect(&host, &frame, COMMAND_TRACK));
    expect_ok("Track", outcome_of(call));
    send_changed(9, 2, 0);
    expect_cut("a kind that there is not");
    send_changed(TOLD_WRITTEN, 600, 0);
    expect_cut("an id beyond their end");
    send_changed(TOLD_WRITTEN, 2, 3);
    expect_cut("bytes behind them");
    send_changed(TOLD_WRITTEN, 2, 0);
    SaSelectionObjectT selection;
    expect_ok("SelectionObjectGet", saCkptSelectionObjectGet(library, &selection));
    if (poll(&(struct pollfd){.fd = (int)selection, .events = POLLIN}, 1, 30000) != 1)
        fake_fail("no callback");
    expect_ok("Dispatch", saCkptDispatch(library, SA_DISPATCH_ALL));
    printf("well-formed changes: %u callback\n", callbacks);
    stop();
}

int main(void)
{
    fill_data();
    without_memory();
    small_beside_large();
    large_at_its_deadline();
    malformed_changes();
    return 0;
}
