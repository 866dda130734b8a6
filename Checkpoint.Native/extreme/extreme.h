/*
 * Valid but extreme calls, generated: every function of the interface, every parameter of it, every boundary of that parameter's type, against real
 * hosts. Each call's answer is held against the codes that the interface allows for it; what the hosts make of it is for run.sh to watch.
 */
#ifndef EXTREME_H
#define EXTREME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vendor.h"

/* --- sets of codes */

typedef uint64_t codes;
#define ONLY(name) (UINT64_C(1) << SA_AIS_ERR_##name)
#define OK_ONLY (UINT64_C(1) << SA_AIS_OK)
/* The service cannot hold it. */
#define NO_ROOM (ONLY(NO_MEMORY) | ONLY(NO_RESOURCES))

/* --- the run */

enum profile { STRICT, OPENSAF, OPENAIS };
struct run {
    const char *library;
    enum profile profile;
    uint64_t seed;
    uint64_t calls;      /* at least so many */
    uint64_t memory_max; /* what a host may hold, in bytes */
    bool brief;          /* a few boundaries of each type, the worst ones */
    bool verbose;
    bool rows, masses;
};
extern struct run run;

/* The next of the seeded row. */
uint64_t any(void);
/* 0 ... count - 1 */
uint64_t any_of(uint64_t count);

/* --- boundaries */

enum type { U8, U16, U32, U64, TIME };
/* 0, 1, 2^k, 2^k - 1, 2^k + 1 of the type, its maximum; of TIME the negative ones too. No value twice. */
unsigned boundary_count(enum type type);
uint64_t boundary(enum type type, unsigned which);
uint64_t any_boundary(enum type type);

/* --- counting */

/* Says which call comes next: also for who finds this program hanging. */
void begin(const char *function, const char *parameter, uint64_t value);
/* Counts it; a code outside the set is a violation. TRY_AGAIN and TIMEOUT, which every function may answer, are counted but are none. */
SaAisErrorT end(SaAisErrorT code, codes expected);
/* What began is over: so many callbacks came, each for a call that is counted elsewhere. */
void end_many(uint64_t callbacks);
/* Calls again after TRY_AGAIN, for a while. */
bool again(SaAisErrorT code, unsigned *attempts);
/* CALL("Finalize", "handle", value, expected, K.Finalize(value)) */
#define CALL(function, parameter, value, expected, call)                                                                                             \
    __extension__({                                                                                                                                  \
        unsigned attempts_ = 0;                                                                                                                      \
        SaAisErrorT code_;                                                                                                                           \
        codes expected_ = (expected);                                                                                                                \
        begin(function, parameter, (uint64_t)(value));                                                                                               \
        do                                                                                                                                           \
            code_ = (call);                                                                                                                          \
        while (again(code_, &attempts_));                                                                                                            \
        end(code_, expected_);                                                                                                                       \
    })
/* What was answered with OK is not as it was asked for. */
__attribute__((format(printf, 1, 2))) void wrong(const char *format, ...);
/* The test itself cannot go on. */
__attribute__((noreturn, format(printf, 1, 2))) void give_up(const char *format, ...);
uint64_t calls_made(void);
uint64_t violations(void);
void print_table(void);
int64_t now_ns(void);

/* --- rows: one parameter of one function, and how it is tried */

struct row {
    enum type type;
    void (*call)(uint64_t value);
};
struct rows {
    const struct row *rows;
    unsigned count;
};
#define ROWS(list) ((struct rows){list, sizeof list / sizeof list[0]})
struct rows life_rows(void);
struct rows handle_rows(void);
struct rows open_rows(void);
struct rows section_rows(void);
struct rows iteration_rows(void);
struct rows content_rows(void);

/* What is large by number or size, once. */
void run_masses(void);
/* 64-byte writes beside, until standard input ends; the exit code. */
int run_beside(void);

/* --- subjects: checkpoints of different limits and kinds, with what must be in them */

#define SECTIONS 3
#define UNKNOWN UINT64_MAX
struct subject {
    const char *what;
    SaCkptCheckpointCreationAttributesT attributes;
    SaNameT name;
    SaCkptCheckpointHandleT h;
    bool is_default;          /* maxSections 1 */
    uint64_t sizes[SECTIONS]; /* of its sections, or UNKNOWN */
};
extern SaCkptHandleT client;
void subjects_create(void);
void subjects_close(void);
struct subject *any_subject(void);
/* The id of its section: {0, NULL} where there is only one. */
SaCkptSectionIdT section_id(const struct subject *subject, unsigned section);
unsigned any_section(const struct subject *subject);
/* Makes the section short again where it has grown, so that the hosts do not fill up. */
void settle(struct subject *subject, unsigned section);
/* A name that no other call has, with the prefix. */
SaNameT fresh_name(void);
SaVersionT version_of(unsigned major, unsigned minor);
/* Takes a client handle with both callbacks. */
SaCkptHandleT initialize(void);
/* Callbacks: how many came, and the last one. */
struct arrived {
    _Atomic uint64_t opened, synchronized;
    SaInvocationT invocation;
    SaCkptCheckpointHandleT h;
    SaAisErrorT error;
};
extern struct arrived arrived;
extern const SaCkptCallbacksT callbacks;
/* Dispatches until so many opens, or synchronizes, have come; false after 20 s. */
bool dispatch_until(SaCkptHandleT handle, _Atomic uint64_t *which, uint64_t count);

/* --- what the interface allows for an element, in a section that exists */

codes expect_write(const struct subject *subject, unsigned section, uint64_t size, uint64_t offset);
/* size counts only with a buffer of the caller's. */
codes expect_read(const struct subject *subject, unsigned section, bool has_buffer, uint64_t size, uint64_t offset);
codes expect_replace(const struct subject *subject, uint64_t size);
codes expect_expiration(SaTimeT time);
/* What became of its content, as far as the answer tells. */
void note_write(struct subject *subject, unsigned section, SaAisErrorT code, uint64_t size, uint64_t offset);
void note_replace(struct subject *subject, unsigned section, SaAisErrorT code, uint64_t size);

/* Memory that may be read and is zero everywhere, larger than anything that can be sent; and a writable buffer. */
const void *zeros(void);
#define ZEROS_BYTES (UINT64_C(1) << 45)
void *buffer(void);
#define BUFFER_BYTES (UINT64_C(1) << 20)

#endif
