/*
 * A long run in one process: calls (90 % reads, 10 % writes) and opens and closes of existing checkpoints. At 30 % and at 100 % of it everything
 * stands still, the host is told to collect, and what this process and the host hold is noted. A leak is a difference between the two.
 *
 * usage: soak COLLECT-COMMAND [CALLS [OPENS [THREADS [SETTLE-SECONDS]]]]     (10000000, 1000000, 4, 60)
 */
#include <dirent.h>
#include <pthread.h>
#include <saCkpt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64, NAMES = 16, SECTIONS = 8, SECTION_BYTES = 1024, FIRST_PERCENT = 30, RETRIES = 3000, REST_SAMPLES = 300 };

struct plan {
    const char *collect;
    unsigned long calls;
    unsigned long opens;
    unsigned threads;
    unsigned settle_seconds;
};

/* What one process holds. The threads that the .NET runtime starts and ends as it sees fit are counted apart, so that a reader knows whose one was. */
struct held {
    long rss_kib;
    long descriptors;
    long threads;
    long pool;
};

static SaCkptHandleT handle;
static struct plan plan;
static pthread_barrier_t standstill;

static const SaCkptCheckpointCreationAttributesT attributes = {
    .creationFlags = SA_CKPT_WR_ALL_REPLICAS,
    .checkpointSize = SECTIONS * SECTION_BYTES,
    .retentionDuration = 0,
    .maxSections = SECTIONS,
    .maxSectionSize = SECTION_BYTES,
    .maxSectionIdSize = 16,
};

__attribute__((noreturn)) static void fail(const char *what, long value)
{
    fprintf(stderr, "soak: %s (%ld)\n", what, value);
    exit(1);
}

/* For the end of a loop: anything but OK and what passes ends the run. */
static bool again(const char *call, SaAisErrorT error, int *retries)
{
    if (error == SA_AIS_OK)
        return false;
    if ((error != SA_AIS_ERR_TRY_AGAIN && error != SA_AIS_ERR_TIMEOUT) || ++*retries > RETRIES)
        fail(call, (long)error);
    nanosleep(&(struct timespec){0, 20 * 1000000L}, NULL);
    return true;
}

static void name_of(unsigned index, SaNameT *name)
{
    memset(name, 0, sizeof *name);
    name->length = (SaUint16T)snprintf((char *)name->value, sizeof name->value, "safCkpt=soak-%d-%u", (int)getpid(), index);
}

static SaCkptCheckpointHandleT open_one(unsigned index, const SaCkptCheckpointCreationAttributesT *creation)
{
    SaNameT name;
    name_of(index, &name);
    SaCkptCheckpointOpenFlagsT flags = SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE;
    if (creation != NULL)
        flags |= SA_CKPT_CHECKPOINT_CREATE;
    SaCkptCheckpointHandleT checkpoint;
    int retries = 0;
    while (again("Open", saCkptCheckpointOpen(handle, &name, creation, flags, SA_TIME_ONE_MINUTE, &checkpoint), &retries))
        continue;
    return checkpoint;
}

static void close_one(SaCkptCheckpointHandleT checkpoint)
{
    int retries = 0;
    while (again("Close", saCkptCheckpointClose(checkpoint), &retries))
        continue;
}

static SaCkptSectionIdT section(unsigned long number)
{
    static char ids[SECTIONS][2] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"};
    return (SaCkptSectionIdT){2, (SaUint8T *)ids[number % SECTIONS]};
}

static void create_sections(SaCkptCheckpointHandleT checkpoint)
{
    static const char data[SECTION_BYTES];
    for (unsigned i = 0; i < SECTIONS; i++) {
        SaCkptSectionIdT id = section(i);
        SaCkptSectionCreationAttributesT creation = {&id, SA_TIME_END};
        int retries = 0;
        SaAisErrorT error;
        do {
            error = saCkptSectionCreate(checkpoint, &creation, data, sizeof data);
        } while (again("SectionCreate", error == SA_AIS_ERR_EXIST ? SA_AIS_OK : error, &retries));
    }
}

