/* The end of a process, whatever its cause, is the end of all that it had open (ais-ckpt 5.10, PRC-01 to 06, 13, 22). */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit.h"

static SaCkptCheckpointCreationAttributesT attributes_with(SaTimeT retention) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.retentionDuration = retention;
    return attributes;
}

/* argv: retention in ms, names. Opens them all, says "open" and then ends as it is told, without Finalize. */
KIT_ROLE(prc_holder) {
    SaCkptCheckpointCreationAttributesT attributes = attributes_with(atoi(argv[0]) * SA_TIME_ONE_MILLISECOND);
    SaCkptHandleT handle = kit_initialize();
    for (int i = 1; i < argc; i++)
        kit_create(handle, kit_name_from(argv[i]), &attributes);
    kit_say("open");
    kit_expect_hear("exit");
}

static struct kit_peer *holder_of(const char *retention_ms, const SaNameT *name) {
    struct kit_peer *peer = kit_peer_start("prc_holder", retention_ms, kit_name_text(name));
    kit_peer_expect_line(peer, "open");
    return peer;
}

/* Opening stops a retention timer: each look is at another checkpoint of the same process. */
static const int looks_ms[] = {500, 1500, 1900, 2300, 2700, 2950};
#define LOOKS (sizeof looks_ms / sizeof *looks_ms)

KIT_CASE(PRC_01, "PRC-01", KIT_P | KIT_T, "what a killed process had open is gone 1 to 3 s later when its retention is 1 s") {
    const SaNameT *names[LOOKS];
    const char *words[LOOKS];
    for (size_t i = 0; i < LOOKS; i++)
        words[i] = kit_name_text(names[i] = kit_name());
    SaCkptHandleT handle = kit_initialize();
    struct kit_peer *peer = kit_peer_start("prc_holder", "1000", words[0], words[1], words[2], words[3], words[4], words[5]);
    kit_peer_expect_line(peer, "open");
    int64_t killed = kit_mono();
    kit_peer_kill(peer);
    for (size_t i = 0; i < LOOKS; i++) {
        SaCkptCheckpointHandleT h = 0;
        int64_t left = killed + looks_ms[i] * INT64_C(1000000) - kit_mono();
        kit_sleep_ms(left > 0 ? (int)(left / 1000000) : 0);
        SaAisErrorT code = KIT_EXPECT_ANY(K.CheckpointOpen(handle, names[i], NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST);
        if (kit_mono() - killed < 1000000000)
            KIT_EXPECT_CODE(code, SA_AIS_OK); /* still retained */
        if (code == SA_AIS_ERR_NOT_EXIST)
            return;
    }
    kit_fail("gone at most 3 s after the kill", "still there");
}

KIT_CASE(PRC_02, "PRC-02", KIT_P, "what a process had open when it ended without Finalize is gone within 2 s when its retention is 0") {
    const SaNameT *name = kit_name();
    SaCkptHandleT handle = kit_initialize();
    struct kit_peer *peer = holder_of("0", name);
    kit_expect_present(handle, name);
    kit_peer_send(peer, "exit");
    kit_peer_wait(peer);
    kit_expect_absent_within(handle, name, 2000);
}

KIT_CASE(PRC_03, "PRC-03", KIT_P, "a process that is killed leaves what another has open as it is") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    const SaNameT *witness = kit_name();
    kit_section(f.h, "s", "data", 4);
    struct kit_peer *peer = kit_peer_start("prc_holder", "0", kit_name_text(f.name), kit_name_text(witness));
    kit_peer_expect_line(peer, "open");
    kit_peer_kill(peer);
    kit_expect_absent_within(f.handle, witness, 2000); /* Now its death has been noticed. */
    kit_expect_content(f.h, "s", "data", 4);
    kit_write(f.h, "s", "more", 4, 0);
    kit_expect_present(f.handle, f.name);
    kit_expect_content(f.h, "s", "more", 4);
}

#define UNLINKED 16
#define UNLINKED_BYTES ((size_t)1 << 20)

