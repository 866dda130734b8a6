/* What a case is written with. A case is one function in one process of its own:
 *
 *     KIT_CASE(OPN_02, "OPN-02", KIT_S, "opening an absent checkpoint without CREATE answers NOT_EXIST") {
 *         SaCkptHandleT handle = kit_initialize();
 *         SaCkptCheckpointHandleT h;
 *         KIT_EXPECT(K.CheckpointOpen(handle, kit_name(), NULL, SA_CKPT_CHECKPOINT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_NOT_EXIST);
 *     }
 *
 * It passes by returning and ends at its first failed expectation, from whatever thread or peer process; the runner then unlinks every
 * name that was taken by kit_name(). TRY_AGAIN is retried within a bound by all macros that take a call, unless they are named ..._RAW.
 * All helpers end the case themselves when they cannot do what they are for: they never need to be checked. */
#ifndef KIT_H
#define KIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "ais.h"
#include "vendor.h"

/* KIT_F(...) names defaults first and then what the case wants otherwise. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* --- cases ------------------------------------------------------------------------------------------------------------------------ */

enum kit_flags {
    KIT_S = 1 << 0,       /* one process */
    KIT_P = 1 << 1,       /* several processes of one node */
    KIT_N = 1 << 2,       /* several nodes: only listed, by KIT_LEFT_OUT */
    KIT_T = 1 << 3,       /* waits */
    KIT_VACUOUS = 1 << 4, /* a library that answers NOT_SUPPORTED to everything passes it too */
    KIT_B2 = 1 << 5,      /* needs a B.2 library: not applicable to the .so.3 family */
    KIT_FAULT = 1 << 6,   /* needs CKPT_KIT_FAULT; runs alone */
    KIT_RESTART = 1 << 7, /* needs CKPT_KIT_RESTART; runs alone */
    KIT_ALONE = 1 << 8    /* would disturb, or be disturbed by, other cases */
};

struct kit_case {
    const char *id;
    const char *rule;
    unsigned flags;
    unsigned seconds;   /* its deadline */
    void (*run)(void);  /* NULL: left out, for this reason */
    const char *reason; /* or, of a case that is run, what the list says of it */
    struct kit_case *next;
};
void kit_register_case(struct kit_case *c);

struct kit_role {
    const char *name;
    void (*run)(int argc, char **argv);
    struct kit_role *next;
};
void kit_register_role(struct kit_role *r);

#define KIT_DEFAULT_SECONDS 20

/* KIT_CASE(symbol, "ID", flags, "the rule in a sentence") { ... } */
#define KIT_CASE(symbol, id, flags, rule) KIT_CASE_WITHIN(symbol, id, flags, KIT_DEFAULT_SECONDS, rule)
/* ... with a deadline of its own. */
#define KIT_CASE_WITHIN(symbol, id, flags, seconds, rule) KIT_CASE_REMARKED(symbol, id, flags, seconds, rule, NULL)
/* ... and with a remark for the list: where it does less, or otherwise, than the standard's words. */
#define KIT_CASE_REMARKED(symbol, id, flags, seconds, rule, remark)                                                                      \
    static void run_##symbol(void);                                                                                                      \
    __attribute__((constructor)) static void register_##symbol(void) {                                                                   \
        static struct kit_case self = {id, rule, flags, seconds, run_##symbol, remark, NULL};                                            \
        kit_register_case(&self);                                                                                                        \
    }                                                                                                                                    \
    static void run_##symbol(void)

/* A case that stands in the list but not in this kit; not applicable everywhere, with the reason. */
#define KIT_LEFT_OUT(symbol, id, flags, rule, reason)                                                                                    \
    __attribute__((constructor)) static void register_##symbol(void) {                                                                   \
        static struct kit_case self = {id, rule, flags, KIT_DEFAULT_SECONDS, NULL, reason, NULL};                                        \
        kit_register_case(&self);                                                                                                        \
    }                                                                                                                                    \
    struct kit_case

