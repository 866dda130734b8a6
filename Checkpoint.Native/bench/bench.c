/* The measurements of ./checkpoint bench, through the C library as an application would link it. ./checkpoint bench --c starts this
 * program, gives it the plan, and makes its lines into the table. On standard output, one line each:
 *
 *     begin OPERATION KIND SIZE OUTSTANDING        KIND is the number of the creation flags
 *     end ELAPSED RETRIES HISTOGRAM                nanoseconds; HISTOGRAM is MAX VALUE:COUNT...
 *     few HISTOGRAM, many HISTOGRAM                a round of the flatness comparison
 *     error CODE WHAT                              the last line of a run that cannot go on; 0 is no code of the service
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "loop.h"
#include "plan.h"
#include "service.h"

#define MILLISECOND UINT64_C(1000000)
#define FILL_MAX (5 * 60 * UINT64_C(1000000000))
#define WARM_UP (100 * MILLISECOND)
#define WARM_UP_OPERATIONS 200

/* A prime: the writes of the flatness comparison visit sections all over the checkpoint. */
#define STRIDE 7919

static struct plan plan;

struct target {
    SaCkptCheckpointHandleT h;
    uint64_t sections; /* numbers go around in so many */
    const void *data;
    size_t bytes;
    SaCkptCheckpointHandleT *handles;
    const char *name;
};

/* Bytes that do not compress to nothing, the same in every run. */
static unsigned char *data_of(size_t bytes) {
    unsigned char *data = malloc(bytes);
    if (data == NULL)
        service_give_up(0, "out of memory");
    for (size_t i = 0; i < bytes; i++)
        data[i] = (unsigned char)((i * 167) ^ (i >> 8));
    return data;
}

static const char *name_of(const char *part) {
    static char name[256];
    snprintf(name, sizeof name, "safCkpt=%s-%s", plan.name, part);
    return name;
}

/* --- operations */

static void write_one(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    (void)buffer;
    service_write(t->h, number % t->sections, t->data, t->bytes);
}

static void read_one(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    service_read(t->h, number % t->sections, buffer, t->bytes);
}

static void create_section(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    (void)buffer;
    service_create_section(t->h, number, t->data, t->bytes);
}

static void delete_section(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    (void)buffer;
    service_delete_section(t->h, number);
}

static void open_one(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    (void)buffer;
    t->handles[number] = service_open(t->name);
}

static void close_one(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    (void)buffer;
    service_close(t->handles[number]);
}

static void iterate(void *context, uint64_t number, void *buffer) {
    struct target *t = context;
    (void)number, (void)buffer;
    if (service_iterate(t->h) != t->sections)
        service_give_up(0, "an iteration did not return every section once");
}

/* --- measurements */

struct measurement {
    const char *operation;
    unsigned long kind, size, outstanding;
    uint64_t operations_max;
    bool is_warm;    /* needs no operations before it that do not count */
    bool to_the_end; /* as many operations as said, whatever time they take */
};

/* Returns how many operations there were. */
static uint64_t measure(const struct measurement *m, void (*operation)(void *, uint64_t, void *), struct target *target) {
    struct loop loop = {
        .operation = operation,
        .context = target,
        .buffer_bytes = target->bytes,
        .outstanding = (unsigned)m->outstanding,
        .nanoseconds = WARM_UP,
        .operations_max = WARM_UP_OPERATIONS,
    };
    printf("begin %s %lu %lu %lu\n", m->operation, m->kind, m->size, m->outstanding);
    if (!m->is_warm)
        free(loop_run(&loop));
    loop.nanoseconds = m->to_the_end ? FILL_MAX : plan.milliseconds * MILLISECOND;
    loop.operations_max = m->operations_max;
    struct outcome *outcome = loop_run(&loop);
    printf("end %" PRIu64 " %" PRIu64, outcome->elapsed, outcome->retries);
    histogram_print(stdout, &outcome->latencies);
    printf("\n");
    uint64_t operations = outcome->latencies.count;
    free(outcome);
    return operations;
}

/* Writes and reads of every size under every load. */
static void content(unsigned long kind) {
    char part[32];
    snprintf(part, sizeof part, "content-%lu", kind);
    struct target t = {.h = service_create(name_of(part), (unsigned)kind, (unsigned)plan.sections, plan_largest(&plan.sizes))};
    t.sections = plan.sections;
    for (uint64_t section = 0; section < plan.sections; section++)
        service_create_section(t.h, section, "", 0);
    for (unsigned s = 0; s < plan.sizes.count; s++) {
        unsigned char *data = data_of(plan.sizes.items[s]);
        t.data = data;
        t.bytes = plan.sizes.items[s];
        for (uint64_t section = 0; section < plan.sections; section++)
            service_overwrite(t.h, section, t.data, t.bytes);
        for (unsigned o = 0; o < plan.outstanding.count; o++) {
            struct measurement m = {"write", kind, t.bytes, plan.outstanding.items[o], UINT64_MAX, false, false};
            measure(&m, write_one, &t);
            m.operation = "read";
            measure(&m, read_one, &t);
        }
        free(data);
    }
    service_close(t.h);
}