/* argv: names. Creates them, fills them, unlinks them and keeps them open. */
KIT_ROLE(prc_unlinker) {
    SaCkptCheckpointCreationAttributesT attributes = {KIT_SYNC, UNLINKED_BYTES, SA_TIME_ONE_MINUTE, 1, UNLINKED_BYTES, 8};
    SaCkptHandleT handle = kit_initialize();
    for (int i = 0; i < argc; i++) {
        const SaNameT *name = kit_name_from(argv[i]);
        SaCkptCheckpointHandleT h = kit_create(handle, name, &attributes);
        kit_write(h, "", kit_pattern((unsigned)i, UNLINKED_BYTES), UNLINKED_BYTES, 0);
        KIT_OK(K.CheckpointUnlink(handle, name));
    }
    kit_say("open");
    kit_expect_hear("never");
}

/* A process with 16 unlinked checkpoints is killed while a namesake is in use. */
static void kill_unlinker(SaCkptHandleT handle, const SaNameT *name, const SaCkptCheckpointCreationAttributesT *attributes) {
    const char *word = kit_name_text(name);
    struct kit_peer *peer = kit_peer_start("prc_unlinker", word, word, word, word, word, word, word, word, word, word, word, word, word, word, word,
                                           word);
    kit_peer_expect_line(peer, "open");
    kit_expect_absent(handle, name);
    SaCkptCheckpointHandleT h = kit_create(handle, name, attributes);
    kit_expect_content(h, "", NULL, 0);
    kit_write(h, "", "anew", 4, 0);
    kit_peer_kill(peer);
    kit_expect_content(h, "", "anew", 4);
    KIT_OK(K.CheckpointUnlink(handle, name));
    KIT_OK(K.CheckpointClose(h));
    kit_expect_absent(handle, name);
}

/* What is never freed makes the service grow in every part by all that came and went; a heap that takes the size it needs stops growing. */
KIT_CASE_WITHIN(PRC_04, "PRC-04", KIT_P | KIT_ALONE, 120, "an unlinked checkpoint whose last opener is killed is deleted, its memory freed, and its name free") {
    enum { ROUNDS = 6, PARTS = 5, MIB = ROUNDS * UNLINKED, GROWTH_MAX_MIB = MIB * 2 / 3 };
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.maxSections = 1;
    attributes.checkpointSize = 1024;
    const SaNameT *name = kit_name();
    long before = 0, after = 0;
    for (int part = 0; part < PARTS && (part < 2 || after - before > GROWTH_MAX_MIB); part++) {
        before = after;
        for (int round = 0; round < ROUNDS; round++)
            kill_unlinker(handle, name, &attributes);
        after = kit_service_memory();
        kit_step("resident memory of the service: %ld MiB before, and %ld MiB when %d MiB more had come and gone", before, after, MIB);
    }
    if (after == 0)
        kit_step("the service's memory cannot be seen here, and is not looked at: CHECKPOINT_SOCKET does not name its socket");
    if (after - before > GROWTH_MAX_MIB)
        kit_fail("the memory of checkpoints that nobody has open released", "the service grew in each part, at last from %ld MiB to %ld while %d MiB came and went",
                 before, after, MIB);
}

/* --- a process with very many opens */

/* By several processes: a service may bound what one client holds. Each checkpoint is opened 20 times: it is the end of 30 000 opens that
 * is of interest here, and a journal would make 30 000 creations last for minutes. */
#define MANY 30000u
#define MANY_CHECKPOINTS 1500u
#define MANY_PROCESSES 4u
#define MANY_EACH (MANY / MANY_PROCESSES)
#define MANY_AT_ONCE 64u

static SaNameT many_name(const char *base, unsigned i) {
    SaNameT name;
    memset(&name, 0, sizeof name);
    name.length = (SaUint16T)snprintf((char *)name.value, sizeof name.value, "%s-%u", base, i % MANY_CHECKPOINTS);
    return name;
}

static unsigned many_answered, many_refused[MANY_AT_ONCE], many_refused_count;

static void on_many(SaInvocationT invocation, SaCkptCheckpointHandleT h, SaAisErrorT error) {
    (void)h;
    KIT_EXPECT_ANY_(error, "error of the open callback", SA_AIS_OK, SA_AIS_ERR_TRY_AGAIN);
    if (error == SA_AIS_OK)
        many_answered++;
    else
        many_refused[many_refused_count++] = (unsigned)invocation;
}