#define KIT_SEVERAL_NODES "several nodes: a later issue"
/* Several nodes, and a test beside the kit tries it, whole or in part; its place in Checkpoint.Tests. */
#define KIT_BESIDE(test) "several nodes: " test " (Checkpoint.Tests)"
#define KIT_PARTLY_BESIDE(test) "several nodes: in part " test " (Checkpoint.Tests)"

/* KIT_ROLE(name) { ... argc, argv ... }: what a peer process does; argv[0] is the first argument given to kit_peer_start. */
#define KIT_ROLE(symbol)                                                                                                                 \
    static void role_##symbol(int argc, char **argv);                                                                                    \
    __attribute__((constructor)) static void register_role_##symbol(void) {                                                              \
        static struct kit_role self = {#symbol, role_##symbol, NULL};                                                                    \
        kit_register_role(&self);                                                                                                        \
    }                                                                                                                                    \
    static void role_##symbol(__attribute__((unused)) int argc, __attribute__((unused)) char **argv)

/* --- profile ---------------------------------------------------------------------------------------------------------------------- */

enum kit_profile { KIT_STRICT, KIT_OPENSAF, KIT_OPENAIS };
enum kit_profile kit_profile(void);
const char *kit_profile_name(void);
/* The value for the profile in force. */
#define KIT_BY_PROFILE(strict, opensaf, openais)                                                                                         \
    (kit_profile() == KIT_STRICT ? (strict) : kit_profile() == KIT_OPENSAF ? (opensaf) : (openais))
/* The rules for B.2 clients hold: never against .so.3, never in profile openais. */
bool kit_b2_rules(void);

/* --- ends of a case --------------------------------------------------------------------------------------------------------------- */

__attribute__((noreturn, format(printf, 1, 2))) void kit_not_applicable(const char *format, ...);
/* expected in words, then what was seen */
__attribute__((noreturn, format(printf, 2, 3))) void kit_fail(const char *expected, const char *seen, ...);
/* Something beside the library went wrong: fork, mmap, a file. */
__attribute__((noreturn, format(printf, 1, 2))) void kit_error(const char *format, ...);
/* A line in the list of what the case did; shown when it fails. */
__attribute__((format(printf, 1, 2))) void kit_step(const char *format, ...);

/* --- calls and expectations ------------------------------------------------------------------------------------------------------- */

const char *kit_code_name(SaAisErrorT code);

struct kit_retry {
    int64_t until;
    unsigned tries;
};
bool kit_again(struct kit_retry *retry, SaAisErrorT code);
void kit_begin(const char *text);
SaAisErrorT kit_record(const char *text, SaAisErrorT code);
void kit_expect_code(const char *file, int line, const char *text, SaAisErrorT seen, const SaAisErrorT *legal, size_t count);
void kit_expect_u64(const char *file, int line, const char *text, uint64_t seen, uint64_t expected);
void kit_expect_i64(const char *file, int line, const char *text, int64_t seen, int64_t expected);
void kit_expect_bytes(const char *file, int line, const char *text, const void *seen, size_t n, const void *expected, size_t m);
__attribute__((format(printf, 5, 6))) void kit_expect_true(const char *file, int line, const char *text, bool seen, const char *format, ...);

/* Calls once; records the call and its answer; its value is the answer. */
#define KIT_CALL_RAW(call) KIT_CALL_RAW_(call, #call)
#define KIT_CALL_RAW_(call, text) (kit_begin(text), kit_record(text, (call)))

/* Calls again while TRY_AGAIN is answered, for at most 10 s. */
#define KIT_CALL(call) KIT_CALL_(call, #call)
#define KIT_CALL_(call, text)                                                                                                            \
    __extension__({                                                                                                                      \
        struct kit_retry kit_retry_ = {0, 0};                                                                                            \
        SaAisErrorT kit_code_;                                                                                                           \
        kit_begin(text);                                                                                                                 \
        do {                                                                                                                             \
            kit_code_ = (call);                                                                                                          \
        } while (kit_again(&kit_retry_, kit_code_));                                                                                     \
        kit_record(text, kit_code_);                                                                                                     \
    })

