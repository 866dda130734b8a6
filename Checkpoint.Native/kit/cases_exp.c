/* Expiration of sections (ais-ckpt 5.6). */
#include "sections.h"

#define MS SA_TIME_ONE_MILLISECOND
/* Within so long after its time a section must be gone, on a machine that is busy with other cases. */
#define LATE_MS 1000
/* Two clocks read one after the other, and a tick of the service's timer. */
#define EARLY_MS 10

static bool is_there(SaCkptCheckpointHandleT h, const char *id) {
    char byte = 0;
    SaCkptIOVectorElementT element = kit_element(id, &byte, 1, 0);
    SaUint32T index = 0;
    return KIT_EXPECT_ANY(K.CheckpointRead(h, &element, 1, &index), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST) == SA_AIS_OK;
}

/* It is there until its time and gone soon after. */
static void expect_expiry_at(SaCkptCheckpointHandleT h, const char *id, SaTimeT time) {
    while (is_there(h, id)) {
        if (kit_now() > time + LATE_MS * kit_patience() * MS)
            kit_fail("the section deleted at its expiration time", "\"%s\" is still there %ld ms later", id, KIT_MS(kit_now() - time));
        kit_sleep_ms(10);
    }
    if (kit_now() < time - EARLY_MS * MS)
        kit_fail("the section there until its expiration time", "\"%s\" is gone %ld ms before it", id, KIT_MS(time - kit_now()));
    kit_expect_no_section(h, id);
}

static SaTimeT shown_expiration(SaCkptCheckpointHandleT h, const char *id) {
    struct k_walk walk = k_walk_all(h, SA_CKPT_SECTIONS_ANY, 0);
    const struct k_section *section = k_walk_find(&walk, id);
    KIT_TRUE(section != NULL, "section \"%s\" in the iteration", id);
    return section->expiration;
}

KIT_CASE(EXP_01, "EXP-01", KIT_S | KIT_T, "a section is there until its expiration time and deleted then") {
    struct kit_f f = KIT_F();
    SaTimeT time = kit_now() + SA_TIME_ONE_SECOND;
    KIT_OK(k_create(f.h, "s", time, "data", 4));
    kit_section(f.h, "other", "data", 4);
    kit_expect_content(f.h, "s", "data", 4);
    expect_expiry_at(f.h, "s", time);
    kit_expect_content(f.h, "other", "data", 4);
}

KIT_CASE(EXP_02, "EXP-02", KIT_S | KIT_T, "an expired section makes room for another") {
    struct kit_f f = KIT_F();
    SaTimeT time = kit_now() + SA_TIME_ONE_SECOND;
    k_fill(f.h, 7);
    KIT_OK(k_create(f.h, "short", time, "data", 4));
    if (kit_now() < time - 200 * MS)
        KIT_EXPECT(k_create(f.h, "new", SA_TIME_END, "data", 4), SA_AIS_ERR_NO_SPACE);
    expect_expiry_at(f.h, "short", time);
    KIT_OK(k_create(f.h, "new", SA_TIME_END, "data", 4));
    kit_expect_content(f.h, "new", "data", 4);
}

KIT_CASE(EXP_03, "EXP-03", KIT_S | KIT_T, "an expiration time set earlier or later is the one that counts") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT sooner = kit_id("sooner"), later = kit_id("later");
    SaTimeT now = kit_now(), near = now + SA_TIME_ONE_SECOND, far = now + SA_TIME_ONE_MINUTE;
    KIT_OK(k_create(f.h, "sooner", far, "data", 4));
    KIT_OK(k_create(f.h, "later", near, "data", 4));
    KIT_OK(K.SectionExpirationTimeSet(f.h, &later, far));
    KIT_OK(K.SectionExpirationTimeSet(f.h, &sooner, near));
    expect_expiry_at(f.h, "sooner", near);
    kit_sleep_ms(300);
    kit_expect_content(f.h, "later", "data", 4);
}