/* argv: how the names begin, the first number. Not unlinked by the runner: they have 1 s of retention. */
KIT_ROLE(prc_many) {
    static const SaCkptCallbacksT callbacks = {on_many, NULL};
    SaCkptCheckpointCreationAttributesT attributes = {KIT_SYNC, 64, SA_TIME_ONE_SECOND, 1, 64, 8};
    SaCkptHandleT handle = kit_initialize_with(kit_version().majorVersion, kit_version().minorVersion, &callbacks);
    SaSelectionObjectT fd = kit_fd(handle);
    unsigned first = (unsigned)atoi(argv[1]);
    for (unsigned next = first, in_flight = 0, told = 0; many_answered < MANY_EACH;) {
        for (; in_flight < MANY_AT_ONCE && (many_refused_count > 0 || next < first + MANY_EACH); in_flight++) {
            unsigned i = many_refused_count > 0 ? many_refused[--many_refused_count] : next++;
            SaNameT name = many_name(argv[0], i);
            KIT_OK(K.CheckpointOpenAsync(handle, i, &name, &attributes, KIT_ALL_MODES));
        }
        if (!kit_poll_fd(fd, 10000 * kit_patience()))
            kit_fail("open callbacks", "none for 10 s");
        unsigned before = many_answered + many_refused_count;
        KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
        in_flight -= many_answered + many_refused_count - before;
        for (; told + 100 <= many_answered; told += 100)
            kit_say("more");
    }
    kit_say("open");
    kit_expect_hear("exit");
}

/* Opened, or gone? It must answer within the timeout of Open, also while much is cleaned up. */
static bool many_present(SaCkptHandleT handle, const char *base, unsigned i) {
    SaCkptCheckpointHandleT h = 0;
    SaNameT name = many_name(base, i);
    SaAisErrorT code = KIT_EXPECT_ANY(K.CheckpointOpen(handle, &name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST);
    if (code == SA_AIS_OK)
        KIT_OK(K.CheckpointClose(h));
    return code == SA_AIS_OK;
}

KIT_CASE_REMARKED(PRC_05, "PRC-05", KIT_P | KIT_T | KIT_ALONE, 200,
                  "the 30 000 opens of processes that ended, retention 1 s, are all released in bounded time, and meanwhile the service answers",
                  "30,000 opens by 4 processes, 20 of each of 1,500 checkpoints, instead of 30,000 checkpoints of one process") {
    char base[200];
    snprintf(base, sizeof base, "%s%s", kit_prefix(), kit_unique());
    SaCkptHandleT handle = kit_initialize();
    struct kit_peer *peers[MANY_PROCESSES];
    for (unsigned i = 0; i < MANY_PROCESSES; i++) {
        char first[16];
        snprintf(first, sizeof first, "%u", i * MANY_EACH);
        peers[i] = kit_peer_start("prc_many", base, first);
    }
    for (unsigned i = 0; i < MANY_PROCESSES; i++)
        for (const char *line; (line = kit_peer_line(peers[i])) != NULL && strcmp(line, "more") == 0;)
            continue;
    for (unsigned i = 0; i < MANY_CHECKPOINTS; i += MANY_CHECKPOINTS / 16)
        KIT_TRUE(many_present(handle, base, i), "the checkpoints there while their openers live");
    for (unsigned i = 0; i < MANY_PROCESSES; i++)
        kit_peer_send(peers[i], "exit");
    for (unsigned i = 0; i < MANY_PROCESSES; i++)
        kit_peer_wait(peers[i]);
    int64_t until = kit_mono() + INT64_C(30000000000) * kit_patience();
    /* Each is looked at until it is gone; a look at one that is there gives it another second. */
    for (unsigned i = 0; i < MANY_CHECKPOINTS; i++)
        while (many_present(handle, base, i)) {
            if (kit_mono() >= until)
                kit_fail("all gone within 30 s", "number %u of %u is still there", i, MANY_CHECKPOINTS);
            kit_sleep_ms(1200);
        }
}

/* argv: name. Tells its handles. */
KIT_ROLE(prc_handles) {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointHandleT h = kit_open(handle, kit_name_from(argv[0]), KIT_READ | KIT_WRITE);
    SaCkptSectionIterationHandleT it = 0;
    KIT_OK(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &it));
    kit_say("%llu %llu %llu", (unsigned long long)handle, (unsigned long long)h, (unsigned long long)it);
    kit_expect_hear("work");
    kit_write(h, "s", "data", 4, 0);
    kit_say("worked");
}

