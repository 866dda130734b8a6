/* How a case ends, what it records, and what it expects. */
#include "kit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

struct kit_case *kit_cases;
struct kit_role *kit_roles;
struct kit_report *kit_report;
int kit_report_fd = -1;
enum kit_profile kit_profile_in_force;
const char *kit_prefix_in_force = "safCkpt=";
const char *kit_case_id = "";
const char *kit_peer_role;
const char *kit_program;
bool kit_cleaning;

void kit_register_case(struct kit_case *c) {
    c->next = kit_cases;
    kit_cases = c;
}

void kit_register_role(struct kit_role *r) {
    r->next = kit_roles;
    kit_roles = r;
}

struct kit_report *kit_report_map(int fd) {
    void *at = mmap(NULL, sizeof(struct kit_report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}

enum kit_profile kit_profile(void) {
    return kit_profile_in_force;
}

const char *kit_profile_name(void) {
    return KIT_BY_PROFILE("strict", "opensaf", "openais");
}

bool kit_b2_rules(void) {
    return !kit_is_so3() && kit_profile() != KIT_OPENAIS;
}

/* --- ends */

/* Present only in a build with a leak checker; _exit would pass it by. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* True for the one that may write the outcome. */
static bool claim(void) {
    int nobody = 0;
    return atomic_compare_exchange_strong(&kit_report->claimed, &nobody, (int)getpid());
}

/* The others of this process wait for the one that writes, or they would end it before it has. */
static void yield_to_claimer(void) {
    while (atomic_load(&kit_report->claimed) == (int)getpid())
        pause();
    _exit(1);
}

/* What a case that passes expected and saw last. A few only end by themselves where something is wrong, and expect nothing else. */
static void tell_last_met(void) {
    bool any = kit_report->met_expected[0] != '\0';
    snprintf(kit_report->expected, sizeof kit_report->expected, "%s", any ? kit_report->met_expected : "nothing against the rule");
    snprintf(kit_report->seen, sizeof kit_report->seen, "%s", any ? kit_report->met_seen : "nothing against it");
}

void kit_end(enum kit_outcome outcome, int exit_code) {
    if (!claim())
        yield_to_claimer();
    if (outcome == KIT_PASS && __lsan_do_recoverable_leak_check != NULL && __lsan_do_recoverable_leak_check() != 0) {
        snprintf(kit_report->expected, sizeof kit_report->expected, "no memory leaked");
        snprintf(kit_report->seen, sizeof kit_report->seen, "the leak checker found some (see its output)");
        outcome = KIT_FAIL;
        exit_code = 1;
    }
    if (outcome == KIT_PASS)
        tell_last_met();
    kit_report->outcome = outcome;
    fflush(NULL);
    _exit(exit_code);
}

static void say_where(const char *file, int line, const char *text) {
    const char *base = file != NULL ? strrchr(file, '/') : NULL;
    const char *role = kit_peer_role != NULL ? kit_peer_role : "";
    if (file == NULL)
        snprintf(kit_report->where, sizeof kit_report->where, "%s%s", kit_peer_role != NULL ? "in peer " : "", role);
    else
        snprintf(kit_report->where, sizeof kit_report->where, "%s:%d%s%s: %s", base != NULL ? base + 1 : file, line,
                 kit_peer_role != NULL ? " in peer " : "", role, text);
}

__attribute__((noreturn, format(printf, 5, 0))) static void end_with(enum kit_outcome outcome, const char *file, int line, const char *expected,
                                                                     const char *seen, va_list arguments) {
    /* Written to one side first: only the claimer may touch the report. */
    char text[KIT_REPORT_TEXT];
    vsnprintf(text, sizeof text, seen, arguments);
    if (!claim())
        yield_to_claimer();
    say_where(file, line, "");
    snprintf(kit_report->expected, sizeof kit_report->expected, "%s", expected);
    snprintf(kit_report->seen, sizeof kit_report->seen, "%s", text);
    kit_report->outcome = outcome;
    fflush(NULL);
    _exit(1);
}

void kit_not_applicable(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    end_with(KIT_NOT_APPLICABLE, NULL, 0, "", format, arguments);
}

void kit_fail(const char *expected, const char *seen, ...) {
    va_list arguments;
    va_start(arguments, seen);
    end_with(KIT_FAIL, NULL, 0, expected, seen, arguments);
}

void kit_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    end_with(KIT_ERROR, NULL, 0, "", format, arguments);
}

__attribute__((noreturn, format(printf, 5, 6))) static void fail_at(const char *file, int line, const char *text, const char *expected,
                                                                    const char *seen, ...) {
    char told[KIT_REPORT_TEXT];
    va_list arguments;
    va_start(arguments, seen);
    vsnprintf(told, sizeof told, seen, arguments);
    va_end(arguments);
    if (!claim())
        yield_to_claimer();
    say_where(file, line, text);
    snprintf(kit_report->expected, sizeof kit_report->expected, "%s", expected);
    snprintf(kit_report->seen, sizeof kit_report->seen, "%s", told);
    kit_report->outcome = KIT_FAIL;
    fflush(NULL);
    _exit(1);
}

/* --- steps */

static void add_step(const char *text) {
    if (kit_cleaning)
        return;
    unsigned at = atomic_fetch_add(&kit_report->step_count, 1) % KIT_STEPS;
    snprintf(kit_report->steps[at], KIT_STEP_TEXT, "%s%s%s%s", kit_peer_role != NULL ? "[" : "", kit_peer_role != NULL ? kit_peer_role : "",
             kit_peer_role != NULL ? "] " : "", text);
}

void kit_step(const char *format, ...) {
    char text[KIT_STEP_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_step(text);
}

/* "K.Finalize(h)" is our way to write saCkptFinalize(h). */
static const char *call_prefix(const char **text) {
    if (strncmp(*text, "K.", 2) != 0)
        return "";
    *text += 2;
    return strncmp(*text, "ncs", 3) == 0 || strncmp(*text, "saAis", 5) == 0 ? "" : "saCkpt";
}

void kit_begin(const char *text) {
    const char *prefix = call_prefix(&text);
    snprintf(kit_report->current, sizeof kit_report->current, "%s%s", prefix, text);
}

SaAisErrorT kit_record(const char *text, SaAisErrorT code) {
    char step[KIT_STEP_TEXT];
    const char *prefix = call_prefix(&text);
    snprintf(step, sizeof step, "%s%.200s -> %s", prefix, text, kit_code_name(code));
    add_step(step);
    kit_report->current[0] = '\0';
    return code;
}

const char *kit_code_name(SaAisErrorT code) {
    static const char *const names[] = {
        "0 (no code)", "OK",          "LIBRARY",       "VERSION",     "INIT",           "TIMEOUT",          "TRY_AGAIN",     "INVALID_PARAM",
        "NO_MEMORY",   "BAD_HANDLE",  "BUSY",          "ACCESS",      "NOT_EXIST",      "NAME_TOO_LONG",    "EXIST",         "NO_SPACE",
        "INTERRUPT",   "NAME_NOT_FOUND", "NO_RESOURCES", "NOT_SUPPORTED", "BAD_OPERATION", "FAILED_OPERATION", "MESSAGE_ERROR", "QUEUE_FULL",
        "QUEUE_NOT_AVAILABLE", "BAD_FLAGS", "TOO_BIG", "NO_SECTIONS", "NO_OP",          "REPAIR_PENDING",   "NO_BINDINGS",   "UNAVAILABLE",
    };
    static _Thread_local char number[32];
    if ((unsigned)code < sizeof names / sizeof names[0])
        return names[code];
    if (code == SA_AIS_ERR_SECURITY)
        return "SECURITY";
    snprintf(number, sizeof number, "code %d", (int)code);
    return number;
}

bool kit_again(struct kit_retry *retry, SaAisErrorT code) {
    if (code != SA_AIS_ERR_TRY_AGAIN)
        return false;
    if (retry->until == 0)
        retry->until = kit_mono() + INT64_C(10) * 1000000000 * kit_patience();
    if (kit_mono() >= retry->until)
        return false;
    /* 1, 2, 4 ... 64 ms */
    kit_sleep_ms(1 << (retry->tries < 6 ? retry->tries : 6));
    retry->tries++;
    return true;
}

/* --- expectations */

/* For the one that writes what was met; nobody waits for it. */
static bool begin_met(void) {
    return !kit_cleaning && !atomic_flag_test_and_set(&kit_report->met_is_written);
}

static void end_met(void) {
    atomic_flag_clear(&kit_report->met_is_written);
}

/* Giving back at the end says little of what a case is about. */
static bool gives_back(const char *text) {
    return strncmp(text, "K.Finalize(", 11) == 0 || strncmp(text, "K.CheckpointClose(", 18) == 0;
}

__attribute__((format(printf, 3, 4))) static void met(const char *text, const char *expected, const char *seen, ...) {
    if ((gives_back(text) && kit_report->met_expected[0] != '\0') || !begin_met())
        return;
    va_list arguments;
    const char *prefix = call_prefix(&text);
    snprintf(kit_report->met_expected, sizeof kit_report->met_expected, "%s%.200s: %s", prefix, text, expected);
    va_start(arguments, seen);
    vsnprintf(kit_report->met_seen, sizeof kit_report->met_seen, seen, arguments);
    va_end(arguments);
    end_met();
}

void kit_expect_code(const char *file, int line, const char *text, SaAisErrorT seen, const SaAisErrorT *legal, size_t count) {
    char expected[KIT_REPORT_TEXT] = "";
    size_t used = 0;
    bool is_legal = false;
    for (size_t i = 0; i < count; i++) {
        is_legal |= seen == legal[i];
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%s%s", i > 0 ? " or " : "", kit_code_name(legal[i]));
    }
    if (is_legal) {
        met(text, expected, "%s", kit_code_name(seen));
        return;
    }
    const char *prefix = call_prefix(&text);
    char call[KIT_STEP_TEXT];
    snprintf(call, sizeof call, "%s%.200s", prefix, text);
    fail_at(file, line, call, expected, "%s", kit_code_name(seen));
}

void kit_expect_u64(const char *file, int line, const char *text, uint64_t seen, uint64_t expected) {
    char number[64];
    snprintf(number, sizeof number, "%llu (0x%llx)", (unsigned long long)expected, (unsigned long long)expected);
    if (seen == expected)
        met(text, number, "%llu", (unsigned long long)seen);
    else
        fail_at(file, line, text, number, "%llu (0x%llx)", (unsigned long long)seen, (unsigned long long)seen);
}

void kit_expect_i64(const char *file, int line, const char *text, int64_t seen, int64_t expected) {
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)expected);
    if (seen == expected)
        met(text, number, "%lld", (long long)seen);
    else
        fail_at(file, line, text, number, "%lld", (long long)seen);
}

