/* What the kit prints: a case's outcome, the JSON document, the list for the documentation. */
#include <stdlib.h>

#include "kit.h"
#include "report.h"

static const char *const outcome_words[] = {"running", "pass", "fail", "not-applicable", "error"};

static void print_indented(const char *label, const char *text) {
    printf("         %-9s ", label);
    for (const char *at = text; *at != '\0'; at++) {
        putchar(*at);
        if (*at == '\n' && at[1] != '\0')
            printf("                   ");
    }
    if (*text == '\0' || text[strlen(text) - 1] != '\n')
        putchar('\n');
}

static void print_steps(const struct kit_report *report) {
    unsigned count = atomic_load(&report->step_count);
    unsigned first = count > KIT_STEPS ? count - KIT_STEPS : 0;
    if (first > 0)
        printf("         did:      (%u steps before)\n", first);
    for (unsigned i = first; i < count; i++)
        print_indented(i == first ? "did:" : "", report->steps[i % KIT_STEPS]);
    if (report->current[0] != '\0')
        print_indented("did:", report->current);
}

/* In one line each: what a case that passed did last, and in how many steps. */
static void print_passed(const struct kit_result *result, const struct kit_report *report) {
    unsigned count = atomic_load(&report->step_count);
    char did[KIT_STEP_TEXT + 64] = "nothing through the library";
    if (count > 0)
        snprintf(did, sizeof did, "%u step%s, the last: %s", count, count > 1 ? "s" : "", report->steps[(count - 1) % KIT_STEPS]);
    print_indented("did:", did);
    print_indented("expected:", result->expected);
    print_indented("seen:", result->seen);
}

void kit_print_result(const struct kit_result *result, const struct kit_report *report, const char *output) {
    printf("%-7s %-14s %6.2f s  %s\n", result->c->id, outcome_words[result->outcome], result->seconds, result->c->rule);
    if (result->outcome == KIT_NOT_APPLICABLE)
        print_indented("because:", result->seen);
    if (result->outcome == KIT_PASS)
        print_passed(result, report);
    if (result->outcome == KIT_FAIL || result->outcome == KIT_ERROR) {
        print_steps(report);
        if (report->where[0] != '\0')
            print_indented("at:", report->where);
        if (result->expected[0] != '\0')
            print_indented("expected:", result->expected);
        print_indented("seen:", result->seen);
        if (output[0] != '\0')
            print_indented("output:", output);
    }
    fflush(stdout);
}

static void print_json_text(const char *text) {
    putchar('"');
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            printf("\\%c", *at);
        else if (*at < 0x20 || *at >= 0x7F)
            printf("\\u%04x", *at);
        else
            putchar(*at);
    }
    putchar('"');
}

void kit_print_json(const struct kit_run *run, const struct kit_result *results, size_t count) {
    printf("{\"library\":");
    print_json_text(run->library);
    printf(",\"profile\":");
    print_json_text(kit_profile_name());
    printf(",\"cases\":[");
    for (size_t i = 0; i < count; i++) {
        printf("%s\n{\"id\":", i > 0 ? "," : "");
        print_json_text(results[i].c->id);
        printf(",\"rule\":");
        print_json_text(results[i].c->rule);
        printf(",\"outcome\":\"%s\",\"seconds\":%.3f,\"expected\":", outcome_words[results[i].outcome], results[i].seconds);
        print_json_text(results[i].expected);
        printf(",\"seen\":");
        print_json_text(results[i].seen);
        putchar('}');
    }
    printf("\n]}\n");
}

/* --- the list */

static int area_rank(const char *id) {
    static const char order[] = "INI DSP FIN OPN OPA CLO UNL RET ACT STA SEC EXP ITR WRI OVW RDD SYN TRK PRC MEM NOD ABI ";
    char area[5] = {id[0], id[1], id[2], ' ', '\0'};
    const char *found = strstr(order, area);
    return found != NULL ? (int)(found - order) : (int)sizeof order;
}

static int compare(const void *left, const void *right) {
    const struct kit_case *a = *(const struct kit_case *const *)left, *b = *(const struct kit_case *const *)right;
    int by_area = area_rank(a->id) - area_rank(b->id);
    return by_area != 0 ? by_area : strcmp(a->id, b->id);
}

struct kit_case **kit_sorted_cases(void) {
    size_t count = 0;
    for (struct kit_case *c = kit_cases; c != NULL; c = c->next)
        count++;
    struct kit_case **sorted = calloc(count + 1, sizeof *sorted);
    if (sorted == NULL)
        exit(2);
    size_t i = 0;
    for (struct kit_case *c = kit_cases; c != NULL; c = c->next)
        sorted[i++] = c;
    qsort(sorted, count, sizeof *sorted, compare);
    for (i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0) {
            fprintf(stderr, "conformance: two cases have the id %s\n", sorted[i]->id);
            exit(2);
        }
    return sorted;
}

bool kit_filter_takes(const char *const *filters, const char *id) {
    if (filters[0] == NULL)
        return true;
    for (; *filters != NULL; filters++)
        if (strncmp(id, *filters, strlen(*filters)) == 0)
            return true;
    return false;
}

static void print_class(unsigned flags) {
    const char *class = (flags & KIT_N) != 0 ? "N" : (flags & KIT_P) != 0 ? "P" : "S";
    printf("%s%s", class, (flags & KIT_T) != 0 ? ",T" : "");
}

void kit_print_list(void) {
    struct kit_case **cases = kit_sorted_cases();
    printf("| id | class | rule | remarks |\n|---|---|---|---|\n");
    for (struct kit_case **c = cases; *c != NULL; c++) {
        unsigned flags = (*c)->flags;
        printf("| %s | ", (*c)->id);
        print_class(flags);
        printf(" | %s | ", (*c)->rule);
        const char *between = "";
        const struct {
            bool holds;
            const char *text;
        } remarks[] = {
            {(*c)->reason != NULL, (*c)->reason},
            {(flags & KIT_VACUOUS) != 0, "vacuous"},
            {(flags & KIT_B2) != 0, "B.2 libraries only"},
            {(flags & KIT_FAULT) != 0, "needs CKPT_KIT_FAULT"},
            {(flags & KIT_RESTART) != 0, "needs CKPT_KIT_RESTART"},
            {(flags & (KIT_ALONE | KIT_FAULT | KIT_RESTART)) != 0, "runs alone"},
        };
        for (size_t i = 0; i < sizeof remarks / sizeof remarks[0]; i++)
            if (remarks[i].holds) {
                printf("%s%s", between, remarks[i].text);
                between = "; ";
            }
        printf(" |\n");
    }
    free(cases);
}
