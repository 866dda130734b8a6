/* The library under test: bound at run time, so that any vendor's can be tried by one binary. */
#ifndef KIT_VENDOR_H
#define KIT_VENDOR_H

#include <stdbool.h>
#include "ais.h"

/* K.CheckpointOpen(...) calls the vendor's saCkptCheckpointOpen. A function that the vendor does not have ends the case as not applicable. */
struct kit_calls {
#define KIT_MEMBER(name, parameters, arguments) SaAisErrorT(*name) parameters;
    KIT_COMMON_CALLS(KIT_MEMBER)
    KIT_EXTRA_CALLS(KIT_MEMBER)
#undef KIT_MEMBER
    NcsCkptRegisterFn ncsCkptRegisterCkptArrivalCallback;
    SaAisNameLendFn saAisNameLend;
    SaAisNameBorrowFn saAisNameBorrow;
};
extern struct kit_calls K;

/* Loads the library; false with a sentence for the user when that cannot be. */
bool kit_vendor_load(const char *path, const char **error);
const char *kit_vendor_path(void);
const char *kit_vendor_soname(void);
/* The layout of the openais family: 56-byte checkpoint descriptor, 32-bit size in SectionCreate. */
bool kit_is_so3(void);
/* NULL when the vendor has no such symbol. */
void *kit_vendor_symbol(const char *name);

/* StatusGet for both layouts: the vendor gets a structure of its own layout between canaries; an overwritten canary fails the case. */
struct kit_status {
    SaCkptCheckpointCreationAttributesT attributes;
    SaUint32T sections;
    SaSizeT memory_used;
};
SaAisErrorT k_status_get(SaCkptCheckpointHandleT h, struct kit_status *status);

/* SectionCreate for both layouts. */
SaAisErrorT k_section_create(SaCkptCheckpointHandleT h, SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size);

#endif