/* KIT_EXPECT(call, code): the call answers this code. */
#define KIT_EXPECT(call, code) KIT_EXPECT_CODE_(KIT_CALL_(call, #call), #call, code)
#define KIT_EXPECT_RAW(call, code) KIT_EXPECT_CODE_(KIT_CALL_RAW_(call, #call), #call, code)
#define KIT_OK(call) KIT_EXPECT_CODE_(KIT_CALL_(call, #call), #call, SA_AIS_OK)
/* KIT_EXPECT_ANY(call, code, code, ...): one of these codes; its value is the one seen. */
#define KIT_EXPECT_ANY(call, ...) KIT_EXPECT_ANY_(KIT_CALL_(call, #call), #call, __VA_ARGS__)
#define KIT_EXPECT_ANY_RAW(call, ...) KIT_EXPECT_ANY_(KIT_CALL_RAW_(call, #call), #call, __VA_ARGS__)
/* A code that came by another way, e.g. in a callback. */
#define KIT_EXPECT_CODE(seen, code) KIT_EXPECT_CODE_(seen, #seen, code)

#define KIT_EXPECT_CODE_(seen, text, code)                                                                                               \
    do {                                                                                                                                 \
        SaAisErrorT kit_legal_[] = {(code)};                                                                                             \
        kit_expect_code(__FILE__, __LINE__, text, (seen), kit_legal_, 1);                                                                \
    } while (0)
#define KIT_EXPECT_ANY_(seen, text, ...)                                                                                                 \
    __extension__({                                                                                                                      \
        SaAisErrorT kit_legal_[] = {__VA_ARGS__};                                                                                        \
        SaAisErrorT kit_seen_ = (seen);                                                                                                  \
        kit_expect_code(__FILE__, __LINE__, text, kit_seen_, kit_legal_, sizeof kit_legal_ / sizeof kit_legal_[0]);                      \
        kit_seen_;                                                                                                                       \
    })

#define KIT_EXPECT_EQ_U64(seen, expected) kit_expect_u64(__FILE__, __LINE__, #seen, (uint64_t)(seen), (uint64_t)(expected))
#define KIT_EXPECT_EQ_I64(seen, expected) kit_expect_i64(__FILE__, __LINE__, #seen, (int64_t)(seen), (int64_t)(expected))
/* KIT_EXPECT_BYTES(seen, how many were seen, expected, how many are expected) */
#define KIT_EXPECT_BYTES(seen, n, expected, m) kit_expect_bytes(__FILE__, __LINE__, #seen, (seen), (n), (expected), (m))
/* KIT_TRUE(condition, "what must be, with %values") */
#define KIT_TRUE(condition, ...) kit_expect_true(__FILE__, __LINE__, #condition, (condition), __VA_ARGS__)

/* --- names ------------------------------------------------------------------------------------------------------------------------ */

/* A fresh name with the prefix, unlinked after the case. Lives as long as the process. */
const SaNameT *kit_name(void);
/* "<prefix><unique><suffix>" */
const SaNameT *kit_name_with(const char *suffix);
/* A fresh name without prefix ("kit-..."): only for cases that are about it. */
const SaNameT *kit_bare_name(void);
/* Exactly these bytes; they must contain kit_unique(). */
const SaNameT *kit_name_bytes(const void *bytes, size_t count);
/* Text that no other case and no other run uses; for names that a case composes itself. */
const char *kit_unique(void);
/* "safCkpt=" or what --prefix said. */
const char *kit_prefix(void);
/* A name that a peer was given as text. */
const SaNameT *kit_name_from(const char *text);
/* The name as text, to be given to a peer. */
const char *kit_name_text(const SaNameT *name);
/* Has the runner unlink it after the case; kit_name and its like do that by themselves. */
void kit_clean_later(const SaNameT *name);

/* --- clients and the fixture F ---------------------------------------------------------------------------------------------------- */

#define KIT_READ SA_CKPT_CHECKPOINT_READ
#define KIT_WRITE SA_CKPT_CHECKPOINT_WRITE
#define KIT_CREATE SA_CKPT_CHECKPOINT_CREATE
#define KIT_ALL_MODES (KIT_READ | KIT_WRITE | KIT_CREATE)
#define KIT_OPEN_TIMEOUT (10 * SA_TIME_ONE_SECOND)

