/* Names, clients and the fixture F; sections and their content. */
#include <stdlib.h>
#include <unistd.h>

#include "kit.h"
#include "report.h"

const SaCkptCheckpointCreationFlagsT kit_kinds[6] = {1, 2, 4, 9, 10, 12};

void *kit_keep(size_t size) {
    /* In a chain, so that a leak checker does not take it for lost. */
    struct kept {
        _Alignas(16) struct kept *before;
        _Alignas(16) unsigned char bytes[];
    };
    static _Atomic(struct kept *) last;
    struct kept *at = calloc(1, sizeof *at + size);
    if (at == NULL)
        kit_error("no memory for %zu bytes", size);
    at->before = atomic_exchange(&last, at);
    return at->bytes;
}

/* --- names */

const char *kit_unique(void) {
    static _Thread_local char text[64];
    static atomic_uint count;
    static atomic_ullong run;
    if (atomic_load(&run) == 0)
        atomic_store(&run, (unsigned long long)kit_now() / 1000 % 100000000000ull);
    snprintf(text, sizeof text, "%s-%d-%llu-%u", kit_case_id, (int)getpid(), atomic_load(&run), atomic_fetch_add(&count, 1));
    return text;
}

const char *kit_prefix(void) {
    return kit_prefix_in_force;
}

void kit_clean_later(const SaNameT *name) {
    unsigned at = atomic_fetch_add(&kit_report->name_count, 1);
    if (at >= KIT_NAMES_MAX)
        kit_error("a case may take %d names", KIT_NAMES_MAX);
    if (name->length <= SA_MAX_NAME_LENGTH)
        kit_report->names[at] = *name;
}

const SaNameT *kit_name_from(const char *text) {
    SaNameT *name = kit_keep(sizeof *name);
    size_t length = strlen(text);
    if (length > SA_MAX_NAME_LENGTH)
        kit_error("the name %s is too long", text);
    name->length = (SaUint16T)length;
    memcpy(name->value, text, length);
    return name;
}

static const SaNameT *taken(const char *text) {
    const SaNameT *name = kit_name_from(text);
    kit_clean_later(name);
    return name;
}

const SaNameT *kit_name_with(const char *suffix) {
    char text[1024];
    snprintf(text, sizeof text, "%s%s%s", kit_prefix(), kit_unique(), suffix);
    return taken(text);
}

const SaNameT *kit_name(void) {
    return kit_name_with("");
}

const SaNameT *kit_bare_name(void) {
    char text[128];
    snprintf(text, sizeof text, "kit-%s", kit_unique());
    return taken(text);
}

const SaNameT *kit_name_bytes(const void *bytes, size_t count) {
    SaNameT *name = kit_keep(sizeof *name);
    if (count > SA_MAX_NAME_LENGTH)
        kit_error("a name of %zu bytes", count);
    name->length = (SaUint16T)count;
    memcpy(name->value, bytes, count);
    kit_clean_later(name);
    return name;
}

const char *kit_name_text(const SaNameT *name) {
    char *text = kit_keep((size_t)name->length + 1);
    memcpy(text, name->value, name->length);
    return text;
}

/* --- clients */

SaVersionT kit_version_of(unsigned major, unsigned minor) {
    return (SaVersionT){'B', (SaUint8T)major, (SaUint8T)minor};
}

SaVersionT kit_version(void) {
    return kit_is_so3() ? kit_version_of(1, 1) : kit_version_of(2, 2);
}

SaVersionT kit_highest_version(void) {
    return kit_is_so3() ? kit_version_of(1, 1) : kit_version_of(2, 3);
}

SaCkptHandleT kit_initialize_with(unsigned major, unsigned minor, const SaCkptCallbacksT *callbacks) {
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(major, minor);
    KIT_OK(K.Initialize(&handle, callbacks, &version));
    return handle;
}

SaCkptHandleT kit_initialize(void) {
    SaVersionT version = kit_version();
    return kit_initialize_with(version.majorVersion, version.minorVersion, &kit_callbacks);
}

SaCkptHandleT kit_initialize_b1(void) {
    return kit_initialize_with(1, 1, &kit_callbacks);
}

SaCkptCheckpointCreationAttributesT kit_attributes(void) {
    return (SaCkptCheckpointCreationAttributesT){KIT_SYNC, 8192, SA_TIME_ONE_MINUTE, 8, 1024, 32};
}

struct kit_f kit_fixture(struct kit_options options) {
    struct kit_f f = {0};
    f.attributes = options.attributes;
    f.name = options.name != NULL ? options.name : kit_name();
    SaVersionT version = options.b1 ? kit_version_of(1, 1) : kit_version();
    f.handle = kit_initialize_with(version.majorVersion, version.minorVersion, options.no_callbacks ? NULL : options.callbacks);
    bool create = (options.open_flags & KIT_CREATE) != 0;
    KIT_OK(K.CheckpointOpen(f.handle, f.name, create ? &f.attributes : NULL, options.open_flags, KIT_OPEN_TIMEOUT, &f.h));
    SaCkptCheckpointCreationFlagsT kind = f.attributes.creationFlags;
    bool needs_active = (kind & KIT_COLLOC) != 0 && (kind & KIT_SYNC) == 0;
    if (create && needs_active && !options.no_active && (options.open_flags & KIT_WRITE) != 0)
        KIT_OK(K.ActiveReplicaSet(f.h));
    return f;
}

