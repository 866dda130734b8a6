/* What was called with which boundary and what came of it. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "extreme.h"

enum { LINES_MAX = 256, VIOLATIONS_SHOWN = 60, ATTEMPTS_MAX = 40, SILENT_MAX = 3 };
#define SLOW_NS INT64_C(1000000000)
#define SILENT_NS (10 * SLOW_NS)

struct line {
    const char *function, *parameter;
    uint64_t calls, counts[41];
    int64_t worst;
    uint64_t worst_value;
};
static struct line lines[LINES_MAX];
static unsigned line_count;
static struct line *current;
static uint64_t current_value, made, violated;
static int64_t begun;

static const char *code_name(unsigned code) {
    static const char *const names[] = {
        [1] = "OK",           [2] = "LIBRARY",    [3] = "VERSION",      [4] = "INIT",         [5] = "TIMEOUT",        [6] = "TRY_AGAIN",
        [7] = "INVALID_PARAM", [8] = "NO_MEMORY",  [9] = "BAD_HANDLE",   [11] = "ACCESS",      [12] = "NOT_EXIST",     [14] = "EXIST",
        [15] = "NO_SPACE",    [18] = "NO_RESOURCES", [19] = "NOT_SUPPORTED", [20] = "BAD_OPERATION", [25] = "BAD_FLAGS", [26] = "TOO_BIG",
        [27] = "NO_SECTIONS", [31] = "UNAVAILABLE",
    };
    static char number[16];
    if (code < sizeof names / sizeof names[0] && names[code] != NULL)
        return names[code];
    snprintf(number, sizeof number, "code %u", code);
    return number;
}

int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static struct line *line_of(const char *function, const char *parameter) {
    for (unsigned i = 0; i < line_count; i++)
        if (strcmp(lines[i].function, function) == 0 && strcmp(lines[i].parameter, parameter) == 0)
            return &lines[i];
    if (line_count == LINES_MAX)
        give_up("more than %d lines in the table", LINES_MAX);
    lines[line_count] = (struct line){.function = function, .parameter = parameter};
    return &lines[line_count++];
}

void begin(const char *function, const char *parameter, uint64_t value) {
    current = line_of(function, parameter);
    current_value = value;
    if (run.verbose)
        fprintf(stderr, "%" PRIu64 ": %s %s = %#" PRIx64 " ...\n", made, function, parameter, value);
    begun = now_ns();
}

bool again(SaAisErrorT code, unsigned *attempts) {
    if (code != SA_AIS_ERR_TRY_AGAIN || ++*attempts >= ATTEMPTS_MAX || (begun != 0 && now_ns() - begun > SILENT_NS))
        return false;
    usleep(25000);
    return true;
}

static void print_set(codes set) {
    for (unsigned code = 1; code < 64; code++)
        if ((set >> code & 1) != 0)
            printf(" %s", code_name(code));
    putchar('\n');
}

void end_many(uint64_t callbacks) {
    int64_t took = now_ns() - begun;
    current->calls += callbacks;
    current->counts[SA_AIS_OK] += callbacks;
    if (took > current->worst) {
        current->worst = took;
        current->worst_value = current_value;
    }
}

SaAisErrorT end(SaAisErrorT code, codes expected) {
    int64_t took = now_ns() - begun;
    made++;
    current->calls++;
    current->counts[code >= 0 && code < 41 ? (unsigned)code : 0]++;
    if (took > current->worst) {
        current->worst = took;
        current->worst_value = current_value;
    }
    if (took > SLOW_NS)
        printf("slow: call %" PRIu64 ", %s %s = %#" PRIx64 ": %s after %.2f s\n", made, current->function, current->parameter, current_value,
               code_name((unsigned)code), (double)took / 1e9);
    /* Whoever started the hosts sees what became of them; nothing is left to be tried here. */
    static unsigned silent;
    bool unserved = code == SA_AIS_ERR_TIMEOUT || code == SA_AIS_ERR_TRY_AGAIN;
    silent = unserved && took > SILENT_NS ? silent + 1 : 0;
    if (code == SA_AIS_ERR_UNAVAILABLE || silent >= SILENT_MAX)
        give_up("the service is lost: %s", code_name((unsigned)code));
    if (unserved)
        return code;
    if ((unsigned)code >= 64 || (expected >> (unsigned)code & 1) == 0) {
        if (violated++ < VIOLATIONS_SHOWN) {
            printf("VIOLATION: call %" PRIu64 ", %s %s = %#" PRIx64 ": %s, expected:", made, current->function, current->parameter, current_value,
                   code_name((unsigned)code));
            print_set(expected);
        }
    }
    fflush(stdout);
    return code;
}

void wrong(const char *format, ...) {
    if (violated++ >= VIOLATIONS_SHOWN)
        return;
    va_list arguments;
    printf("VIOLATION: call %" PRIu64 ", %s %s = %#" PRIx64 ": ", made, current->function, current->parameter, current_value);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

void give_up(const char *format, ...) {
    va_list arguments;
    printf("extreme: ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    if (current != NULL)
        printf(" (after call %" PRIu64 ": %s %s = %#" PRIx64 ")", made, current->function, current->parameter, current_value);
    putchar('\n');
    print_table();
    exit(2);
}

uint64_t calls_made(void) {
    return made;
}

uint64_t violations(void) {
    return violated;
}

static int by_name(const void *a, const void *b) {
    const struct line *x = a, *y = b;
    int order = strcmp(x->function, y->function);
    return order != 0 ? order : strcmp(x->parameter, y->parameter);
}

void print_table(void) {
    qsort(lines, line_count, sizeof lines[0], by_name);
    printf("%-26s %-30s %7s %9s  codes\n", "function", "parameter", "calls", "worst ms");
    for (unsigned i = 0; i < line_count; i++) {
        printf("%-26s %-30s %7" PRIu64 " %9.1f ", lines[i].function, lines[i].parameter, lines[i].calls, (double)lines[i].worst / 1e6);
        for (unsigned code = 0; code < 41; code++)
            if (lines[i].counts[code] > 0)
                printf(" %s:%" PRIu64, code == 0 ? "other" : code_name(code), lines[i].counts[code]);
        putchar('\n');
    }
    printf("%" PRIu64 " calls, %u functions and parameters, %" PRIu64 " violations\n", made, line_count, violated);
    fflush(stdout);
}
