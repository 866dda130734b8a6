/* Calls every function whose request stands in the golden file of the sessions' messages, with the golden arguments, and prints what came of
 * it. The C# test behind the socket compares each request with the golden bytes and answers with golden bytes, so that both codecs are
 * held to one file (Checkpoint.Tests/Native/GoldenCallsTests.cs). */
#include <inttypes.h>
#include <poll.h>
#include <saAis.h>
#include <saCkpt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static SaCkptHandleT library;

static void expect_ok(const char *what, SaAisErrorT code) {
    if (code == SA_AIS_OK)
        return;
    printf("%s answered %d\n", what, (int)code);
    exit(1);
}

#define OK(call) expect_ok(#call, call)

static void print_hex(const void *bytes, uint64_t length) {
    for (uint64_t i = 0; i < length; i++)
        printf("%02x", ((const unsigned char *)bytes)[i]);
}

static void opened(SaInvocationT invocation, SaCkptCheckpointHandleT h, SaAisErrorT error) {
    (void)invocation, (void)h, (void)error;
}

static void synchronized(SaInvocationT invocation, SaAisErrorT error) {
    (void)invocation, (void)error;
}

static void changed(SaCkptCheckpointHandleT h, SaCkptIOVectorElementT *elements, SaUint32T count) {
    (void)h;
    printf("changed");
    for (SaUint32T i = 0; i < count; i++) {
        printf(" id=");
        print_hex(elements[i].sectionId.id, elements[i].sectionId.idLen);
        printf(" offset=%" PRIu64 " size=%" PRIu64, (uint64_t)elements[i].dataOffset, (uint64_t)elements[i].dataSize);
    }
    printf("\n");
}

static void begin(void) {
    SaVersionT version = {'B', 2, 3};
    SaCkptCallbacksT_2 callbacks = {opened, synchronized, changed};
    OK(saCkptInitialize_2(&library, &callbacks, &version));
    printf("version %c.%u.%u\n", version.releaseCode, version.majorVersion, version.minorVersion);
}

static void print_attributes(const SaCkptCheckpointCreationAttributesT *a) {
    printf("flags=%u size=%" PRIu64 " retention=%" PRId64 " sections-max=%u section-max=%" PRIu64 " id-max=%" PRIu64, (unsigned)a->creationFlags,
        (uint64_t)a->checkpointSize, (int64_t)a->retentionDuration, (unsigned)a->maxSections, (uint64_t)a->maxSectionSize,
        (uint64_t)a->maxSectionIdSize);
}

static void content(SaCkptCheckpointHandleT h) {
    unsigned char data[] = {1, 2, 3, 0xFF};
    SaCkptSectionIdT id = {2, (SaUint8T *)"s1"};
    SaCkptSectionCreationAttributesT creation = {&id, SA_TIME_END};
    OK(saCkptSectionCreate(h, &creation, data, sizeof data));
    OK(saCkptSectionExpirationTimeSet(h, &id, 1700000000000000000));

    SaCkptIOVectorElementT written[] = {
        {.sectionId = id, .dataBuffer = data, .dataSize = sizeof data, .dataOffset = 7},
        {.sectionId = SA_CKPT_DEFAULT_SECTION_ID},
    };
    OK(saCkptCheckpointWrite(h, written, 2, NULL));
    OK(saCkptSectionOverwrite(h, &id, data, sizeof data));

    unsigned char buffer[16];
    SaCkptIOVectorElementT read[] = {
        {.sectionId = id},
        {.sectionId = SA_CKPT_DEFAULT_SECTION_ID, .dataBuffer = buffer, .dataSize = sizeof buffer, .dataOffset = 4},
    };
    OK(saCkptCheckpointRead(h, read, 2, NULL));
    printf("read ");
    print_hex(read[0].dataBuffer, read[0].readSize);
    printf(" and %" PRIu64 " bytes\n", (uint64_t)read[1].readSize);
    OK(saCkptIOVectorElementDataFree(h, read[0].dataBuffer));
    OK(saCkptSectionDelete(h, &id));
}

static void management(SaCkptCheckpointHandleT h, const SaNameT *name) {
    SaCkptCheckpointDescriptorT status;
    OK(saCkptCheckpointStatusGet(h, &status));
    printf("status ");
    print_attributes(&status.checkpointCreationAttributes);
    printf(" sections=%u used=%" PRIu64 "\n", (unsigned)status.numberOfSections, (uint64_t)status.memoryUsed);
    OK(saCkptCheckpointRetentionDurationSet(h, SA_TIME_ONE_SECOND));
    OK(saCkptActiveReplicaSet(h));
    OK(saCkptCheckpointSynchronize(h, 5 * SA_TIME_ONE_SECOND));
    OK(saCkptCheckpointUnlink(library, name));
}

static void iteration(SaCkptCheckpointHandleT h) {
    SaCkptSectionIterationHandleT it;
    SaCkptSectionDescriptorT d;
    OK(saCkptSectionIterationInitialize(h, SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, 5, &it));
    OK(saCkptSectionIterationNext(it, &d));
    printf("section ");
    print_hex(d.sectionId.id, d.sectionId.idLen);
    printf(" expiration=%" PRId64 " size=%" PRIu64 " state=%d update=%" PRId64 "\n", (int64_t)d.expirationTime, (uint64_t)d.sectionSize,
        (int)d.sectionState, (int64_t)d.lastUpdate);
    OK(saCkptSectionIterationFinalize(it));
}

static void tracking(void) {
    SaSelectionObjectT fd;
    OK(saCkptSelectionObjectGet(library, &fd));
    OK(saCkptTrack(library));
    struct pollfd poller = {.fd = (int)fd, .events = POLLIN};
    if (poll(&poller, 1, 10000) != 1) {
        printf("no change was told\n");
        exit(1);
    }
    OK(saCkptDispatch(library, SA_DISPATCH_ALL));
}

int main(void) {
    SaNameT name = {.length = 12};
    memcpy(name.value, "safCkpt=demo", name.length);
    SaCkptCheckpointCreationAttributesT attributes = {SA_CKPT_WR_ALL_REPLICAS, 8192, SA_TIME_ONE_MINUTE, 8, 1024, 32};
    SaCkptCheckpointOpenFlagsT all = SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | SA_CKPT_CHECKPOINT_CREATE;
    SaCkptCheckpointHandleT h, missing;

    begin();
    OK(saCkptCheckpointOpen(library, &name, &attributes, all, 5 * SA_TIME_ONE_SECOND, &h));
    printf("refused %d\n", (int)saCkptCheckpointOpen(library, &name, NULL, SA_CKPT_CHECKPOINT_READ, 5 * SA_TIME_ONE_SECOND, &missing));
    content(h);
    management(h, &name);
    iteration(h);
    tracking();
    OK(saCkptCheckpointClose(h));
    OK(saCkptFinalize(library));
    printf("done\n");
    return 0;
}