/* One in ten writes; of the reads every other one into a buffer that the library allocates. */
static void call_one(SaCkptCheckpointHandleT checkpoint, unsigned long number)
{
    char buffer[SECTION_BYTES] = {(char)number};
    SaCkptIOVectorElementT element = {.sectionId = section(number / 10), .dataBuffer = buffer, .dataSize = 64 + number % 900};
    int retries = 0;
    if (number % 10 == 0) {
        while (again("Write", saCkptCheckpointWrite(checkpoint, &element, 1, NULL), &retries))
            continue;
        return;
    }
    if (number % 2 == 0)
        element.dataBuffer = NULL;
    while (again("Read", saCkptCheckpointRead(checkpoint, &element, 1, NULL), &retries))
        continue;
    if (number % 2 == 0 && saCkptIOVectorElementDataFree(checkpoint, element.dataBuffer) != SA_AIS_OK)
        fail("IOVectorElementDataFree", 0);
}

/* Calls, and opens spread evenly among them. */
static void run_part(SaCkptCheckpointHandleT checkpoint, unsigned long from, unsigned long to, unsigned long calls, unsigned long opens)
{
    for (unsigned long i = from; i < to; i++) {
        call_one(checkpoint, i);
        if ((i + 1) * opens / calls > i * opens / calls)
            close_one(open_one((unsigned)(i % NAMES), NULL));
    }
}

static void *work(void *argument)
{
    SaCkptCheckpointHandleT checkpoint = open_one((unsigned)(uintptr_t)argument % NAMES, NULL);
    unsigned long calls = plan.calls / plan.threads, opens = plan.opens / plan.threads;
    unsigned long first = calls / 100 * FIRST_PERCENT;
    run_part(checkpoint, 0, first, calls, opens);
    pthread_barrier_wait(&standstill);
    pthread_barrier_wait(&standstill);
    run_part(checkpoint, first, calls, calls, opens);
    pthread_barrier_wait(&standstill);
    pthread_barrier_wait(&standstill);
    close_one(checkpoint);
    return NULL;
}

/* Who listens at the socket. */
static long host_pid(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("CHECKPOINT_SOCKET");
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path != NULL ? path : "/run/checkpoint/checkpoint.sock");
    struct ucred peer;
    socklen_t length = sizeof peer;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0
        || getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        fail("cannot ask who the host is", 0);
    close(descriptor);
    return peer.pid;
}

