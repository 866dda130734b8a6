/*
 * Names as programs pass them: plain, or extended (a reference to a longer text) where the environment allows it.
 */
#ifndef CKPT_NAME_H
#define CKPT_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "ais.h"
#include "profile.h"

enum { NAME_PLAIN_MAX = 256, NAME_EXTENDED_MAX = 2048 };

/* A name's bytes where they lie in the program's memory. */
struct name {
    const uint8_t *bytes;
    uint16_t length;
};

/* INVALID_PARAM or TOO_BIG; a name without bytes is OK here. In profile opensaf it ends at its first NUL. */
SaAisErrorT name_read(const SaNameT *from, enum profile profile, struct name *name);
bool name_has_prefix(const struct name *name);

void name_lend(const char *text, SaNameT *name);
const char *name_borrow(const SaNameT *name);

#endif
