/* The checkpoints that the calls go to, and what the interface allows for them. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "extreme.h"

#define SMALL (UINT64_C(1) << 20)
#define SETTLED (UINT64_C(1) << 16)
#define OPEN_TIMEOUT (20 * SA_TIME_ONE_SECOND)

SaCkptHandleT client;
struct arrived arrived;

static struct subject subjects[] = {
    {.what = "small", .attributes = {SA_CKPT_WR_ALL_REPLICAS, 65536, SA_TIME_ONE_MINUTE, 64, 1024, 32}},
    {.what = "huge", .attributes = {SA_CKPT_WR_ALL_REPLICAS, UINT64_MAX, SA_TIME_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX}},
    {.what = "huge default section", .attributes = {SA_CKPT_WR_ALL_REPLICAS, UINT64_MAX, SA_TIME_MAX, 1, UINT64_MAX, 0}},
    {.what = "huge asynchronous", .attributes = {SA_CKPT_WR_ACTIVE_REPLICA, 0, 1, UINT32_MAX, UINT64_MAX, UINT16_MAX}},
    {.what = "huge weak default section", .attributes = {SA_CKPT_WR_ACTIVE_REPLICA_WEAK, 0, SA_TIME_MAX - 1, 1, UINT64_MAX, 1}},
    {.what = "huge collocated", .attributes = {SA_CKPT_WR_ACTIVE_REPLICA | SA_CKPT_CHECKPOINT_COLLOCATED, 1, 0, 1u << 31, INT64_MAX, 65}},
    {.what = "nothing", .attributes = {SA_CKPT_WR_ALL_REPLICAS | SA_CKPT_CHECKPOINT_COLLOCATED, 0, 0, 1, 0, 0}},
};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

static void on_open(SaInvocationT invocation, SaCkptCheckpointHandleT h, SaAisErrorT error) {
    arrived.invocation = invocation;
    arrived.h = h;
    arrived.error = error;
    arrived.opened++;
}

static void on_synchronize(SaInvocationT invocation, SaAisErrorT error) {
    arrived.invocation = invocation;
    arrived.error = error;
    arrived.synchronized++;
}

const SaCkptCallbacksT callbacks = {on_open, on_synchronize};

SaVersionT version_of(unsigned major, unsigned minor) {
    return (SaVersionT){'B', (SaUint8T)major, (SaUint8T)minor};
}

SaCkptHandleT initialize(void) {
    SaCkptHandleT handle = 0;
    SaVersionT version = run.profile == OPENAIS ? version_of(1, 1) : version_of(2, 2);
    if (CALL("Initialize", "valid", 0, OK_ONLY, K.Initialize(&handle, &callbacks, &version)) != SA_AIS_OK)
        give_up("no client handle");
    return handle;
}

bool dispatch_until(SaCkptHandleT handle, _Atomic uint64_t *which, uint64_t count) {
    SaSelectionObjectT fd = 0;
    int64_t until = now_ns() + INT64_C(20000000000);
    if (K.SelectionObjectGet(handle, &fd) != SA_AIS_OK)
        return false;
    while (*which < count && now_ns() < until) {
        struct pollfd readable = {.fd = (int)fd, .events = POLLIN};
        if (poll(&readable, 1, 1000) > 0 && K.Dispatch(handle, SA_DISPATCH_ALL) != SA_AIS_OK)
            return false;
    }
    return *which >= count;
}

SaNameT fresh_name(void) {
    static uint64_t number;
    SaNameT name = {0};
    name.length = (SaUint16T)snprintf((char *)name.value, sizeof name.value, "safCkpt=extreme-%d-%llu", (int)getpid(), (unsigned long long)number++);
    return name;
}

const void *zeros(void) {
    static void *at;
    if (at == NULL) {
        at = mmap(NULL, ZEROS_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED)
            give_up("no address space");
    }
    return at;
}

void *buffer(void) {
    static unsigned char bytes[BUFFER_BYTES];
    return bytes;
}

SaCkptSectionIdT section_id(const struct subject *subject, unsigned section) {
    static SaUint8T ids[SECTIONS][2] = {{'s', '0'}, {'s', '1'}, {'s', '2'}};
    return subject->is_default ? (SaCkptSectionIdT){0, NULL} : (SaCkptSectionIdT){2, ids[section]};
}

unsigned any_section(const struct subject *subject) {
    return subject->is_default ? 0 : (unsigned)any_of(SECTIONS);
}

struct subject *any_subject(void) {
    return &subjects[any_of(SUBJECTS)];
}

static void create_sections(struct subject *subject) {
    for (unsigned i = 0; i < SECTIONS && !subject->is_default; i++) {
        SaCkptSectionIdT id = section_id(subject, i);
        SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
        if (CALL("SectionCreate", "valid", 0, OK_ONLY, k_section_create(subject->h, &attributes, "x", 1)) != SA_AIS_OK)
            give_up("no section");
        subject->sizes[i] = 1;
    }
}

void subjects_create(void) {
    client = initialize();
    for (unsigned i = 0; i < SUBJECTS; i++) {
        struct subject *subject = &subjects[i];
        subject->name = fresh_name();
        subject->is_default = subject->attributes.maxSections == 1;
        SaCkptCheckpointOpenFlagsT all = SA_CKPT_CHECKPOINT_CREATE | SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE;
        if (CALL("CheckpointOpen", "valid", 0, OK_ONLY, K.CheckpointOpen(client, &subject->name, &subject->attributes, all, OPEN_TIMEOUT, &subject->h))
            != SA_AIS_OK)
            give_up("cannot create a checkpoint: %s", subject->what);
        if ((subject->attributes.creationFlags & ~SA_CKPT_WR_ACTIVE_REPLICA_WEAK) == (SA_CKPT_CHECKPOINT_COLLOCATED | SA_CKPT_WR_ACTIVE_REPLICA))
            CALL("ActiveReplicaSet", "valid", 0, OK_ONLY, K.ActiveReplicaSet(subject->h));
        create_sections(subject);
    }
}

void subjects_close(void) {
    for (unsigned i = 0; i < SUBJECTS; i++) {
        CALL("CheckpointClose", "valid", 0, OK_ONLY, K.CheckpointClose(subjects[i].h));
        CALL("CheckpointUnlink", "valid", 0, OK_ONLY | ONLY(NOT_EXIST), K.CheckpointUnlink(client, &subjects[i].name));
    }
    CALL("Finalize", "valid", 0, OK_ONLY, K.Finalize(client));
}

/* --- what is allowed */

