#include "name.h"

#include <stdlib.h>
#include <string.h>

/* An extended name: this in the place of the length, and the address of the text at this offset, which is not aligned for it. */
enum { EXTENDED_MARK = 0xCD2B, EXTENDED_TEXT_OFFSET = 8 };

static bool extended_names_are_enabled(void)
{
    const char *value = getenv("SA_ENABLE_EXTENDED_NAMES");
    return flavour.extended_names && value != NULL && strcmp(value, "1") == 0;
}

static const char *extended_text(const SaNameT *name)
{
    const char *text;
    memcpy(&text, (const char *)name + EXTENDED_TEXT_OFFSET, sizeof text);
    return text;
}

SaAisErrorT name_read(const SaNameT *from, enum profile profile, struct name *name)
{
    if (from == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    if (from->length <= NAME_PLAIN_MAX) {
        size_t length = profile == PROFILE_OPENSAF ? strnlen((const char *)from->value, from->length) : from->length;
        *name = (struct name){from->value, (uint16_t)length};
        return SA_AIS_OK;
    }
    if (from->length != EXTENDED_MARK || profile != PROFILE_OPENSAF || !extended_names_are_enabled())
        return SA_AIS_ERR_INVALID_PARAM;
    const char *text = extended_text(from);
    if (text == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    size_t length = strnlen(text, NAME_EXTENDED_MAX + 1);
    if (length > NAME_EXTENDED_MAX)
        return SA_AIS_ERR_TOO_BIG;
    *name = (struct name){(const uint8_t *)text, (uint16_t)length};
    return SA_AIS_OK;
}

bool name_has_prefix(const struct name *name)
{
    static const char prefix[] = "safCkpt=";
    return name->length >= sizeof prefix - 1 && memcmp(name->bytes, prefix, sizeof prefix - 1) == 0;
}

void name_lend(const char *text, SaNameT *name)
{
    size_t length = strlen(text);
    if (length < NAME_PLAIN_MAX) {
        name->length = (SaUint16T)length;
        memcpy(name->value, text, length + 1);
        return;
    }
    name->length = EXTENDED_MARK;
    memcpy((char *)name + EXTENDED_TEXT_OFFSET, &text, sizeof text);
}

const char *name_borrow(const SaNameT *name)
{
    return name->length == EXTENDED_MARK ? extended_text(name) : (const char *)name->value;
}
