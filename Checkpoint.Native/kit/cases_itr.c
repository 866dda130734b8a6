/* Iteration over sections: filters and codes (ais-ckpt 5.7). */
#include "sections.h"

#define HOUR (60 * SA_TIME_ONE_MINUTE)

KIT_CASE(ITR_01, "ITR-01", KIT_S, "over no section: OK, then NO_SECTIONS") {
    struct kit_f f = KIT_F();
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, "");
}

KIT_CASE(ITR_02, "ITR-02", KIT_S, "each section comes once with its size and state, then NO_SECTIONS, and NO_SECTIONS again") {
    struct kit_f f = KIT_F();
    k_fill(f.h, 5);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, "s0 s1 s2 s3 s4");
    for (size_t i = 0; i < walk.count; i++) {
        KIT_EXPECT_EQ_U64(walk.sections[i].size, 1);
        KIT_EXPECT_EQ_U64(walk.sections[i].state, SA_CKPT_SECTION_VALID);
        KIT_EXPECT_EQ_I64(walk.sections[i].expiration, SA_TIME_END);
    }
}

KIT_CASE(ITR_03, "ITR-03", KIT_S, "the default section comes with an empty id") {
    struct kit_f f = KIT_DS();
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, 1);
    KIT_EXPECT_EQ_U64(walk.sections[0].id_length, 0);
}

/* Sections that expire one nanosecond before, at and after T, and one that never does; T is the answer. */
static SaTimeT make_timed(SaCkptCheckpointHandleT h) {
    SaTimeT time = kit_now() + HOUR;
    KIT_OK(k_create(h, "before", time - 1, "data", 4));
    KIT_OK(k_create(h, "at", time, "data", 4));
    KIT_OK(k_create(h, "after", time + 1, "data", 4));
    KIT_OK(k_create(h, "never", SA_TIME_END, "data", 4));
    return time;
}

KIT_CASE(ITR_04, "ITR-04", KIT_S, "FOREVER chooses those that never expire") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT at = kit_id("at");
    SaTimeT time = make_timed(f.h);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_FOREVER, 0);
    k_walk_expect(&walk, "never");
    KIT_OK(K.SectionExpirationTimeSet(f.h, &at, SA_TIME_END));
    walk = k_walk_all(f.h, SA_CKPT_SECTIONS_FOREVER, time); /* The time is ignored. */
    k_walk_expect(&walk, "at never");
}

KIT_CASE(ITR_05, "ITR-05", KIT_S, "LEQ chooses those that expire at the time or before") {
    struct kit_f f = KIT_F();
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, make_timed(f.h));
    k_walk_expect(&walk, "before at");
}

KIT_CASE(ITR_06, "ITR-06", KIT_S, "GEQ chooses those that expire at the time, after it or never") {
    struct kit_f f = KIT_F();
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, make_timed(f.h));
    k_walk_expect(&walk, "at after never");
}

KIT_CASE(ITR_07, "ITR-07", KIT_S, "CORRUPTED chooses nothing while all sections are valid") {
    struct kit_f f = KIT_F();
    k_fill(f.h, 5);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_CORRUPTED, 0);
    k_walk_expect(&walk, "");
}

KIT_CASE(ITR_08, "ITR-08", KIT_S, "no place for the iteration, or no such choice: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    SaCkptSectionIterationHandleT it = 0;
    KIT_EXPECT(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_ANY, 0, NULL), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionIterationInitialize(f.h, (SaCkptSectionsChosenT)0, 0, &it), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionIterationInitialize(f.h, (SaCkptSectionsChosenT)6, 0, &it), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(ITR_09, "ITR-09", KIT_S, "on a wild, closed or finalized handle: BAD_HANDLE") {
    SaCkptSectionIterationHandleT it = 0;
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(K.SectionIterationInitialize(bad, SA_CKPT_SECTIONS_ANY, 0, &it), SA_AIS_ERR_BAD_HANDLE);
}

static void expect_from_writer(bool b1, SaAisErrorT code) {
    struct kit_f f = KIT_F(.b1 = b1);
    SaCkptSectionIterationHandleT it = 0;
    SaCkptSectionDescriptorT section;
    k_fill(f.h, 1);
    SaCkptCheckpointHandleT writer = kit_open(f.handle, f.name, KIT_WRITE);
    KIT_EXPECT(K.SectionIterationInitialize(writer, SA_CKPT_SECTIONS_ANY, 0, &it), code);
    if (code == SA_AIS_OK)
        KIT_OK(K.SectionIterationNext(it, &section));
}

KIT_CASE(ITR_10, "ITR-10", KIT_S, "on a handle opened for writing only: ACCESS for B.2 clients, OK for B.1 clients") {
    if (!kit_is_so3())
        expect_from_writer(false, kit_b2_rules() ? SA_AIS_ERR_ACCESS : SA_AIS_OK);
    expect_from_writer(true, SA_AIS_OK);
}

KIT_CASE(ITR_11, "ITR-11", KIT_S, "Next without a descriptor: INVALID_PARAM, and no section is passed over; a wild iteration: BAD_HANDLE") {
    struct kit_f f = KIT_F();
    SaCkptSectionDescriptorT section;
    k_fill(f.h, 1);
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT(K.SectionIterationNext(walk.it, NULL), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionIterationNext(KIT_WILD, &section), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationFinalize(KIT_WILD), SA_AIS_ERR_BAD_HANDLE);
    k_walk_rest(&walk);
    k_walk_expect(&walk, "s0");
}

KIT_CASE(ITR_12, "ITR-12", KIT_S, "after IterationFinalize: BAD_HANDLE from IterationFinalize and Next") {
    struct kit_f f = KIT_F();
    SaCkptSectionDescriptorT section;
    k_fill(f.h, 3);
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_TRUE(k_walk_next(&walk), "a first section");
    KIT_OK(K.SectionIterationFinalize(walk.it));
    KIT_EXPECT(K.SectionIterationFinalize(walk.it), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationNext(walk.it, &section), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(ITR_23, "ITR-23", KIT_S, "a negative time: ignored where none is needed, but INVALID_PARAM in profile opensaf; refused where it is needed") {
    struct kit_f f = KIT_F();
    const SaCkptSectionsChosenT unused[] = {SA_CKPT_SECTIONS_ANY, SA_CKPT_SECTIONS_FOREVER, SA_CKPT_SECTIONS_CORRUPTED};
    SaCkptSectionIterationHandleT it = 0;
    for (int i = 0; i < 3; i++) {
        SaAisErrorT code = KIT_BY_PROFILE(SA_AIS_OK, SA_AIS_ERR_INVALID_PARAM, SA_AIS_OK);
        KIT_EXPECT(K.SectionIterationInitialize(f.h, unused[i], -1, &it), code);
        KIT_EXPECT(K.SectionIterationInitialize(f.h, unused[i], SA_TIME_UNKNOWN, &it), code);
    }
    KIT_EXPECT(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, -1, &it), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, -1, &it), SA_AIS_ERR_INVALID_PARAM);
}