/* For content that becomes so long. */
static codes room_for(uint64_t length) {
    if (length <= SMALL)
        return OK_ONLY;
    return length > run.memory_max ? NO_ROOM : OK_ONLY | NO_ROOM;
}

codes expect_write(const struct subject *subject, unsigned section, uint64_t size, uint64_t offset) {
    uint64_t max = subject->attributes.maxSectionSize;
    (void)section;
    if (size > max)
        return ONLY(INVALID_PARAM);
    if (size == 0)
        return run.profile == OPENAIS ? ONLY(INVALID_PARAM) : OK_ONLY;
    if (offset > max - size)
        return run.profile == OPENSAF ? ONLY(NO_RESOURCES) : ONLY(INVALID_PARAM);
    return room_for(offset + size);
}

codes expect_read(const struct subject *subject, unsigned section, bool has_buffer, uint64_t size, uint64_t offset) {
    uint64_t max = subject->attributes.maxSectionSize;
    uint64_t length = subject->sizes[section];
    bool is_wrong = has_buffer && size > max;
    if (has_buffer && run.profile == OPENSAF)
        is_wrong |= size == 0 || offset > max - size;
    if (is_wrong || (length != UNKNOWN && offset > length))
        return ONLY(INVALID_PARAM);
    return length == UNKNOWN ? OK_ONLY | ONLY(INVALID_PARAM) : OK_ONLY;
}

codes expect_replace(const struct subject *subject, uint64_t size) {
    return size > subject->attributes.maxSectionSize ? ONLY(INVALID_PARAM) : room_for(size);
}

codes expect_expiration(SaTimeT time) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    bool is_past = time < now.tv_sec * SA_TIME_ONE_SECOND;
    return time < 0 || (is_past && run.profile == OPENSAF) ? ONLY(INVALID_PARAM) : OK_ONLY;
}

void settle(struct subject *subject, unsigned section) {
    uint64_t length = subject->sizes[section];
    if (length <= SETTLED && length != UNKNOWN)
        return;
    SaCkptSectionIdT id = section_id(subject, section);
    SaAisErrorT code = CALL("SectionOverwrite", "valid", 1, OK_ONLY, K.SectionOverwrite(subject->h, &id, "x", 1));
    subject->sizes[section] = code == SA_AIS_OK ? 1 : UNKNOWN;
}

void note_write(struct subject *subject, unsigned section, SaAisErrorT code, uint64_t size, uint64_t offset) {
    uint64_t *length = &subject->sizes[section];
    if (code == SA_AIS_ERR_TIMEOUT)
        *length = UNKNOWN;
    if (code == SA_AIS_OK && size > 0 && *length != UNKNOWN && offset + size > *length)
        *length = offset + size;
}

void note_replace(struct subject *subject, unsigned section, SaAisErrorT code, uint64_t size) {
    if (code == SA_AIS_OK)
        subject->sizes[section] = size;
    else if (code == SA_AIS_ERR_TIMEOUT)
        subject->sizes[section] = UNKNOWN;
}