SaCkptCheckpointHandleT kit_open(SaCkptHandleT handle, const SaNameT *name, SaCkptCheckpointOpenFlagsT flags) {
    SaCkptCheckpointHandleT h = 0;
    KIT_OK(K.CheckpointOpen(handle, name, NULL, flags, KIT_OPEN_TIMEOUT, &h));
    return h;
}

SaCkptCheckpointHandleT kit_create(SaCkptHandleT handle, const SaNameT *name, const SaCkptCheckpointCreationAttributesT *attributes) {
    SaCkptCheckpointHandleT h = 0;
    KIT_OK(K.CheckpointOpen(handle, name, attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    return h;
}

/* Opening an absent checkpoint takes nothing; one that is there is closed again, which may begin its retention anew. */
static bool is_present(SaCkptHandleT handle, const SaNameT *name) {
    SaCkptCheckpointHandleT h = 0;
    SaAisErrorT code = KIT_EXPECT_ANY(K.CheckpointOpen(handle, name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST);
    if (code == SA_AIS_OK)
        KIT_OK(K.CheckpointClose(h));
    return code == SA_AIS_OK;
}

void kit_expect_absent(SaCkptHandleT handle, const SaNameT *name) {
    SaCkptCheckpointHandleT h = 0;
    KIT_EXPECT(K.CheckpointOpen(handle, name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_NOT_EXIST);
}

void kit_expect_absent_within(SaCkptHandleT handle, const SaNameT *name, int ms) {
    int64_t until = kit_mono() + (int64_t)ms * 1000000;
    while (is_present(handle, name)) {
        if (kit_mono() >= until)
            kit_fail("the checkpoint gone (NOT_EXIST)", "it can still be opened after %d ms", ms);
        kit_sleep_ms(20);
    }
}

void kit_expect_present(SaCkptHandleT handle, const SaNameT *name) {
    if (!is_present(handle, name))
        kit_fail("the checkpoint still there", "NOT_EXIST");
}

SaCkptHandleT kit_bad_handle(int kind) {
    if (kind == 0)
        return KIT_WILD;
    if (kind == 1)
        return 0;
    SaCkptHandleT handle = kit_initialize();
    KIT_OK(K.Finalize(handle));
    return handle;
}

SaCkptCheckpointHandleT kit_bad_checkpoint_handle(int kind) {
    if (kind == 0)
        return KIT_WILD;
    struct kit_f f = KIT_F();
    if (kind == 1)
        KIT_OK(K.CheckpointClose(f.h));
    else
        KIT_OK(K.Finalize(f.handle));
    return f.h;
}

/* --- sections */

SaCkptSectionIdT kit_id(const char *text) {
    union {
        const char *in;
        SaUint8T *out; /* the interface has no const here */
    } bytes = {text};
    size_t length = strlen(text);
    return length == 0 ? (SaCkptSectionIdT){0, NULL} : (SaCkptSectionIdT){(SaUint16T)length, bytes.out};
}

SaCkptIOVectorElementT kit_element(const char *id, const void *data, size_t size, size_t offset) {
    union {
        const void *in;
        void *out;
    } bytes = {data};
    return (SaCkptIOVectorElementT){kit_id(id), bytes.out, size, offset, 0};
}

void kit_section(SaCkptCheckpointHandleT h, const char *id, const void *data, size_t size) {
    SaCkptSectionIdT section = kit_id(id);
    SaCkptSectionCreationAttributesT attributes = {&section, SA_TIME_END};
    /* The openais profile refuses a NULL pointer even with size 0. */
    KIT_OK(k_section_create(h, &attributes, data != NULL ? data : "", size));
}

void kit_write(SaCkptCheckpointHandleT h, const char *id, const void *data, size_t size, size_t offset) {
    SaCkptIOVectorElementT element = kit_element(id, data, size, offset);
    SaUint32T index = 0;
    KIT_OK(K.CheckpointWrite(h, &element, 1, &index));
}

void kit_expect_content(SaCkptCheckpointHandleT h, const char *id, const void *data, size_t size) {
    SaCkptIOVectorElementT element = kit_element(id, NULL, 0, 0);
    SaUint32T index = 0;
    KIT_OK(K.CheckpointRead(h, &element, 1, &index));
    KIT_EXPECT_BYTES(element.dataBuffer, element.readSize, data, size);
    free(element.dataBuffer);
}

void kit_expect_no_section(SaCkptCheckpointHandleT h, const char *id) {
    char byte;
    SaCkptIOVectorElementT element = kit_element(id, &byte, 1, 0);
    SaUint32T index = 0;
    KIT_EXPECT(K.CheckpointRead(h, &element, 1, &index), SA_AIS_ERR_NOT_EXIST);
}

const void *kit_pattern(unsigned seed, size_t size) {
    unsigned char *bytes = kit_keep(size + 1);
    uint32_t state = seed * 2654435761u + 12345u;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(state >> 24);
    }
    return bytes;
}
