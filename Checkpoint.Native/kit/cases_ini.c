/* Initialize: versions, arguments, independence of library handles (ais-ckpt 5.1). */
#include <stdlib.h>

#include "kit.h"

/* What Initialize answers to this version, and that it writes back what it must. */
static void expect_version(SaUint8T release, unsigned major, unsigned minor, SaAisErrorT code) {
    SaCkptHandleT handle = 0;
    SaVersionT version = {release, (SaUint8T)major, (SaUint8T)minor}, highest = kit_highest_version();
    kit_step("release 0x%02x, major %u, minor %u", release, major, minor);
    KIT_EXPECT(K.Initialize(&handle, &kit_callbacks, &version), code);
    KIT_EXPECT_BYTES(&version, sizeof version, &highest, sizeof highest);
    if (code == SA_AIS_OK)
        KIT_OK(K.Finalize(handle));
}

KIT_CASE(INI_01, "INI-01", KIT_S, "a B.1.1 client is accepted and told the highest version") {
    expect_version('B', 1, 1, SA_AIS_OK);
}

KIT_CASE(INI_02, "INI-02", KIT_S, "B.2.1 to B.2.3 are accepted by a B.2 library and refused by a B.1 library") {
    for (unsigned minor = 1; minor <= 3; minor++)
        expect_version('B', 2, minor, kit_is_so3() ? SA_AIS_ERR_VERSION : SA_AIS_OK);
}

KIT_CASE(INI_03, "INI-03", KIT_S, "without a place for the handle: INVALID_PARAM") {
    SaVersionT version = kit_version();
    KIT_EXPECT(K.Initialize(NULL, &kit_callbacks, &version), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(INI_04, "INI-04", KIT_S, "without a version: INVALID_PARAM") {
    SaCkptHandleT handle = 0;
    KIT_EXPECT(K.Initialize(&handle, &kit_callbacks, NULL), SA_AIS_ERR_INVALID_PARAM);
}
