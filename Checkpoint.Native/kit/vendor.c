#include "vendor.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "kit.h"

struct kit_calls K;

static void *library;
static const char *library_path;
static const char *library_soname = "";
static bool openais_layout;
static SaCkptSectionCreateStandardFn section_create_standard;
static SaCkptSectionCreateOpenaisFn section_create_openais;

#define OPENAIS_NODE "OPENAIS_CKPT_B.01.01"

static void missing(const char *name) {
    kit_not_applicable("the library has no %s", name);
}

/* One stand-in a function: reaching it means that the case needs what the vendor does not offer. */
#define KIT_STAND_IN(name, parameters, arguments)                                                                                        \
    static SaAisErrorT no_##name parameters {                                                                                            \
        KIT_UNUSED arguments;                                                                                                            \
        missing("saCkpt" #name);                                                                                                         \
        return SA_AIS_ERR_NOT_SUPPORTED;                                                                                                 \
    }
/* Swallows any arguments, so that the stand-ins need no list of (void) casts. */
static inline void unused(int ignored, ...) {
    (void)ignored;
}
#define KIT_UNUSED(...) unused(0, __VA_ARGS__)
KIT_COMMON_CALLS(KIT_STAND_IN)
KIT_EXTRA_CALLS(KIT_STAND_IN)

static SaAisErrorT no_register(SaCkptHandleT handle, ncsCkptCkptArrivalCallback callback) {
    (void)handle, (void)callback;
    missing("ncsCkptRegisterCkptArrivalCallback");
    return SA_AIS_ERR_NOT_SUPPORTED;
}

static void no_lend(const char *text, SaNameT *name) {
    (void)text, (void)name;
    missing("saAisNameLend");
}

static const char *no_borrow(const SaNameT *name) {
    (void)name;
    missing("saAisNameBorrow");
    return NULL;
}

void *kit_vendor_symbol(const char *name) {
    void *found = dlsym(library, name);
    return found != NULL ? found : dlvsym(library, name, OPENAIS_NODE);
}

/* ISO C knows no conversion from an object pointer to a function pointer; copying the bits is what POSIX means. */
static bool bind(const char *name, void *slot) {
    void *found = kit_vendor_symbol(name);
    if (found != NULL)
        memcpy(slot, &found, sizeof found);
    return found != NULL;
}

/* *versioned: the library defines symbol versions; dlvsym would find any version in one that does not. */
static const char *read_soname(bool *versioned) {
    struct link_map *map = NULL;
    *versioned = false;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || map == NULL || map->l_ld == NULL)
        return "";
    const char *strings = NULL;
    size_t offset = 0;
    bool named = false;
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        *versioned |= entry->d_tag == DT_VERDEF;
        if (entry->d_tag == DT_STRTAB)
            strings = (const char *)entry->d_un.d_ptr;
        if (entry->d_tag == DT_SONAME) {
            offset = entry->d_un.d_val;
            named = true;
        }
    }
    return strings != NULL && named ? strings + offset : "";
}

bool kit_vendor_load(const char *path, const char **error) {
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        *error = dlerror();
        return false;
    }
    library_path = path;
    bool versioned;
    library_soname = read_soname(&versioned);
    openais_layout = strstr(library_soname, ".so.3") != NULL || (versioned && dlvsym(library, "saCkptInitialize", OPENAIS_NODE) != NULL);
#define KIT_BIND(name, parameters, arguments)                                                                                            \
    if (!bind("saCkpt" #name, &K.name))                                                                                                  \
        K.name = no_##name;
    KIT_COMMON_CALLS(KIT_BIND)
    KIT_EXTRA_CALLS(KIT_BIND)
#undef KIT_BIND
    if (openais_layout)
        bind("saCkptSectionCreate", &section_create_openais);
    else
        bind("saCkptSectionCreate", &section_create_standard);
    if (!bind("ncsCkptRegisterCkptArrivalCallback", &K.ncsCkptRegisterCkptArrivalCallback))
        K.ncsCkptRegisterCkptArrivalCallback = no_register;
    if (!bind("saAisNameLend", &K.saAisNameLend))
        K.saAisNameLend = no_lend;
    if (!bind("saAisNameBorrow", &K.saAisNameBorrow))
        K.saAisNameBorrow = no_borrow;
    return true;
}

const char *kit_vendor_path(void) {
    return library_path;
}

const char *kit_vendor_soname(void) {
    return library_soname;
}

bool kit_is_so3(void) {
    return openais_layout;
}

#define CANARY 0xA5
#define CANARY_BYTES 64

static void check_canary(const unsigned char *bytes, size_t count, const char *where) {
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != CANARY)
            kit_fail("the bytes around the vendor's structure untouched", "byte %zu %s the checkpoint descriptor is 0x%02x", i, where, bytes[i]);
}

SaAisErrorT k_status_get(SaCkptCheckpointHandleT h, struct kit_status *status) {
    if (status == NULL)
        return K.CheckpointStatusGet(h, NULL);

    /* Aligned as the structures are, with room for the larger one and its guards. */
    _Alignas(16) unsigned char area[CANARY_BYTES + sizeof(SaCkptCheckpointDescriptorStandardT) + CANARY_BYTES];
    size_t size = openais_layout ? sizeof(SaCkptCheckpointDescriptorOpenaisT) : sizeof(SaCkptCheckpointDescriptorStandardT);
    memset(area, CANARY, sizeof area);
    SaAisErrorT code = K.CheckpointStatusGet(h, area + CANARY_BYTES);
    check_canary(area, CANARY_BYTES, "before");
    check_canary(area + CANARY_BYTES + size, sizeof area - CANARY_BYTES - size, "after");
    if (code != SA_AIS_OK)
        return code;

    if (openais_layout) {
        SaCkptCheckpointDescriptorOpenaisT d;
        memcpy(&d, area + CANARY_BYTES, sizeof d);
        *status = (struct kit_status){d.checkpointCreationAttributes, d.numberOfSections, d.memoryUsed};
    } else {
        SaCkptCheckpointDescriptorStandardT d;
        memcpy(&d, area + CANARY_BYTES, sizeof d);
        *status = (struct kit_status){d.checkpointCreationAttributes, d.numberOfSections, d.memoryUsed};
    }
    return code;
}

SaAisErrorT k_section_create(SaCkptCheckpointHandleT h, SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size) {
    if (section_create_openais != NULL)
        return section_create_openais(h, attributes, data, (SaUint32T)size);
    if (section_create_standard != NULL)
        return section_create_standard(h, attributes, data, size);
    missing("saCkptSectionCreate");
    return SA_AIS_ERR_NOT_SUPPORTED;
}
