#include "profile.h"

#include <stdlib.h>
#include <string.h>

enum profile profile_of_environment(void)
{
    const char *name = getenv("CHECKPOINT_PROFILE");
    if (name == NULL)
        return flavour.profile;
    if (strcmp(name, "strict") == 0)
        return PROFILE_STRICT;
    if (strcmp(name, "opensaf") == 0)
        return PROFILE_OPENSAF;
    if (strcmp(name, "openais") == 0)
        return PROFILE_OPENAIS;
    return flavour.profile;
}

bool version_is_supported(enum profile profile, const SaVersionT *requested)
{
    SaUint8T lowest = profile == PROFILE_OPENSAF ? 1 : 0;
    return requested->releaseCode == 'B' && requested->majorVersion >= lowest && requested->majorVersion <= flavour.major;
}

static bool counts_as_b2(enum profile profile, const SaVersionT *requested)
{
    switch (profile) {
    case PROFILE_OPENAIS:
        return false;
    case PROFILE_OPENSAF:
        return requested->majorVersion == 2 && requested->minorVersion >= 2;
    default:
        return requested->majorVersion >= 2;
    }
}

void rules_init(struct rules *rules, enum profile profile, const SaVersionT *requested)
{
    bool opensaf = profile == PROFILE_OPENSAF;
    bool openais = profile == PROFILE_OPENAIS;
    bool strict = !opensaf && !openais;
    bool is_b2 = counts_as_b2(profile, requested);
    *rules = (struct rules){
        .profile = profile,
        .is_b2 = is_b2,
        .name_prefix = is_b2,
        .mode_checks_b2 = is_b2,
        .dispatch_handle_first = opensaf,
        .index_reset = opensaf,
        .refuses_null_data = openais,
        .refuses_negative_expiration = strict,
        .full_before_present = openais,
        .default_id_before_handle = !openais,
        .iteration_time_always = opensaf,
        .empty_vector_before_handle = strict,
        .refuses_empty_element = openais,
        .refuses_zero_buffer = opensaf,
        .write_sizes_before_access = opensaf,
        .write_past_max = opensaf ? SA_AIS_ERR_NO_RESOURCES : SA_AIS_ERR_INVALID_PARAM,
        .zero_synchronize_times_out = !opensaf,
        .zero_synchronize_before_handle = openais,
        .synchronize_asks_first = opensaf,
        .init_before_operation = openais,
    };
}

void rules_default(struct rules *rules)
{
    SaVersionT lowest = {'B', 1, 1};
    rules_init(rules, profile_of_environment(), &lowest);
}
