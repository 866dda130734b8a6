/* Open: what a name may be (ais-ckpt 5.3). */
#include <stdlib.h>

#include "kit.h"

/* Opens by CREATE under this name and marks the checkpoint, so that it is known again. */
static SaCkptCheckpointHandleT create_marked(SaCkptHandleT handle, const SaNameT *name, const char *mark) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaCkptCheckpointHandleT h = kit_create(handle, name, &attributes);
    kit_section(h, "mark", mark, strlen(mark));
    return h;
}

static void expect_marked(SaCkptHandleT handle, const SaNameT *name, const char *mark) {
    kit_expect_content(kit_open(handle, name, KIT_READ), "mark", mark, strlen(mark));
}

/* Two names of two checkpoints. */
static void expect_apart(SaCkptHandleT handle, const SaNameT *first, const SaNameT *second) {
    create_marked(handle, first, "first");
    create_marked(handle, second, "second");
    expect_marked(handle, first, "first");
    expect_marked(handle, second, "second");
}

KIT_CASE(OPN_22, "OPN-22", KIT_S, "a name of length 0 is refused with INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    SaNameT empty = *kit_name();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaCkptCheckpointHandleT h = 0;
    empty.length = 0;
    KIT_EXPECT(K.CheckpointOpen(handle, &empty, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointOpen(handle, &empty, &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_INVALID_PARAM);
}

/* A name that fills all 256 bytes with its unique beginning and 'x'. */
static const SaNameT *full_name(void) {
    char bytes[SA_MAX_NAME_LENGTH + 1];
    memset(bytes, 'x', sizeof bytes);
    int used = snprintf(bytes, sizeof bytes, "%s%s", kit_prefix(), kit_unique());
    bytes[used] = 'x'; /* no NUL anywhere */
    return kit_name_bytes(bytes, SA_MAX_NAME_LENGTH);
}

KIT_CASE(OPN_23, "OPN-23", KIT_S, "a name may fill all 256 bytes, without a NUL, and is found again") {
    SaCkptHandleT handle = kit_initialize();
    SaNameT *name = kit_guarded_copy(full_name(), sizeof *name);
    create_marked(handle, name, "full");
    expect_marked(handle, name, "full");
    name->value[SA_MAX_NAME_LENGTH - 1] = 'y';
    kit_expect_absent(handle, name);
}

KIT_CASE(OPN_24, "OPN-24", KIT_S, "a name of more than 256 bytes is refused with INVALID_PARAM, and nothing beyond the structure is read") {
    SaCkptHandleT handle = kit_initialize();
    SaNameT *name = kit_guarded_copy(full_name(), sizeof *name);
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaCkptCheckpointHandleT h = 0;
    const SaUint16T lengths[] = {257, 65535};
    for (size_t i = 0; i < 2; i++) {
        name->length = lengths[i];
        kit_step("length %u", lengths[i]);
        KIT_EXPECT(K.CheckpointOpen(handle, name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_INVALID_PARAM);
        KIT_EXPECT(K.CheckpointOpen(handle, name, &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_INVALID_PARAM);
    }
}

KIT_CASE(OPN_25, "OPN-25", KIT_S, "names that differ after a NUL are two names (profile opensaf: one)") {
    SaCkptHandleT handle = kit_initialize();
    char bytes[128];
    size_t used = (size_t)snprintf(bytes, sizeof bytes, "%s%s", kit_prefix(), kit_unique());
    kit_name_bytes(bytes, used); /* This is what profile opensaf makes of them. */
    bytes[used] = '\0';
    bytes[used + 1] = 'a';
    const SaNameT *first = kit_name_bytes(bytes, used + 2);
    bytes[used + 1] = 'b';
    const SaNameT *second = kit_name_bytes(bytes, used + 2);
    if (kit_profile() != KIT_OPENSAF) {
        expect_apart(handle, first, second);
        return;
    }
    create_marked(handle, first, "one");
    expect_marked(handle, second, "one");
}

KIT_CASE(OPN_26, "OPN-26", KIT_S | KIT_B2, "a B.2 client's name must begin with safCkpt=, or INVALID_PARAM (profile openais: any name)") {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaAisErrorT bare = KIT_BY_PROFILE(SA_AIS_ERR_INVALID_PARAM, SA_AIS_ERR_INVALID_PARAM, SA_AIS_OK);
    SaCkptCheckpointHandleT h = 0;
    KIT_EXPECT(K.CheckpointOpen(handle, kit_bare_name(), &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h), bare);
}

KIT_CASE(OPN_27, "OPN-27", KIT_S, "a B.1 client's name has no prescribed form") {
    SaCkptHandleT handle = kit_initialize_b1();
    const SaNameT *name = kit_bare_name();
    create_marked(handle, name, "bare");
    expect_marked(handle, name, "bare");
}

KIT_CASE(OPN_39, "OPN-39", KIT_S, "checkpoints of two names have independent contents") {
    SaCkptHandleT handle = kit_initialize();
    expect_apart(handle, kit_name(), kit_name());
}

KIT_CASE(OPN_42, "OPN-42", KIT_S, "names that differ in letter case only are two names") {
    SaCkptHandleT handle = kit_initialize();
    char bytes[128];
    size_t used = (size_t)snprintf(bytes, sizeof bytes, "%s%s-name", kit_prefix(), kit_unique());
    const SaNameT *lower = kit_name_bytes(bytes, used);
    bytes[used - 4] = 'N';
    expect_apart(handle, lower, kit_name_bytes(bytes, used));
}

KIT_CASE(OPN_43, "OPN-43", KIT_S, "a name of several parts, and one in UTF-8, are accepted") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *parts = kit_name_with(",safApp=b"), *utf8 = kit_name_with("-Z\xc3\xbcrich-\xe6\xa4\x9c\xe6\x9f\xbb");
    expect_apart(handle, parts, utf8);
}

KIT_CASE(OPN_44, "OPN-44", KIT_S, "names are compared byte for byte and never normalised: blanks, long values, control bytes") {
    SaCkptHandleT handle = kit_initialize();
    char bytes[256];
    size_t used = (size_t)snprintf(bytes, sizeof bytes, "%s%s,safApp=b", kit_prefix(), kit_unique());
    const SaNameT *tight = kit_name_bytes(bytes, used);
    size_t comma = used - strlen(",safApp=b");
    memmove(bytes + comma, " , safApp=b", strlen(" , safApp=b"));
    expect_apart(handle, tight, kit_name_bytes(bytes, used + 2));

    /* A value of 65 characters, where the Overview has at most 64, and its first 64. */
    size_t prefix = strlen(kit_prefix());
    used = (size_t)snprintf(bytes, sizeof bytes, "%s%s", kit_prefix(), kit_unique());
    memset(bytes + used, 'v', sizeof bytes - used);
    expect_apart(handle, kit_name_bytes(bytes, prefix + 64), kit_name_bytes(bytes, prefix + 65));

    const SaNameT *control = kit_name_with("\x01\x1f");
    create_marked(handle, control, "control");
    expect_marked(handle, control, "control");
    kit_expect_absent(handle, kit_name_bytes(control->value, (size_t)control->length - 2));
}

/* --- names beyond 256 bytes: a case of ours, the standard's list has none */

#define EXTENDED_MAX 2048

/* Text of this length that begins with the prefix and is unique; the name that it is lent to. */
static const char *long_text(size_t length) {
    char *text = kit_keep(length + 1);
    int used = snprintf(text, length + 1, "%s%s-%zu-", kit_prefix(), kit_unique(), length);
    memset(text + used, 'x', length - (size_t)used);
    return text;
}

static SaNameT *lend(const char *text) {
    SaNameT *name = kit_guarded(sizeof *name);
    K.saAisNameLend(text, name);
    const char *borrowed = K.saAisNameBorrow(name);
    KIT_TRUE(borrowed != NULL && strcmp(borrowed, text) == 0, "Borrow gives what was lent (%zu bytes)", strlen(text));
    return name;
}

static void expect_refused(SaCkptHandleT handle, size_t length, SaAisErrorT code) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaCkptCheckpointHandleT h = 0;
    const SaNameT *name = lend(long_text(length));
    kit_step("a name of %zu bytes", length);
    KIT_EXPECT(K.CheckpointOpen(handle, name, &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h), code);
    KIT_EXPECT(K.CheckpointOpen(handle, name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), code);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, NULL, KIT_READ), code);
    KIT_EXPECT(K.CheckpointUnlink(handle, name), code);
}