KIT_CASE(EXP_04, "EXP-04", KIT_S | KIT_T, "set to SA_TIME_END a section stays, and the iteration shows SA_TIME_END") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s");
    SaTimeT time = kit_now() + SA_TIME_ONE_SECOND;
    KIT_OK(k_create(f.h, "s", time, "data", 4));
    KIT_OK(K.SectionExpirationTimeSet(f.h, &id, SA_TIME_END));
    KIT_EXPECT_EQ_I64(shown_expiration(f.h, "s"), SA_TIME_END);
    while (kit_now() < time + 500 * MS)
        kit_sleep_ms(50);
    kit_expect_content(f.h, "s", "data", 4);
    KIT_EXPECT_EQ_I64(shown_expiration(f.h, "s"), SA_TIME_END);
}

KIT_CASE(EXP_05, "EXP-05", KIT_S, "the iteration shows exactly the expiration time that was given") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("set");
    /* An odd nanosecond: a service that rounds, or keeps what remains instead of the time, shows another. */
    SaTimeT first = kit_now() / 1000 * 1000 + 3600 * SA_TIME_ONE_SECOND + 7, second = first + 1234567;
    KIT_OK(k_create(f.h, "created", first, "data", 4));
    KIT_OK(k_create(f.h, "set", first, "data", 4));
    KIT_OK(K.SectionExpirationTimeSet(f.h, &id, second));
    KIT_EXPECT_EQ_I64(shown_expiration(f.h, "created"), first);
    KIT_EXPECT_EQ_I64(shown_expiration(f.h, "set"), second);
}

KIT_CASE(EXP_06, "EXP-06", KIT_S, "no id, the default section, a negative time: INVALID_PARAM; a past time: gone, or INVALID_PARAM in profile opensaf") {
    struct kit_f f = KIT_F(), ds = KIT_DS();
    SaCkptSectionIdT id = kit_id("s"), none = SA_CKPT_DEFAULT_SECTION_ID;
    const SaTimeT negative[] = {-1, -SA_TIME_ONE_SECOND, SA_TIME_UNKNOWN}, past[] = {SA_TIME_BEGIN, SA_TIME_ONE_SECOND, kit_now() - SA_TIME_ONE_SECOND};
    kit_section(f.h, "s", "data", 4);
    KIT_EXPECT(K.SectionExpirationTimeSet(f.h, NULL, SA_TIME_END), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionExpirationTimeSet(ds.h, &none, kit_now() + SA_TIME_ONE_MINUTE), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionExpirationTimeSet(ds.h, &none, SA_TIME_END), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_content(ds.h, "", NULL, 0);
    for (int i = 0; i < 3; i++)
        KIT_EXPECT(K.SectionExpirationTimeSet(f.h, &id, negative[i]), SA_AIS_ERR_INVALID_PARAM);
    for (int i = 0; i < 3; i++) {
        if (kit_profile() == KIT_OPENSAF) {
            KIT_EXPECT(K.SectionExpirationTimeSet(f.h, &id, past[i]), SA_AIS_ERR_INVALID_PARAM);
            kit_expect_content(f.h, "s", "data", 4);
            KIT_EXPECT_EQ_I64(shown_expiration(f.h, "s"), SA_TIME_END);
            continue;
        }
        KIT_OK(K.SectionExpirationTimeSet(f.h, &id, past[i]));
        KIT_TRUE(KIT_WAIT(!is_there(f.h, "s"), LATE_MS), "a section that is due at once gone within %d ms", LATE_MS);
        kit_section(f.h, "s", "data", 4);
    }
}

KIT_CASE(EXP_07, "EXP-07", KIT_S, "the expiration time of an absent section: NOT_EXIST") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("absent");
    KIT_EXPECT(K.SectionExpirationTimeSet(f.h, &id, kit_now() + SA_TIME_ONE_MINUTE), SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(EXP_08, "EXP-08", KIT_S, "on a handle opened for reading only: ACCESS, and nothing changes") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s");
    kit_section(f.h, "s", "data", 4);
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.SectionExpirationTimeSet(reader, &id, kit_now() + SA_TIME_ONE_MINUTE), SA_AIS_ERR_ACCESS);
    KIT_EXPECT_EQ_I64(shown_expiration(f.h, "s"), SA_TIME_END);
}

