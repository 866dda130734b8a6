/* What a run measures. All of it is given on the command line: the numbers stand in one place, BenchPlan.cs. */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

enum { PLAN_LIST_MAX = 8 };

struct plan_list {
    unsigned count;
    unsigned long items[PLAN_LIST_MAX];
};

struct plan {
    const char *name; /* how the names of the run's checkpoints begin */
    struct plan_list kinds, sizes, outstanding;
    unsigned long milliseconds; /* of one measurement */
    unsigned long handles, sections, churn, many, few, small;
    unsigned long rounds, turns, turn_writes, round_milliseconds;
};

/* Ends the process with a message when it is not complete. */
struct plan plan_of(int argc, char **argv);

unsigned long plan_largest(const struct plan_list *list);

#endif