/* Sections created, and then the same deleted. */
static void churn(void) {
    unsigned char *data = data_of(plan.small);
    struct target t = {.h = service_create(name_of("churn"), SA_CKPT_WR_ALL_REPLICAS, (unsigned)plan.churn, plan.small)};
    t.data = data;
    t.bytes = plan.small;
    for (unsigned o = 0; o < plan.outstanding.count; o++) {
        struct measurement m = {"section-create", SA_CKPT_WR_ALL_REPLICAS, plan.small, plan.outstanding.items[o], plan.churn, true, false};
        uint64_t created = measure(&m, create_section, &t);
        m = (struct measurement){"section-delete", SA_CKPT_WR_ALL_REPLICAS, 0, plan.outstanding.items[o], created, true, true};
        measure(&m, delete_section, &t);
    }
    service_close(t.h);
    free(data);
}

/* Opens and closes of a checkpoint that stays open: neither its first open nor its last close. */
static void handles(void) {
    struct target t = {.name = name_of("handles"), .handles = calloc(plan.handles, sizeof *t.handles)};
    if (t.handles == NULL)
        service_give_up(0, "out of memory");
    SaCkptCheckpointHandleT kept = service_create(t.name, SA_CKPT_WR_ALL_REPLICAS, 2, plan.small);
    struct measurement m = {"open", SA_CKPT_WR_ALL_REPLICAS, 0, 1, plan.handles, true, false};
    uint64_t opened = measure(&m, open_one, &t);
    m = (struct measurement){"close", SA_CKPT_WR_ALL_REPLICAS, 0, 1, opened, true, true};
    measure(&m, close_one, &t);
    service_close(kept);
    free(t.handles);
}

static struct target filled(const char *part, unsigned long sections, const void *data) {
    struct target t = {.h = service_create(name_of(part), SA_CKPT_WR_ALL_REPLICAS, (unsigned)sections, plan.small)};
    t.sections = sections;
    t.data = data;
    t.bytes = plan.small;
    struct loop loop = {
        .operation = create_section,
        .context = &t,
        .outstanding = (unsigned)plan_largest(&plan.outstanding),
        .nanoseconds = FILL_MAX,
        .operations_max = sections,
    };
    struct outcome *outcome = loop_run(&loop);
    if (outcome->latencies.count != sections)
        service_give_up(0, "a checkpoint could not be filled in time");
    free(outcome);
    return t;
}

static void turn(struct target *t, unsigned long number, struct histogram *latencies) {
    for (unsigned long write = 0; write < plan.turn_writes; write++) {
        uint64_t section = (number * plan.turn_writes + write) * STRIDE % t->sections;
        uint64_t begun = service_now();
        service_write(t->h, section, t->data, t->bytes);
        histogram_record(latencies, service_now() - begun);
    }
}

static void print_round(const char *which, const struct histogram *latencies) {
    printf("%s", which);
    histogram_print(stdout, latencies);
    printf("\n");
}

/* The two checkpoints take turns, so that a noisy neighbour hits both. */
static void flatness_round(struct target *few, struct target *many) {
    static struct histogram of_few, of_many;
    of_few = of_many = (struct histogram){0};
    uint64_t started = service_now();
    for (unsigned long number = 0; number < plan.turns; number++) {
        turn(few, number, &of_few);
        turn(many, number, &of_many);
        if (service_now() - started > plan.round_milliseconds * MILLISECOND)
            break;
    }
    print_round("few", &of_few);
    print_round("many", &of_many);
}

/* Iteration over, and writes in, a checkpoint of many sections. */
static void many_sections(void) {
    unsigned char *data = data_of(plan.small);
    struct target few = filled("few", plan.few, data), many = filled("many", plan.many, data);
    struct measurement m = {"iterate-10000", SA_CKPT_WR_ALL_REPLICAS, 0, 1, UINT64_MAX, true, false};
    measure(&m, iterate, &many);
    for (unsigned long round = 0; round < plan.rounds; round++)
        flatness_round(&few, &many);
    service_close(few.h);
    service_close(many.h);
    free(data);
}

int main(int argc, char **argv) {
    plan = plan_of(argc, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    service_begin();
    for (unsigned k = 0; k < plan.kinds.count; k++)
        content(plan.kinds.items[k]);
    churn();
    handles();
    many_sections();
    service_end();
    return 0;
}
