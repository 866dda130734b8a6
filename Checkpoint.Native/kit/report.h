/* What a case, its peers and the runner share: a page of memory that survives any of them, so that a crash can still be told. */
#ifndef KIT_REPORT_H
#define KIT_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "kit.h"

enum kit_outcome { KIT_RUNNING = 0, KIT_PASS, KIT_FAIL, KIT_NOT_APPLICABLE, KIT_ERROR };

#define KIT_STEPS 48
#define KIT_STEP_TEXT 240
#define KIT_REPORT_TEXT 1200
#define KIT_NAMES_MAX 65536

struct kit_report {
    atomic_int claimed; /* the process that ended the case; the first one counts */
    enum kit_outcome outcome;
    char where[256];
    char expected[KIT_REPORT_TEXT];
    char seen[KIT_REPORT_TEXT];
    char current[KIT_STEP_TEXT]; /* the call that has not returned */
    /* The last expectation that was met, for a case that passes. Whoever finds it being written leaves it out. */
    atomic_flag met_is_written;
    char met_expected[KIT_REPORT_TEXT];
    char met_seen[KIT_REPORT_TEXT];
    atomic_uint step_count;
    char steps[KIT_STEPS][KIT_STEP_TEXT]; /* a ring: the last ones */
    atomic_int fault_given;
    atomic_uint name_count;
    SaNameT names[KIT_NAMES_MAX]; /* to be unlinked; the memory is sparse */
};

extern struct kit_report *kit_report;
extern int kit_report_fd;
/* In force for this process. */
extern enum kit_profile kit_profile_in_force;
extern const char *kit_prefix_in_force;
extern const char *kit_case_id;
/* NULL in the case itself, else the role of this peer. */
extern const char *kit_peer_role;

struct kit_report *kit_report_map(int fd);
/* Ends the case with this outcome, if nobody did before; ends this process in any case. */
__attribute__((noreturn)) void kit_end(enum kit_outcome outcome, int exit_code);

/* In a peer: the descriptor of its line protocol. */
void kit_peer_adopt(int line);
extern struct kit_case *kit_cases;
extern struct kit_role *kit_roles;

/* This process cleans up after a case, whose steps are not to be overwritten. */
extern bool kit_cleaning;

/* How this program is started again. */
extern const char *kit_program;

/* The exit code of a probe that found no service. */
#define KIT_NO_SERVICE 3

/* --- the runner */

struct kit_run {
    const char *library;
    const char *prefix;
    const char *const *filters; /* ids or beginnings of ids; NULL at the end; none: all cases */
    enum kit_profile profile;
    unsigned jobs;
    unsigned slower; /* all deadlines of the runner are so many times as long */
    bool json;
};
/* Runs the cases and prints what came of them; the exit code of the program. */
int kit_run_cases(const struct kit_run *run);
bool kit_filter_takes(const char *const *filters, const char *id);
/* All cases in the order of the specification's list; NULL at the end. */
struct kit_case **kit_sorted_cases(void);

struct kit_result {
    const struct kit_case *c;
    enum kit_outcome outcome;
    double seconds;
    const char *expected;
    const char *seen;
};
void kit_print_result(const struct kit_result *result, const struct kit_report *report, const char *output);
void kit_print_json(const struct kit_run *run, const struct kit_result *results, size_t count);
void kit_print_list(void);

#endif
