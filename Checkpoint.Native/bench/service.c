#include "service.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

/* Longer than a failover takes. */
#define PATIENCE (30 * SECOND)

#define SECTION_NAME_BYTES 32

atomic_ulong service_retries;

static SaCkptHandleT library;

uint64_t service_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

_Noreturn void service_give_up(int code, const char *what) {
    flockfile(stdout); /* No other thread prints any more. */
    printf("error %d %s\n", code, what);
    fflush(stdout);
    _exit(1);
}

/* TRY_AGAIN is certainly not done. */
static bool again(SaAisErrorT code, uint64_t *since) {
    if (code != SA_AIS_ERR_TRY_AGAIN)
        return false;
    uint64_t now = service_now();
    if (*since == 0)
        *since = now;
    if (now - *since > PATIENCE)
        return false;
    atomic_fetch_add(&service_retries, 1);
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    return true;
}

#define DO(what, call)                      \
    do {                                    \
        SaAisErrorT code_;                  \
        uint64_t since_ = 0;                \
        do                                  \
            code_ = (call);                 \
        while (again(code_, &since_));      \
        if (code_ != SA_AIS_OK)             \
            service_give_up(code_, (what)); \
    } while (0)

static SaNameT name_of(const char *name) {
    SaNameT n = {.length = (SaUint16T)strlen(name)};
    memcpy(n.value, name, n.length);
    return n;
}

static SaCkptSectionIdT id_of(uint64_t section, SaUint8T text[SECTION_NAME_BYTES]) {
    int length = snprintf((char *)text, SECTION_NAME_BYTES, "section-%llu", (unsigned long long)section);
    return (SaCkptSectionIdT){.idLen = (SaUint16T)length, .id = text};
}

void service_begin(void) {
    SaVersionT version = {'B', 2, 2};
    DO("saCkptInitialize", (version = (SaVersionT){'B', 2, 2}, saCkptInitialize(&library, NULL, &version)));
}

void service_end(void) {
    DO("saCkptFinalize", saCkptFinalize(library));
}

static SaCkptCheckpointHandleT open_with(const char *name, const SaCkptCheckpointCreationAttributesT *attributes) {
    SaNameT n = name_of(name);
    SaCkptCheckpointOpenFlagsT flags =
        SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | (attributes != NULL ? SA_CKPT_CHECKPOINT_CREATE : 0);
    SaCkptCheckpointHandleT h = 0;
    DO("saCkptCheckpointOpen", saCkptCheckpointOpen(library, &n, attributes, flags, 0, &h));
    return h;
}

SaCkptCheckpointHandleT service_create(const char *name, unsigned kind, unsigned sections, size_t section_bytes) {
    SaCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = kind,
        .checkpointSize = (SaSizeT)sections * section_bytes,
        .retentionDuration = 0,
        .maxSections = sections,
        .maxSectionSize = section_bytes,
        .maxSectionIdSize = SECTION_NAME_BYTES,
    };
    return open_with(name, &attributes);
}

SaCkptCheckpointHandleT service_open(const char *name) {
    return open_with(name, NULL);
}

void service_close(SaCkptCheckpointHandleT h) {
    DO("saCkptCheckpointClose", saCkptCheckpointClose(h));
}

void service_create_section(SaCkptCheckpointHandleT h, uint64_t section, const void *data, size_t bytes) {
    SaUint8T text[SECTION_NAME_BYTES];
    SaCkptSectionIdT id = id_of(section, text);
    SaCkptSectionCreationAttributesT attributes = {.sectionId = &id, .expirationTime = SA_TIME_END};
    DO("saCkptSectionCreate", saCkptSectionCreate(h, &attributes, data, bytes));
}

void service_delete_section(SaCkptCheckpointHandleT h, uint64_t section) {
    SaUint8T text[SECTION_NAME_BYTES];
    SaCkptSectionIdT id = id_of(section, text);
    DO("saCkptSectionDelete", saCkptSectionDelete(h, &id));
}

void service_overwrite(SaCkptCheckpointHandleT h, uint64_t section, const void *data, size_t bytes) {
    SaUint8T text[SECTION_NAME_BYTES];
    SaCkptSectionIdT id = id_of(section, text);
    DO("saCkptSectionOverwrite", saCkptSectionOverwrite(h, &id, data, bytes));
}

void service_write(SaCkptCheckpointHandleT h, uint64_t section, const void *data, size_t bytes) {
    SaUint8T text[SECTION_NAME_BYTES];
    SaCkptIOVectorElementT element = {.sectionId = id_of(section, text), .dataBuffer = (void *)(uintptr_t)data, .dataSize = bytes};
    DO("saCkptCheckpointWrite", saCkptCheckpointWrite(h, &element, 1, NULL));
}

void service_read(SaCkptCheckpointHandleT h, uint64_t section, void *buffer, size_t bytes) {
    SaUint8T text[SECTION_NAME_BYTES];
    SaCkptIOVectorElementT element = {.sectionId = id_of(section, text), .dataBuffer = buffer, .dataSize = bytes};
    DO("saCkptCheckpointRead", saCkptCheckpointRead(h, &element, 1, NULL));
    if (element.readSize != bytes)
        service_give_up(0, "a read returned fewer bytes than the section has");
}

unsigned service_iterate(SaCkptCheckpointHandleT h) {
    SaCkptSectionIterationHandleT iteration = 0;
    unsigned seen = 0;
    DO("saCkptSectionIterationInitialize", saCkptSectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &iteration));
    for (;;) {
        SaCkptSectionDescriptorT descriptor;
        uint64_t since = 0;
        SaAisErrorT code;
        do
            code = saCkptSectionIterationNext(iteration, &descriptor);
        while (again(code, &since));
        if (code == SA_AIS_ERR_NO_SECTIONS)
            break;
        if (code != SA_AIS_OK)
            service_give_up(code, "saCkptSectionIterationNext");
        seen++;
    }
    DO("saCkptSectionIterationFinalize", saCkptSectionIterationFinalize(iteration));
    return seen;
}
