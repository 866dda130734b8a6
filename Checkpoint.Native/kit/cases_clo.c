/* Close: what it ends, and from when the retention duration counts (ais-ckpt 5.4). */
#include "retention.h"
#include "sections.h"

KIT_CASE(CLO_01, "CLO-01", KIT_S, "Close answers OK; afterwards every call on the handle answers BAD_HANDLE") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    k_expect_every_call(f.h, SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(CLO_02, "CLO-02", KIT_S, "closing twice, a wild handle or one of a finalized client: BAD_HANDLE") {
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(K.CheckpointClose(bad), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(CLO_03, "CLO-03", KIT_S, "of two handles the second works after the first is closed") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    SaCkptCheckpointHandleT second = kit_open(f.handle, f.name, KIT_READ | KIT_WRITE);
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    kit_expect_content(second, "s", "data", 4);
    kit_write(second, "s", "more", 4, 4);
    kit_expect_content(second, "s", "datamore", 8);
    kit_expect_present(f.handle, f.name);
}

KIT_CASE(CLO_04, "CLO-04", KIT_S, "Close ends the iterations on its handle: BAD_HANDLE from Next and from IterationFinalize") {
    struct kit_f f = KIT_F();
    SaCkptSectionDescriptorT section;
    k_fill(f.h, 3);
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_TRUE(k_walk_next(&walk), "a first section before Close");
    KIT_OK(K.CheckpointClose(f.h));
    KIT_EXPECT(K.SectionIterationNext(walk.it, &section), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationFinalize(walk.it), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(CLO_05, "CLO-05", KIT_S, "Close cancels the callbacks of its handle that have not run") {
    enum { ROUNDS = 20 };
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
    kit_section(f.h, "s", "data", 4);
    for (SaInvocationT round = 1; round <= ROUNDS; round++) {
        SaCkptCheckpointHandleT h = kit_open(f.handle, f.name, KIT_WRITE);
        KIT_OK(K.CheckpointSynchronizeAsync(h, round));
        if (round % 2 == 0)
            kit_poll_fd(kit_fd(f.handle), 20); /* Half of the callbacks are there before Close, the others on their way. */
        KIT_OK(K.CheckpointClose(h));
        KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
    }
    /* A last request whose callback does come: by then the cancelled ones would have. */
    KIT_OK(K.CheckpointSynchronizeAsync(f.h, ROUNDS + 1));
    kit_dispatch_until(f.handle, 1);
    KIT_EXPECT_EQ_U64(kit_callback_count(), 1);
    KIT_EXPECT_EQ_U64(kit_callback_at(0).invocation, ROUNDS + 1);
}

KIT_CASE(CLO_06, "CLO-06", KIT_S | KIT_T, "reopening within the retention duration stops it: the data is there and stays") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_ONE_SECOND);
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    kit_sleep_ms(500);
    SaCkptCheckpointHandleT again = kit_open(f.handle, f.name, KIT_READ | KIT_WRITE);
    int64_t until = kit_mono() + 2 * SA_TIME_ONE_SECOND;
    do {
        kit_expect_content(again, "s", "data", 4);
        kit_sleep_ms(100);
    } while (kit_mono() < until);
    kit_expect_present(f.handle, f.name);
}

KIT_CASE(CLO_07, "CLO-07", KIT_S | KIT_T, "a closed checkpoint is kept for its retention duration and then deleted") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_ONE_SECOND);
    kit_section(f.h, "s", "data", 4);
    int64_t closing = kit_mono();
    KIT_OK(K.CheckpointClose(f.h));
    k_expect_expiry(f.handle, f.name, closing, 1000);
}

KIT_CASE(CLO_08, "CLO-08", KIT_S, "with retention duration 0 the checkpoint is gone at Close") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    kit_expect_absent(f.handle, f.name);
}

KIT_CASE(CLO_09, "CLO-09", KIT_S | KIT_T, "with retention duration SA_TIME_END it never expires and keeps its data") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_END);
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    kit_sleep_ms(1500);
    SaCkptCheckpointHandleT again = kit_open(f.handle, f.name, KIT_READ);
    kit_expect_content(again, "s", "data", 4);
}