KIT_CASE(PRC_06, "PRC-06", KIT_P, "handles of another process: BAD_HANDLE") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", NULL, 0);
    struct kit_peer *peer = kit_peer_start("prc_handles", kit_name_text(f.name));
    unsigned long long handle = 0, h = 0, it = 0;
    const char *line = kit_peer_line(peer);
    if (line == NULL || sscanf(line, "%llu %llu %llu", &handle, &h, &it) != 3)
        kit_error("no handles from the peer");
    /* Ours may have the same values by chance; without any of ours no value is good. */
    KIT_OK(K.Finalize(f.handle));
    struct kit_status status;
    SaCkptSectionDescriptorT section;
    SaCkptIOVectorElementT element = kit_element("s", "bad", 3, 0);
    KIT_EXPECT(K.Dispatch(handle, SA_DISPATCH_ALL), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointUnlink(handle, f.name), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.Finalize(handle), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(k_status_get(h, &status), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointWrite(h, &element, 1, NULL), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointClose(h), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationNext(it, &section), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationFinalize(it), SA_AIS_ERR_BAD_HANDLE);
    kit_peer_send(peer, "work");
    kit_peer_expect_line(peer, "worked");
    kit_peer_wait(peer);
}

/* argv: name. Writes and reads whenever it is told to. */
KIT_ROLE(prc_worker) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_READ | KIT_WRITE);
    kit_say("ready");
    for (const char *line; (line = kit_hear()) != NULL && strcmp(line, "end") != 0;) {
        kit_write(h, "s", line, strlen(line), 0);
        kit_expect_content(h, "s", line, strlen(line));
        kit_say("worked");
    }
}

KIT_CASE(PRC_13, "PRC-13", KIT_P | KIT_T, "a process that was stopped for a while finds its handles valid") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    kit_section(f.h, "s", NULL, 0);
    struct kit_peer *peer = kit_peer_start("prc_worker", kit_name_text(f.name));
    kit_peer_expect_line(peer, "ready");
    KIT_OK(K.CheckpointClose(f.h)); /* The stopped process is the only opener. */
    kit_peer_signal(peer, SIGSTOP);
    kit_sleep_ms(1500);
    kit_expect_present(f.handle, f.name);
    kit_peer_signal(peer, SIGCONT);
    kit_peer_send(peer, "data");
    kit_peer_expect_line(peer, "worked");
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
}

/* Starts this program anew in another role, over itself. */
static void exec_as(const char *role) {
    static char command[8192];
    char *words[16] = {command};
    FILE *file = fopen("/proc/self/cmdline", "r");
    size_t length = file != NULL ? fread(command, 1, sizeof command - 1, file) : 0;
    if (length == 0)
        kit_error("/proc/self/cmdline cannot be read");
    fclose(file);
    int count = 1;
    for (size_t i = 0; i + 1 < length && count < 15; i++)
        if (command[i] == '\0')
            words[count++] = command + i + 1;
    /* The words of a peer: program, @peer, id, report's descriptor, library, profile, prefix, line's descriptor, role. */
    char *anew = strdup(role);
    words[8] = anew;
    fcntl(atoi(words[3]), F_SETFD, 0);
    fcntl(atoi(words[7]), F_SETFD, 0);
    execv("/proc/self/exe", words);
    kit_error("exec failed");
}

/* argv: name */
KIT_ROLE(prc_exec_first) {
    SaCkptCheckpointCreationAttributesT attributes = attributes_with(0);
    kit_create(kit_initialize(), kit_name_from(argv[0]), &attributes);
    kit_say("open");
    kit_expect_hear("exec");
    exec_as("prc_exec_second");
}

KIT_ROLE(prc_exec_second) {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    kit_say("anew");
    kit_expect_hear("end");
    kit_expect_content(f.h, "s", "data", 4);
}

KIT_CASE(PRC_22, "PRC-22", KIT_P, "a process that execs over itself loses its opens, and the new program can initialize") {
    const SaNameT *name = kit_name();
    SaCkptHandleT handle = kit_initialize();
    struct kit_peer *peer = kit_peer_start("prc_exec_first", kit_name_text(name));
    kit_peer_expect_line(peer, "open");
    kit_expect_present(handle, name);
    kit_peer_send(peer, "exec");
    kit_peer_expect_line(peer, "anew");
    kit_expect_absent_within(handle, name, 2000);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
}