#define KIT_SYNC SA_CKPT_WR_ALL_REPLICAS
#define KIT_ASYNC SA_CKPT_WR_ACTIVE_REPLICA
#define KIT_WEAK SA_CKPT_WR_ACTIVE_REPLICA_WEAK
#define KIT_COLLOC SA_CKPT_CHECKPOINT_COLLOCATED
/* The six legal kinds. */
extern const SaCkptCheckpointCreationFlagsT kit_kinds[6];

/* Both callbacks of the recorder below. */
extern const SaCkptCallbacksT kit_callbacks;

/* B.2.2 with both callbacks; B.1.1 against .so.3. */
SaCkptHandleT kit_initialize(void);
/* B.1.1 */
SaCkptHandleT kit_initialize_b1(void);
/* B.major.minor; callbacks may be NULL. */
SaCkptHandleT kit_initialize_with(unsigned major, unsigned minor, const SaCkptCallbacksT *callbacks);
/* What F asks for: B.2.2, against .so.3 B.1.1. */
SaVersionT kit_version(void);
SaVersionT kit_version_of(unsigned major, unsigned minor);
/* What the library must write back: B.2.3, .so.3: B.1.1. */
SaVersionT kit_highest_version(void);

/* The attributes of F: sync, 8 sections of 1024 bytes, ids of 32, 8192 in all, retention 1 min. */
SaCkptCheckpointCreationAttributesT kit_attributes(void);

struct kit_options {
    SaCkptCheckpointCreationAttributesT attributes;
    SaCkptCheckpointOpenFlagsT open_flags;
    const SaNameT *name;               /* NULL: a fresh one */
    bool b1;                           /* as a B.1 client */
    const SaCkptCallbacksT *callbacks; /* NULL with no_callbacks */
    bool no_callbacks;
    bool no_active;                    /* async colloc: without the ActiveReplicaSet that makes it usable */
};

struct kit_f {
    SaCkptHandleT handle;
    SaCkptCheckpointHandleT h;
    const SaNameT *name;
    SaCkptCheckpointCreationAttributesT attributes;
};

/* struct kit_f f = KIT_F(); or with differences from F, e.g. KIT_F(.b1 = true, .attributes.creationFlags = KIT_ASYNC).
 * Async collocated checkpoints get an active replica, unless .no_active = true or the handle may not write. */
#define KIT_F(...)                                                                                                                       \
    kit_fixture((struct kit_options){.attributes.creationFlags = KIT_SYNC,                                                               \
                                     .attributes.checkpointSize = 8192,                                                                  \
                                     .attributes.retentionDuration = SA_TIME_ONE_MINUTE,                                                 \
                                     .attributes.maxSections = 8,                                                                        \
                                     .attributes.maxSectionSize = 1024,                                                                  \
                                     .attributes.maxSectionIdSize = 32,                                                                  \
                                     .open_flags = KIT_ALL_MODES,                                                                        \
                                     .callbacks = &kit_callbacks,                                                                        \
                                     __VA_ARGS__})
struct kit_f kit_fixture(struct kit_options options);
/* F with maxSections 1: the default section exists. */
#define KIT_DS(...) KIT_F(.attributes.maxSections = 1, .attributes.checkpointSize = 1024, __VA_ARGS__)

/* A further handle on an existing checkpoint, without CREATE. */
SaCkptCheckpointHandleT kit_open(SaCkptHandleT handle, const SaNameT *name, SaCkptCheckpointOpenFlagsT flags);
/* CREATE with these attributes and all modes. */
SaCkptCheckpointHandleT kit_create(SaCkptHandleT handle, const SaNameT *name, const SaCkptCheckpointCreationAttributesT *attributes);
/* Expects that no linked checkpoint has this name. */
void kit_expect_absent(SaCkptHandleT handle, const SaNameT *name);
/* The same, but waits up to so many ms for it (retention, process end). */
void kit_expect_absent_within(SaCkptHandleT handle, const SaNameT *name, int ms);
void kit_expect_present(SaCkptHandleT handle, const SaNameT *name);