KIT_CASE(EXP_09, "EXP-09", KIT_S, "on a wild, closed or finalized handle: BAD_HANDLE") {
    SaCkptSectionIdT id = kit_id("s");
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(K.SectionExpirationTimeSet(bad, &id, kit_now() + SA_TIME_ONE_MINUTE), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(EXP_10, "EXP-10", KIT_S, "created with a time long past: due at once in profile strict, kept and usable in the others") {
    struct kit_f f = KIT_F();
    KIT_OK(k_create(f.h, "s", 0xFFFFFFFF, "data", 4));
    if (kit_profile() == KIT_STRICT) {
        KIT_TRUE(KIT_WAIT(!is_there(f.h, "s"), LATE_MS), "a section that is due at once gone within %d ms", LATE_MS);
        return;
    }
    kit_sleep_ms(300);
    kit_expect_content(f.h, "s", "data", 4);
    kit_write(f.h, "s", "more", 4, 4);
    kit_expect_content(f.h, "s", "datamore", 8);
}

KIT_CASE(EXP_11, "EXP-11", KIT_S | KIT_T, "an iteration during which sections expire goes on without error and shows the others once") {
    struct kit_f f = KIT_F();
    SaTimeT time = kit_now() + SA_TIME_ONE_SECOND;
    const char *kept[] = {"s0", "s1", "s2", "s3", "s4"}, *expiring[] = {"e0", "e1", "e2"};
    k_fill(f.h, 5);
    for (int i = 0; i < 3; i++)
        KIT_OK(k_create(f.h, expiring[i], time, "data", 4));
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_ANY, 0);
    for (int i = 0; i < 2; i++)
        KIT_TRUE(k_walk_next(&walk), "two sections before any expires");
    for (int i = 0; i < 3; i++)
        expect_expiry_at(f.h, expiring[i], time);
    k_walk_rest(&walk);
    for (int i = 0; i < 5; i++)
        KIT_TRUE(k_walk_find(&walk, kept[i]) != NULL, "section \"%s\", which stayed, in the iteration", kept[i]);
}

KIT_LEFT_OUT(EXP_12, "EXP-12", KIT_N | KIT_T, "a section expires at its time though the node of the active replica died before", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(EXP_13, "EXP-13", KIT_N | KIT_T, "a write that races with an expiry gets OK or NOT_EXIST, and all nodes agree", KIT_SEVERAL_NODES);

KIT_CASE(EXP_14, "EXP-14", KIT_S | KIT_T, "the sections of an unlinked checkpoint expire as well") {
    struct kit_f f = KIT_F();
    SaTimeT time = kit_now() + SA_TIME_ONE_SECOND;
    KIT_OK(k_create(f.h, "s", time, "data", 4));
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    expect_expiry_at(f.h, "s", time);
}

KIT_CASE(EXP_15, "EXP-15", KIT_S | KIT_T, "sections expire during the retention of a closed checkpoint too") {
    struct kit_f f = KIT_F();
    SaTimeT time = kit_now() + 700 * MS;
    KIT_OK(k_create(f.h, "s", time, "data", 4));
    kit_section(f.h, "other", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    while (kit_now() < time + 500 * MS)
        kit_sleep_ms(50);
    SaCkptCheckpointHandleT again = kit_open(f.handle, f.name, KIT_READ);
    kit_expect_no_section(again, "s");
    kit_expect_content(again, "other", "data", 4);
}

KIT_CASE(EXP_16, "EXP-16", KIT_S, "the default section never expires: the iteration shows SA_TIME_END") {
    struct kit_f f = KIT_DS();
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, 1);
    KIT_EXPECT_EQ_I64(walk.sections[0].expiration, SA_TIME_END);
}

KIT_CASE(EXP_17, "EXP-17", KIT_S, "created with a negative time: INVALID_PARAM in profile strict, kept and usable in the others") {
    struct kit_f f = KIT_F();
    const SaTimeT negative[] = {-1, SA_TIME_UNKNOWN};
    const char *ids[] = {"minus-one", "unknown"};
    for (int i = 0; i < 2; i++) {
        KIT_EXPECT(k_create(f.h, ids[i], negative[i], "data", 4), KIT_BY_PROFILE(SA_AIS_ERR_INVALID_PARAM, SA_AIS_OK, SA_AIS_OK));
        if (kit_profile() == KIT_STRICT) {
            kit_expect_no_section(f.h, ids[i]);
            continue;
        }
        kit_sleep_ms(300);
        kit_expect_content(f.h, ids[i], "data", 4);
        kit_write(f.h, ids[i], "more", 4, 4);
        kit_expect_content(f.h, ids[i], "datamore", 8);
    }
}