void kit_expect_bytes(const char *file, int line, const char *text, const void *seen, size_t n, const void *expected, size_t m) {
    const unsigned char *a = seen, *b = expected;
    char want[96];
    if (n != m) {
        snprintf(want, sizeof want, "%zu bytes", m);
        fail_at(file, line, text, want, "%zu bytes", n);
    }
    for (size_t i = 0; i < n; i++) {
        if (a[i] == b[i])
            continue;
        snprintf(want, sizeof want, "0x%02x at byte %zu of %zu", b[i], i, m);
        fail_at(file, line, text, want, "0x%02x there", a[i]);
    }
    met(text, "these bytes", "%zu bytes, all equal", n);
}

void kit_expect_true(const char *file, int line, const char *text, bool seen, const char *format, ...) {
    char expected[KIT_REPORT_TEXT];
    va_list arguments;
    if (seen && !begin_met())
        return;
    va_start(arguments, format);
    vsnprintf(seen ? kit_report->met_expected : expected, KIT_REPORT_TEXT, format, arguments);
    va_end(arguments);
    if (!seen)
        fail_at(file, line, text, expected, "it is not so");
    snprintf(kit_report->met_seen, sizeof kit_report->met_seen, "it is so");
    end_met();
}

/* --- time */

int kit_patience(void) {
    static atomic_int patience;
    int known = atomic_load(&patience);
    if (known == 0) {
        const char *word = getenv("CKPT_KIT_SLOWER");
        known = word != NULL && atoi(word) > 0 ? atoi(word) : 1;
        atomic_store(&patience, known);
    }
    return known;
}

static int64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

SaTimeT kit_now(void) {
    return clock_ns(CLOCK_REALTIME);
}

int64_t kit_mono(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

void kit_sleep_ms(int ms) {
    struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}