/* "wild / 0 / finalized": KIT_EACH_BAD_HANDLE(bad) KIT_EXPECT(K.Finalize(bad), SA_AIS_ERR_BAD_HANDLE); */
#define KIT_WILD UINT64_C(0x5EEDC0DEDEADBEEF)
#define KIT_EACH_BAD_HANDLE(bad)                                                                                                         \
    for (int kit_i_ = 0; kit_i_ < 3; kit_i_++)                                                                                           \
        for (SaCkptHandleT bad = kit_bad_handle(kit_i_), kit_once_ = 1; kit_once_; kit_once_ = 0)
/* "wild / closed / finalized" */
#define KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)                                                                                              \
    for (int kit_i_ = 0; kit_i_ < 3; kit_i_++)                                                                                           \
        for (SaCkptCheckpointHandleT bad = kit_bad_checkpoint_handle(kit_i_), kit_once_ = 1; kit_once_; kit_once_ = 0)
SaCkptHandleT kit_bad_handle(int kind);
SaCkptCheckpointHandleT kit_bad_checkpoint_handle(int kind);

/* --- sections and data ------------------------------------------------------------------------------------------------------------ */

/* An id of text; "" is the default section. The bytes are the caller's. */
SaCkptSectionIdT kit_id(const char *text);
/* One element that writes or reads. It looks at no data: a buffer to read into need not be set before. */
__attribute__((access(none, 2))) SaCkptIOVectorElementT kit_element(const char *id, const void *data, size_t size, size_t offset);
/* SectionCreate with this text id (never expires), expecting OK. */
void kit_section(SaCkptCheckpointHandleT h, const char *id, const void *data, size_t size);
/* Write, and Read of exactly that, each expecting OK. */
void kit_write(SaCkptCheckpointHandleT h, const char *id, const void *data, size_t size, size_t offset);
void kit_expect_content(SaCkptCheckpointHandleT h, const char *id, const void *data, size_t size);
/* Reading the section answers NOT_EXIST. */
void kit_expect_no_section(SaCkptCheckpointHandleT h, const char *id);
/* size bytes that differ from seed to seed; lives as long as the process. */
const void *kit_pattern(unsigned seed, size_t size);

/* --- the recorder of callbacks ---------------------------------------------------------------------------------------------------- */

enum kit_callback_kind { KIT_OPENED = 1, KIT_SYNCHRONIZED, KIT_TRACKED };
struct kit_callback {
    enum kit_callback_kind kind;
    SaInvocationT invocation;
    SaCkptCheckpointHandleT h;
    SaAisErrorT error;
    pthread_t thread;
    int64_t at; /* kit_mono() */
    SaUint32T elements;
};
/* Runs inside each callback after it was recorded, in the thread of Dispatch. Set it before callbacks can come. */
extern void (*volatile kit_on_callback)(const struct kit_callback *callback);
size_t kit_callback_count(void);
/* The i-th in the order in which they came. */
struct kit_callback kit_callback_at(size_t i);
/* Those with this invocation. */
size_t kit_callback_count_of(SaInvocationT invocation);
void kit_callbacks_clear(void);
/* Dispatch(ALL) as the fd becomes readable until this many callbacks have come; fails the case when none comes for 10 s. */
void kit_dispatch_until(SaCkptHandleT handle, size_t count);
SaSelectionObjectT kit_fd(SaCkptHandleT handle);
/* True when readable within so many ms; a closed descriptor fails the case. */
bool kit_poll_fd(SaSelectionObjectT fd, int ms);

/* --- time, threads ---------------------------------------------------------------------------------------------------------------- */

SaTimeT kit_now(void);  /* since 1970, ns */
int64_t kit_mono(void); /* monotonic, ns */
void kit_sleep_ms(int ms);
#define KIT_MS(ns) ((long)((ns) / 1000000))
/* How many times longer the kit waits for what must come in the end: --slower. KIT_WAIT, joins, events, peers and retries know it. */
int kit_patience(void);
/* Waits for a condition, looking every 2 ms; false when so many ms passed. */
#define KIT_WAIT(condition, ms)                                                                                                          \
    __extension__({                                                                                                                      \
        int64_t kit_until_ = kit_mono() + (int64_t)(ms) * kit_patience() * 1000000;                                                      \
        bool kit_holds_;                                                                                                                 \
        while (!(kit_holds_ = (condition)) && kit_mono() < kit_until_)                                                                   \
            kit_sleep_ms(2);                                                                                                             \
        kit_holds_ || (condition);                                                                                                       \
    })

