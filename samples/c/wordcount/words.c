#include "words.h"

#include <string.h>

bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

void words_begin(struct words *words, struct slots *slots)
{
    words->slots = slots;
    words->length = 0;
    words->is_long = false;
}

static void grow(struct words *words, const uint8_t *bytes, size_t length)
{
    size_t room = WORD_PLAIN_MAX - words->length;
    if (length > room && !words->is_long) {
        sha256_begin(&words->hash);
        sha256_add(&words->hash, words->key, words->length);
        words->is_long = true;
    }
    if (words->is_long)
        sha256_add(&words->hash, bytes, length);
    if (length > room)
        length = room;
    memcpy(words->key + words->length, bytes, length);
    words->length += length;
}

void words_end(struct words *words)
{
    if (words->length == 0)
        return;
    if (words->is_long) {
        sha256_end(&words->hash, words->key + WORD_PLAIN_MAX);
        words->length += SHA256_BYTES;
    }
    slots_count(words->slots, words->key, words->length);
    words->length = 0;
    words->is_long = false;
}

void words_add(struct words *words, const uint8_t *bytes, size_t length)
{
    const uint8_t *end = bytes + length;
    while (bytes < end) {
        const uint8_t *stop = bytes;
        while (stop < end && !is_space(*stop))
            stop++;
        grow(words, bytes, (size_t)(stop - bytes));
        if (stop < end) {
            words_end(words);
            stop++;
        }
        bytes = stop;
    }
}
