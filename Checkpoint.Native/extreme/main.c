/* The command line, and the order of the calls. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "extreme.h"

/* What this process may fill: a library that takes more for one call would end other processes of the machine. */
#define DATA_MAX (UINT64_C(2) << 30)

static const char usage[] =
    "usage: extreme --lib PATH [--profile strict|opensaf|openais] [--calls N] [--seed S] [--memory-max BYTES] [--brief] [--no-masses] [--no-rows] [--verbose]\n"
    "       extreme --lib PATH --beside [--brief]   64-byte writes until standard input ends; brief: times are not judged\n"
    "Every function, every parameter, every boundary of its type; then seeded ones until N calls are made. CHECKPOINT_SOCKET names the host.\n";

struct run run = {.profile = OPENSAF, .calls = 20000, .memory_max = UINT64_C(2) << 30, .rows = true, .masses = true};

/* What vendor.c asks of whoever uses it. */
void kit_not_applicable(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void kit_fail(const char *expected, const char *seen, ...) __attribute__((noreturn, format(printf, 2, 3)));

void kit_not_applicable(const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    give_up("%s", text);
}

void kit_fail(const char *expected, const char *seen, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, seen);
    vsnprintf(text, sizeof text, seen, arguments);
    va_end(arguments);
    give_up("%s; expected: %s", text, expected);
}

static void bad_usage(void) {
    fputs(usage, stderr);
    exit(2);
}

static uint64_t number(const char *text) {
    char *rest;
    uint64_t value = text != NULL ? strtoull(text, &rest, 10) : 0;
    if (text == NULL || *text == '\0' || *rest != '\0')
        bad_usage();
    return value;
}

static void choose_profile(const char *name) {
    static const char *const names[] = {"strict", "opensaf", "openais"};
    for (int i = 0; i < 3; i++)
        if (name != NULL && strcmp(name, names[i]) == 0) {
            run.profile = (enum profile)i;
            setenv("CHECKPOINT_PROFILE", name, 1);
            return;
        }
    bad_usage();
}

static bool read_arguments(int argc, char **argv) {
    bool beside = false;
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--lib") == 0)
            run.library = next, i++;
        else if (strcmp(argv[i], "--profile") == 0)
            choose_profile(next), i++;
        else if (strcmp(argv[i], "--calls") == 0)
            run.calls = number(next), i++;
        else if (strcmp(argv[i], "--seed") == 0)
            run.seed = number(next), i++;
        else if (strcmp(argv[i], "--memory-max") == 0)
            run.memory_max = number(next), i++;
        else if (strcmp(argv[i], "--brief") == 0)
            run.brief = true;
        else if (strcmp(argv[i], "--no-masses") == 0)
            run.masses = false;
        else if (strcmp(argv[i], "--no-rows") == 0)
            run.rows = false;
        else if (strcmp(argv[i], "--verbose") == 0)
            run.verbose = true;
        else if (strcmp(argv[i], "--beside") == 0)
            beside = true;
        else
            bad_usage();
    }
    if (run.library == NULL)
        bad_usage();
    return beside;
}

/* Every boundary of every row, in an order that the seed decides. */
static void run_all(const struct row **rows, unsigned count) {
    uint64_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += boundary_count(rows[i]->type);
    struct one {
        const struct row *row;
        uint64_t value;
    } *all = calloc(total, sizeof *all);
    if (all == NULL)
        give_up("no memory");
    uint64_t at = 0;
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < boundary_count(rows[i]->type); k++)
            all[at++] = (struct one){rows[i], boundary(rows[i]->type, k)};
    for (uint64_t i = total - 1; i > 0; i--) {
        uint64_t other = any_of(i + 1);
        struct one kept = all[i];
        all[i] = all[other];
        all[other] = kept;
    }
    for (uint64_t i = 0; i < total; i++)
        all[i].row->call(all[i].value);
    free(all);
    printf("each of %" PRIu64 " boundaries of %u rows was tried, with %" PRIu64 " calls\n", total, count, calls_made());
    while (calls_made() < run.calls) {
        const struct row *row = rows[any_of(count)];
        row->call(any_boundary(row->type));
    }
}

static void run_rows(void) {
    enum { ROWS_MAX = 256 };
    static const struct row *rows[ROWS_MAX];
    struct rows parts[] = {life_rows(), handle_rows(), open_rows(), section_rows(), iteration_rows(), content_rows()};
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (unsigned k = 0; k < parts[i].count && count < ROWS_MAX; k++)
            rows[count++] = &parts[i].rows[k];
    run_all(rows, count);
}

int main(int argc, char **argv) {
    const char *error = NULL;
    run.seed = (uint64_t)time(NULL);
    bool beside = read_arguments(argc, argv);
    struct rlimit limit = {DATA_MAX, DATA_MAX};
    setrlimit(RLIMIT_DATA, &limit);
    if (!kit_vendor_load(run.library, &error)) {
        fprintf(stderr, "extreme: %s\n", error);
        return 2;
    }
    if (kit_is_so3())
        choose_profile("openais");
    if (beside)
        return run_beside();
    printf("seed %" PRIu64 "\n", run.seed);
    fflush(stdout);
    subjects_create();
    if (run.rows)
        run_rows();
    if (run.masses)
        run_masses();
    subjects_close();
    print_table();
    return violations() == 0 && (calls_made() >= run.calls || !run.rows) ? 0 : 1;
}
