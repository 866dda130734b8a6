/* Finalize (ais-ckpt 5.2). */
#include <errno.h>
#include <stdlib.h>
#include <sys/select.h>

#include "kit.h"

/* A process that ended is noticed within this time (ais-ckpt 5.10). */
#define NOTICED_MS 2000

KIT_CASE(FIN_01, "FIN-01", KIT_S, "Finalize of a valid handle answers OK") {
    SaCkptHandleT handle = kit_initialize();
    KIT_OK(K.Finalize(handle));
}

KIT_CASE(FIN_02, "FIN-02", KIT_S, "a second Finalize answers BAD_HANDLE") {
    SaCkptHandleT handle = kit_initialize();
    KIT_OK(K.Finalize(handle));
    KIT_EXPECT(K.Finalize(handle), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(FIN_03, "FIN-03", KIT_S, "Finalize of a wild handle answers BAD_HANDLE") {
    KIT_EACH_BAD_HANDLE(bad)
        KIT_EXPECT(K.Finalize(bad), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(FIN_04, "FIN-04", KIT_S, "after Finalize every call on its checkpoint handles answers BAD_HANDLE") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "x", 1);
    KIT_OK(K.Finalize(f.handle));

    char byte = 'x';
    struct kit_status status;
    SaCkptSectionIdT id = kit_id("s");
    SaCkptSectionCreationAttributesT create = {&id, SA_TIME_END};
    SaCkptIOVectorElementT element = kit_element("s", &byte, 1, 0);
    SaCkptSectionIterationHandleT it = 0;
    SaUint32T index = 0;
    KIT_EXPECT(K.CheckpointClose(f.h), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointRetentionDurationSet(f.h, SA_TIME_ONE_SECOND), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.ActiveReplicaSet(f.h), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(k_status_get(f.h, &status), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(k_section_create(f.h, &create, &byte, 1), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionDelete(f.h, &id), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionExpirationTimeSet(f.h, &id, SA_TIME_END), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_ANY, 0, &it), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointWrite(f.h, &element, 1, &index), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionOverwrite(f.h, &id, &byte, 1), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointRead(f.h, &element, 1, &index), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointSynchronize(f.h, SA_TIME_ONE_SECOND), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointSynchronizeAsync(f.h, 1), SA_AIS_ERR_BAD_HANDLE);
    if (kit_is_so3())
        return;
    SaUint8T *freed = malloc(1);
    KIT_EXPECT(K.SectionIdFree(f.h, freed), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.IOVectorElementDataFree(f.h, freed), SA_AIS_ERR_BAD_HANDLE);
    free(freed); /* Refused calls have freed nothing. */
}

KIT_CASE(FIN_05, "FIN-05", KIT_S, "Finalize ends the iterations of its checkpoint handles") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "x", 1);
    SaCkptSectionIterationHandleT it = 0;
    SaCkptSectionDescriptorT descriptor;
    KIT_OK(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_ANY, 0, &it));
    KIT_OK(K.Finalize(f.handle));
    KIT_EXPECT(K.SectionIterationNext(it, &descriptor), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationFinalize(it), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(FIN_06, "FIN-06", KIT_S, "Finalize closes the selection object: select() answers EBADF") {
    SaCkptHandleT handle = kit_initialize();
    int fd = (int)kit_fd(handle);
    KIT_OK(K.Finalize(handle));
    if (fd >= FD_SETSIZE)
        kit_not_applicable("select() cannot look at descriptor %d", fd);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    struct timeval none = {0, 0};
    int result = select(fd + 1, &set, NULL, NULL, &none), error = errno;
    KIT_EXPECT_EQ_I64(result, -1);
    KIT_EXPECT_EQ_I64(error, EBADF);
}

KIT_CASE(FIN_07, "FIN-07", KIT_S, "Finalize drops an OpenAsync that was not dispatched: no callback, and its reference is released") {
    SaCkptHandleT looking = kit_initialize();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.retentionDuration = 0;
    for (int completed = 0; completed <= 1; completed++) {
        SaCkptHandleT handle = kit_initialize();
        const SaNameT *name = kit_name();
        KIT_OK(K.CheckpointOpenAsync(handle, 1, name, &attributes, KIT_ALL_MODES));
        if (completed)
            KIT_TRUE(kit_poll_fd(kit_fd(handle), 5000), "the selection object readable");
        KIT_OK(K.Finalize(handle));
        kit_expect_absent_within(looking, name, NOTICED_MS);
        kit_sleep_ms(200);
        kit_expect_absent(looking, name);
        KIT_EXPECT_EQ_U64(kit_callback_count(), 0);
    }
}

/* NAME: opens it with retention 0 and Finalizes without Close. */
KIT_ROLE(fin_opener) {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.retentionDuration = 0;
    kit_create(handle, kit_name_from(argv[0]), &attributes);
    kit_say("open");
    kit_expect_hear("finalize");
    KIT_OK(K.Finalize(handle));
    kit_say("finalized");
    kit_expect_hear("end");
}

KIT_CASE(FIN_08, "FIN-08", KIT_P, "Finalize closes what is open: with retention 0 the checkpoint is gone for other processes") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *name = kit_name();
    struct kit_peer *peer = kit_peer_start("fin_opener", kit_name_text(name));
    kit_peer_expect_line(peer, "open");
    kit_peer_send(peer, "finalize");
    kit_peer_expect_line(peer, "finalized");
    kit_expect_absent(handle, name);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
}

KIT_CASE(FIN_09, "FIN-09", KIT_S, "Finalize of one library handle leaves the checkpoints and the selection object of another alone") {
    struct kit_f first = KIT_F(), second = KIT_F();
    SaSelectionObjectT fd = kit_fd(second.handle);
    kit_fd(first.handle);
    kit_section(second.h, "s", "kept", 4);
    KIT_OK(K.CheckpointOpenAsync(second.handle, 7, second.name, NULL, KIT_READ));
    KIT_OK(K.Finalize(first.handle));
    kit_expect_content(second.h, "s", "kept", 4);
    KIT_EXPECT_EQ_U64(kit_fd(second.handle), fd);
    kit_dispatch_until(second.handle, 1);
    KIT_EXPECT_EQ_U64(kit_callback_at(0).invocation, 7);
    KIT_EXPECT_CODE(kit_callback_at(0).error, SA_AIS_OK);
    kit_expect_content(kit_callback_at(0).h, "s", "kept", 4);
}

/* NAME NAME: opens each through a library handle of its own, Finalizes the first one and ends. */
KIT_ROLE(fin_two_handles) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.retentionDuration = 0;
    SaCkptHandleT first = kit_initialize(), second = kit_initialize();
    kit_create(first, kit_name_from(argv[0]), &attributes);
    kit_create(second, kit_name_from(argv[1]), &attributes);
    KIT_OK(K.Finalize(first));
    kit_say("one left");
    kit_expect_hear("end");
}

KIT_CASE(FIN_10, "FIN-10", KIT_P, "a process that Finalizes one of two library handles and ends is finalized by the service for the other") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *first = kit_name(), *second = kit_name();
    struct kit_peer *peer = kit_peer_start("fin_two_handles", kit_name_text(first), kit_name_text(second));
    kit_peer_expect_line(peer, "one left");
    kit_expect_absent(handle, first);
    kit_expect_present(handle, second);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
    kit_expect_absent_within(handle, second, NOTICED_MS);
}