/* The runner could not unlink them afterwards: without retention they go with this process. */
static void expect_usable(SaCkptHandleT handle, size_t length) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.retentionDuration = 0;
    const char *text = long_text(length);
    SaNameT *name = lend(text);
    kit_step("a name of %zu bytes", length);
    SaCkptCheckpointHandleT h = kit_create(handle, name, &attributes);
    kit_section(h, "mark", text, 16);
    /* Found by the bytes, wherever they lie, and by all of them. */
    char *other = kit_keep(length + 1);
    memcpy(other, text, length);
    kit_expect_content(kit_open(handle, lend(other), KIT_READ), "mark", text, 16);
    other[length - 1] = 'y';
    kit_expect_absent(handle, lend(other));
    KIT_OK(K.CheckpointUnlink(handle, name));
    kit_expect_absent(handle, name);
    KIT_OK(K.CheckpointClose(h));
}

KIT_CASE(OPN_47, "OPN-47", KIT_S | KIT_B2, "names of 257 to 2048 bytes, lent, only in profile opensaf and when SA_ENABLE_EXTENDED_NAMES=1; longer ones are TOO_BIG") {
    unsetenv("SA_ENABLE_EXTENDED_NAMES");
    SaCkptHandleT handle = kit_initialize();
    expect_usable(handle, 100); /* A short one is a plain name. */
    expect_refused(handle, 300, SA_AIS_ERR_INVALID_PARAM);
    KIT_OK(K.Finalize(handle));
    setenv("SA_ENABLE_EXTENDED_NAMES", "1", 1);
    handle = kit_initialize();
    expect_usable(handle, 100);
    if (kit_profile() != KIT_OPENSAF) {
        expect_refused(handle, 300, SA_AIS_ERR_INVALID_PARAM);
        return;
    }
    expect_usable(handle, 300);
    expect_usable(handle, EXTENDED_MAX);
    expect_refused(handle, EXTENDED_MAX + 1, SA_AIS_ERR_TOO_BIG);
}