/* Opens the checkpoint, says so, and closes it when told. */
KIT_ROLE(clo_opener) {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointHandleT h = kit_open(handle, kit_name_from(argv[0]), KIT_READ | KIT_WRITE);
    kit_say("open");
    kit_expect_hear("close");
    KIT_OK(K.CheckpointClose(h));
    kit_say("closed");
    kit_expect_hear("end");
}

KIT_CASE(CLO_10, "CLO-10", KIT_P, "while another process has it open, Close starts no retention and harms nothing") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 200 * SA_TIME_ONE_MILLISECOND);
    kit_section(f.h, "s", "data", 4);
    struct kit_peer *peer = kit_peer_start("clo_opener", kit_name_text(f.name));
    kit_peer_expect_line(peer, "open");
    kit_peer_send(peer, "close");
    kit_peer_expect_line(peer, "closed");
    kit_sleep_ms(600);
    kit_expect_content(f.h, "s", "data", 4);
    kit_write(f.h, "s", "DATA", 4, 0);
    kit_expect_present(f.handle, f.name);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
}

KIT_CASE(CLO_11, "CLO-11", KIT_P | KIT_T, "the retention duration counts from the last close in the cluster") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_ONE_SECOND);
    kit_section(f.h, "s", "data", 4);
    struct kit_peer *peer = kit_peer_start("clo_opener", kit_name_text(f.name));
    kit_peer_expect_line(peer, "open");
    kit_peer_send(peer, "close");
    kit_peer_expect_line(peer, "closed");
    kit_sleep_ms(1000);
    int64_t closing = kit_mono();
    KIT_OK(K.CheckpointClose(f.h));
    k_expect_expiry(f.handle, f.name, closing, 1000);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
}

KIT_CASE(CLO_12, "CLO-12", KIT_S | KIT_T, "after its expiry the name is free for other attributes, and nothing is left of the old content") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 300 * SA_TIME_ONE_MILLISECOND);
    SaCkptCheckpointCreationAttributesT other = {KIT_ASYNC, 4096, SA_TIME_ONE_MINUTE, 4, 2048, 16};
    SaCkptCheckpointHandleT h = 0;
    struct kit_status status;
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    int64_t until = kit_mono() + 2 * kit_patience() * SA_TIME_ONE_SECOND;
    while (KIT_EXPECT_ANY(K.CheckpointOpen(f.handle, f.name, &other, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h), SA_AIS_OK, SA_AIS_ERR_EXIST) ==
           SA_AIS_ERR_EXIST) {
        KIT_TRUE(kit_mono() < until, "the name free soon after the retention duration");
        kit_sleep_ms(20);
    }
    KIT_OK(k_status_get(h, &status));
    KIT_EXPECT_EQ_U64(status.attributes.creationFlags, KIT_ASYNC);
    KIT_EXPECT_EQ_U64(status.attributes.maxSections, 4);
    KIT_EXPECT_EQ_U64(status.sections, 0);
    KIT_EXPECT_EQ_U64(status.memory_used, 0);
    kit_expect_no_section(h, "s");
}

KIT_CASE(CLO_13, "CLO-13", KIT_S, "profile opensaf: the timer of a retention duration below 10 ms counts as 0, so that Unlink after Close answers NOT_EXIST") {
    for (int round = 0; round < 5; round++) {
        struct kit_f f = KIT_F(.attributes.retentionDuration = 10 * SA_TIME_ONE_MICROSECOND);
        KIT_OK(K.CheckpointClose(f.h));
        if (kit_profile() == KIT_OPENSAF)
            KIT_EXPECT(K.CheckpointUnlink(f.handle, f.name), SA_AIS_ERR_NOT_EXIST);
        else
            KIT_EXPECT_ANY(K.CheckpointUnlink(f.handle, f.name), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST);
        kit_expect_absent(f.handle, f.name);
    }
}
