/*
 * Finds the words in bytes that come in any chunks. A word is a maximal run of bytes other than the six ASCII white-space bytes; it counts
 * under its bytes, or, above 4 KiB, under its first 4 KiB followed by the SHA-256 of all of it.
 */
#ifndef SAMPLE_WORDS_H
#define SAMPLE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sha256.h"
#include "slots.h"

enum { WORD_PLAIN_MAX = 4096 };

struct words {
    struct slots *slots;
    size_t length;
    bool is_long;
    struct sha256 hash;
    uint8_t key[WORD_PLAIN_MAX + SHA256_BYTES];
};

bool is_space(uint8_t byte);
void words_begin(struct words *words, struct slots *slots);
void words_add(struct words *words, const uint8_t *bytes, size_t length);

/* The last word has ended. */
void words_end(struct words *words);

#endif