static long entries(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        fail(path, 0);
    long count = -2; /* . and .. */
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static bool is_of_the_pool(const char *name)
{
    static const char *const names[] = {".NET TP Worker", ".NET Tiered Com", ".NET BGC"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static void count_threads(long pid, struct held *held)
{
    char path[300], name[32];
    snprintf(path, sizeof path, "/proc/%ld/task", pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL)
        fail(path, 0);
    for (const struct dirent *task; (task = readdir(tasks)) != NULL;) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%ld/task/%.20s/comm", pid, task->d_name);
        FILE *file = fopen(path, "r");
        if (file == NULL)
            continue; /* It has just ended. */
        if (fgets(name, sizeof name, file) != NULL && is_of_the_pool(name))
            held->pool++;
        else
            held->threads++;
        fclose(file);
    }
    closedir(tasks);
}

static struct held held_by(long pid)
{
    struct held held = {0};
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *status = fopen(path, "r");
    if (status == NULL)
        fail(path, 0);
    while (fgets(line, sizeof line, status) != NULL)
        sscanf(line, "VmRSS: %ld", &held.rss_kib);
    fclose(status);
    count_threads(pid, &held);
    snprintf(path, sizeof path, "/proc/%ld/fd", pid);
    held.descriptors = entries(path);
    return held;
}

/*
 * What it holds at rest: the least of five minutes. The runtime's pool starts threads at its own discretion, and ends one that it does not
 * need after some 40 s, one after the other.
 */
static void rest(long pids[2], struct held held[2])
{
    for (int sample = 0; sample < REST_SAMPLES; sample++) {
        for (int i = 0; i < 2; i++) {
            struct held now = held_by(pids[i]);
            if (sample == 0 || now.threads < held[i].threads)
                held[i].threads = now.threads;
            if (sample == 0 || now.pool < held[i].pool)
                held[i].pool = now.pool;
            if (sample == 0 || now.descriptors < held[i].descriptors)
                held[i].descriptors = now.descriptors;
            if (sample == 0 || now.rss_kib < held[i].rss_kib)
                held[i].rss_kib = now.rss_kib;
        }
        sleep(1);
    }
}

/* Threads that have nothing to do end after a while; then the collection. */
static void settle(void)
{
    for (unsigned left = plan.settle_seconds; left > 0;)
        left = sleep(left);
    int status = system(plan.collect);
    if (status != 0)
        fail("the collect command failed", status);
    sleep(1);
}

static void print(const char *who, long percent, const struct held *held)
{
    printf("%3ld %%  %-8s rss %8ld KiB, %3ld descriptors, %3ld threads and %ld of the runtime's pool\n", percent, who, held->rss_kib,
           held->descriptors, held->threads, held->pool);
    fflush(stdout);
}

/* Less than 5 % or 16 MiB, and not one descriptor or thread, whoever started it. */
static bool is_same(const char *who, const struct held *before, const struct held *after)
{
    long difference = labs(after->rss_kib - before->rss_kib);
    bool is_same = (difference * 20 < before->rss_kib || difference < 16 * 1024) && before->descriptors == after->descriptors
        && before->threads == after->threads && before->pool == after->pool;
    printf(
        "%s: rss %+ld KiB (%+.1f %%), descriptors %+ld, threads %+ld, pool %+ld: %s\n", who, after->rss_kib - before->rss_kib,
        100.0 * (double)(after->rss_kib - before->rss_kib) / (double)before->rss_kib, after->descriptors - before->descriptors,
        after->threads - before->threads, after->pool - before->pool, is_same ? "as it was" : "NOT as it was");
    return is_same;
}

static void initialize(void)
{
    int retries = 0;
    SaAisErrorT error;
    do {
        SaVersionT version = {'B', 2, 2};
        error = saCkptInitialize(&handle, NULL, &version);
    } while (again("Initialize", error, &retries));
}

/* The opens are of existing checkpoints: these stay open to the end. */
static void create_all(SaCkptCheckpointHandleT kept[NAMES])
{
    for (unsigned i = 0; i < NAMES; i++) {
        kept[i] = open_one(i, &attributes);
        create_sections(kept[i]);
    }
}

static unsigned long argument(int count, char **arguments, int index, unsigned long otherwise)
{
    return count > index ? strtoul(arguments[index], NULL, 10) : otherwise;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fputs("usage: soak COLLECT-COMMAND [CALLS [OPENS [THREADS [SETTLE-SECONDS]]]]\n", stderr);
        return 2;
    }
    plan = (struct plan){
        arguments[1], argument(count, arguments, 2, 10000000), argument(count, arguments, 3, 1000000),
        (unsigned)argument(count, arguments, 4, 4), (unsigned)argument(count, arguments, 5, 60)};
    if (plan.threads < 1 || plan.threads > THREADS_MAX || plan.calls < 100UL * plan.threads)
        fail("threads out of range, or too few calls", (long)plan.threads);

    SaCkptCheckpointHandleT kept[NAMES];
    initialize();
    create_all(kept);
    long host = host_pid();
    pthread_barrier_init(&standstill, NULL, plan.threads + 1);
    pthread_t threads[THREADS_MAX];
    for (unsigned i = 0; i < plan.threads; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i) != 0)
            fail("pthread_create", 0);

    struct held held[2][2];
    long pids[2] = {getpid(), host};
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int point = 0; point < 2; point++) {
        pthread_barrier_wait(&standstill);
        settle();
        rest(pids, held[point]);
        print("library", point == 0 ? FIRST_PERCENT : 100, &held[point][0]);
        print("host", point == 0 ? FIRST_PERCENT : 100, &held[point][1]);
        pthread_barrier_wait(&standstill);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    for (unsigned i = 0; i < plan.threads; i++)
        pthread_join(threads[i], NULL);

    bool is_good = is_same("library", &held[0][0], &held[1][0]);
    is_good = is_same("host", &held[0][1], &held[1][1]) && is_good;
    printf("%lu calls, %lu opens and closes in %ld s\n", plan.calls, plan.opens, (long)(ended.tv_sec - began.tv_sec));
    if (saCkptFinalize(handle) != SA_AIS_OK)
        fail("Finalize", 0);
    return is_good ? 0 : 1;
}
