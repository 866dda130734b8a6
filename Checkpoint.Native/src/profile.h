/*
 * Which library this is (flavour), which reading of the specification a client gets (profile), and what follows from both for what is
 * decided on this side of the socket. What the host decides is not repeated here.
 */
#ifndef CKPT_PROFILE_H
#define CKPT_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "ais.h"

enum profile { PROFILE_STRICT = 1, PROFILE_OPENSAF = 2, PROFILE_OPENAIS = 3 };

/* Defined by the front of each library. */
struct flavour {
    SaUint8T major;
    SaUint8T minor;
    enum profile profile;
    /* Names longer than 256 bytes exist in this binary interface. */
    bool extended_names;
    /* Where Read allocates the buffer, dataSize gets its length too. */
    bool read_sets_data_size;
};

extern const struct flavour flavour;

struct rules {
    enum profile profile;
    /* The client counts as one of B.2: UNAVAILABLE, open modes, the form of names. */
    bool is_b2;
    bool name_prefix;
    bool mode_checks_b2;
    /* Dispatch looks at the handle before the flags. */
    bool dispatch_handle_first;
    /* Write and Read zero the erroneous index on entry. */
    bool index_reset;
    /* SectionCreate with data NULL and size 0 is refused. */
    bool refuses_null_data;
    bool refuses_negative_expiration;
    /* SectionCreate of an id that is there, in a checkpoint that is full, is NO_SPACE instead of EXIST. */
    bool full_before_present;
    bool default_id_before_handle;
    bool iteration_time_always;
    bool empty_vector_before_handle;
    bool refuses_empty_element;
    bool refuses_zero_buffer;
    bool write_sizes_before_access;
    SaAisErrorT write_past_max;
    bool zero_synchronize_times_out;
    bool zero_synchronize_before_handle;
    /* SynchronizeAsync: without an active replica NOT_EXIST is said in the call, not by the callback. */
    bool synchronize_asks_first;
    /* SynchronizeAsync: INIT is said before BAD_OPERATION. */
    bool init_before_operation;
};

/* The profile of the environment, or the flavour's. The host may name another one in its welcome; this one holds where no host is known. */
enum profile profile_of_environment(void);

/* By the version that was requested. */
void rules_init(struct rules *rules, enum profile profile, const SaVersionT *requested);

/* The rules where there is no client yet or none any more. */
void rules_default(struct rules *rules);

/* Whether a client may ask for this version; the minor does not matter. Before there is a host: by the environment's profile. */
bool version_is_supported(enum profile profile, const SaVersionT *requested);

#endif