struct kit_thread;
struct kit_thread *kit_thread_start(void *(*body)(void *), void *argument);
bool kit_thread_done(const struct kit_thread *thread);
/* Joins, or fails the case when the thread does not end within so many ms. */
void *kit_thread_join(struct kit_thread *thread, int ms);
pthread_t kit_thread_id(const struct kit_thread *thread);

/* Something that happens once; threads wait for it. */
struct kit_event {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool set;
};
#define KIT_EVENT_INIT {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false}
void kit_event_set(struct kit_event *event);
bool kit_event_wait(struct kit_event *event, int ms);

/* --- memory, descriptors ---------------------------------------------------------------------------------------------------------- */

/* Zeroed memory that lives as long as the process and is no leak. */
void *kit_keep(size_t size);
/* size bytes that end exactly before a page that nobody may touch, and begin behind bytes that nobody may change: the end of the case looks. */
void *kit_guarded(size_t size);
void *kit_guarded_copy(const void *bytes, size_t size);
/* KIT_GUARDED(structure): the address of such a copy. */
#define KIT_GUARDED(value) kit_guarded_copy(&(value), sizeof(value))
/* No byte in front has changed; called at the end of each case and peer. */
void kit_expect_guards(void);
/* The same, and nobody may write it. */
void *kit_read_only_copy(const void *bytes, size_t size);
/* From now on any access to what the three above returned kills the case. */
void kit_forbid(void *guarded);

/* The resident memory of the local service in MiB, when it listens where CHECKPOINT_SOCKET says; else 0. */
long kit_service_memory(void);
unsigned kit_open_descriptors(void);
unsigned kit_running_threads(void);
/* Waits until the process has no more descriptors and threads than these; fails the case after 2 s. */
void kit_expect_resources(unsigned descriptors, unsigned threads);

/* --- peer processes --------------------------------------------------------------------------------------------------------------- */

/* A peer is this program again, in a role; it loads the library anew. Its failed expectations fail the case. */
struct kit_peer;
#define kit_peer_start(role, ...) kit_peer_start_(role, (const char *const[]){__VA_ARGS__, NULL})
#define kit_peer_start_plain(role) kit_peer_start_(role, (const char *const[]){NULL})
struct kit_peer *kit_peer_start_(const char *role, const char *const *arguments);
pid_t kit_peer_pid(const struct kit_peer *peer);
/* Its next line; NULL when it ended. Fails the case after 10 s without one. The text is valid until the next call for this peer. */
const char *kit_peer_line(struct kit_peer *peer);
void kit_peer_expect_line(struct kit_peer *peer, const char *text);
__attribute__((format(printf, 2, 3))) void kit_peer_send(struct kit_peer *peer, const char *format, ...);
void kit_peer_signal(struct kit_peer *peer, int signal);
/* SIGKILL, and waits until it is gone. */
void kit_peer_kill(struct kit_peer *peer);
/* Waits until it has ended by itself with exit code 0. */
void kit_peer_wait(struct kit_peer *peer);

/* In a peer: a line to, and from, whoever started it. kit_hear answers NULL when that one is gone. */
__attribute__((format(printf, 1, 2))) void kit_say(const char *format, ...);
const char *kit_hear(void);
void kit_expect_hear(const char *text);

/* --- faults ----------------------------------------------------------------------------------------------------------------------- */

/* kit_fault("stall", "1500"): not applicable without CKPT_KIT_FAULT. After the case the runner takes every fault back ("none"). */
#define kit_fault(...) kit_fault_((const char *const[]){__VA_ARGS__, NULL})
void kit_fault_(const char *const *arguments);
/* Kills the local service and starts it again; returns when it serves. Not applicable without CKPT_KIT_RESTART. */
void kit_restart_host(void);

#endif
