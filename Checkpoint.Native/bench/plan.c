#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void usage(const char *what) {
    fprintf(stderr, "bench: %s: this program is run by ./checkpoint bench --c\n", what);
    exit(2);
}

static unsigned long number(const char *option, const char *text, char **end) {
    unsigned long value = strtoul(text, end, 10);
    if (*end == text || value == 0)
        usage(option);
    return value;
}

static void read_list(const char *option, const char *text, struct plan_list *list) {
    for (list->count = 0; list->count < PLAN_LIST_MAX; text++) {
        char *end;
        list->items[list->count++] = number(option, text, &end);
        if (*end == '\0')
            return;
        if (*end != ',')
            break;
        text = end;
    }
    usage(option);
}

struct plan plan_of(int argc, char **argv) {
    struct plan plan = {0};
    const struct {
        const char *option;
        unsigned long *value;
    } numbers[] = {
        {"--milliseconds", &plan.milliseconds}, {"--handles", &plan.handles}, {"--sections", &plan.sections},
        {"--churn", &plan.churn},               {"--many", &plan.many},       {"--few", &plan.few},
        {"--small", &plan.small},               {"--rounds", &plan.rounds},   {"--turns", &plan.turns},
        {"--turn-writes", &plan.turn_writes},   {"--round-milliseconds", &plan.round_milliseconds},
    };
    enum { NUMBERS = sizeof numbers / sizeof numbers[0] };
    for (int i = 1; i + 1 < argc; i += 2) {
        char *end = "";
        if (strcmp(argv[i], "--name") == 0)
            plan.name = argv[i + 1];
        else if (strcmp(argv[i], "--kinds") == 0)
            read_list(argv[i], argv[i + 1], &plan.kinds);
        else if (strcmp(argv[i], "--sizes") == 0)
            read_list(argv[i], argv[i + 1], &plan.sizes);
        else if (strcmp(argv[i], "--outstanding") == 0)
            read_list(argv[i], argv[i + 1], &plan.outstanding);
        for (unsigned n = 0; n < NUMBERS; n++)
            if (strcmp(argv[i], numbers[n].option) == 0)
                *numbers[n].value = number(argv[i], argv[i + 1], &end);
        if (*end != '\0')
            usage(argv[i]);
    }
    for (unsigned n = 0; n < NUMBERS; n++)
        if (*numbers[n].value == 0)
            usage(numbers[n].option);
    if (plan.name == NULL || plan.kinds.count == 0 || plan.sizes.count == 0 || plan.outstanding.count == 0)
        usage("--name, --kinds, --sizes, --outstanding");
    return plan;
}

unsigned long plan_largest(const struct plan_list *list) {
    unsigned long largest = 0;
    for (unsigned i = 0; i < list->count; i++)
        if (list->items[i] > largest)
            largest = list->items[i];
    return largest;
}
