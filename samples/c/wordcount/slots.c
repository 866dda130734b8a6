#include "slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *need(void *memory)
{
    if (memory == NULL) {
        fputs("wordcount: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

void put_u64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

uint64_t get_u64(const uint8_t *from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

/* FNV-1a. */
static uint64_t hash_of(const uint8_t *bytes, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

void slots_begin(struct slots *slots)
{
    memset(slots, 0, sizeof *slots);
    slots->capacity = 1024;
    slots->table = need(calloc(slots->capacity, sizeof *slots->table));
}

void slots_end(struct slots *slots)
{
    for (size_t i = 0; i < slots->capacity; i++) {
        if (slots->table[i] != NULL)
            free(slots->table[i]->key);
        free(slots->table[i]);
    }
    free(slots->table);
    free(slots->touched);
    memset(slots, 0, sizeof *slots);
}

SaCkptSectionIdT slots_section(unsigned index)
{
    static char names[SLOT_SECTIONS][16];
    if (names[index][0] == '\0')
        snprintf(names[index], sizeof names[index], "words/%02x", index);
    return (SaCkptSectionIdT){8, (SaUint8T *)names[index]};
}

/* Where the key is, or where it belongs. Never full: it grows at three quarters. */
static struct slot **place(struct slot **table, size_t capacity, const uint8_t *key, size_t length)
{
    size_t at = hash_of(key, length) % capacity;
    while (table[at] != NULL && (table[at]->key_length != length || memcmp(table[at]->key, key, length) != 0))
        at = (at + 1) % capacity;
    return &table[at];
}

static void grow(struct slots *slots)
{
    size_t capacity = slots->capacity * 2;
    struct slot **table = need(calloc(capacity, sizeof *table));
    for (size_t i = 0; i < slots->capacity; i++)
        if (slots->table[i] != NULL)
            *place(table, capacity, slots->table[i]->key, slots->table[i]->key_length) = slots->table[i];
    free(slots->table);
    slots->table = table;
    slots->capacity = capacity;
}

static struct slot *add(struct slots *slots, const uint8_t *key, size_t length, unsigned section, uint64_t offset)
{
    if (slots->count * 4 >= slots->capacity * 3)
        grow(slots);
    struct slot *slot = need(calloc(1, sizeof *slot));
    slot->key = need(malloc(length));
    memcpy(slot->key, key, length);
    slot->key_length = (uint16_t)length;
    slot->section = (uint16_t)section;
    slot->offset = offset;
    *place(slots->table, slots->capacity, key, length) = slot;
    slots->count++;
    return slot;
}

bool slots_load(struct slots *slots, unsigned section, const uint8_t *content, uint64_t length)
{
    uint64_t at = 0;
    while (at < length) {
        if (length - at < SLOT_HEADER_BYTES)
            return false;
        uint64_t count = get_u64(content + at);
        size_t key_length = content[at + 8] | (size_t)content[at + 9] << 8;
        if (count == 0 || key_length == 0 || key_length > length - at - SLOT_HEADER_BYTES)
            return false;
        add(slots, content + at + SLOT_HEADER_BYTES, key_length, section, at)->count = count;
        at += SLOT_HEADER_BYTES + key_length;
    }
    slots->ends[section] = length;
    return true;
}

static void touch(struct slots *slots, struct slot *slot)
{
    if (slot->is_touched)
        return;
    if (slots->touched_count == slots->touched_capacity) {
        slots->touched_capacity = slots->touched_capacity * 2 + 256;
        slots->touched = need(realloc(slots->touched, slots->touched_capacity * sizeof(struct slot *)));
    }
    slots->touched[slots->touched_count++] = slot;
    slot->is_touched = true;
}

void slots_count(struct slots *slots, const uint8_t *key, size_t length)
{
    struct slot *slot = *place(slots->table, slots->capacity, key, length);
    if (slot == NULL) {
        unsigned section = (unsigned)(hash_of(key, length) >> 32) % SLOT_SECTIONS;
        slot = add(slots, key, length, section, slots->ends[section]);
        slot->is_new = true;
        slots->ends[section] += SLOT_HEADER_BYTES + length;
    }
    slot->count++;
    touch(slots, slot);
}

static size_t bytes_of(const struct slot *slot)
{
    return slot->is_new ? (size_t)SLOT_HEADER_BYTES + slot->key_length : 8;
}

static void put_slot(uint8_t *to, const struct slot *slot)
{
    put_u64(to, slot->count);
    if (!slot->is_new)
        return;
    to[8] = (uint8_t)slot->key_length;
    to[9] = (uint8_t)(slot->key_length >> 8);
    memcpy(to + SLOT_HEADER_BYTES, slot->key, slot->key_length);
}

struct update slots_take(struct slots *slots, SaUint32T reserved)
{
    size_t total = 1;
    for (size_t i = 0; i < slots->touched_count; i++)
        total += bytes_of(slots->touched[i]);
    struct update update = {
        .elements = need(calloc(reserved + slots->touched_count, sizeof *update.elements)),
        .count = reserved + (SaUint32T)slots->touched_count,
        .bytes = need(malloc(total)),
    };

    uint8_t *at = update.bytes;
    for (size_t i = 0; i < slots->touched_count; i++) {
        struct slot *slot = slots->touched[i];
        put_slot(at, slot);
        update.elements[reserved + i] = (SaCkptIOVectorElementT){
            .sectionId = slots_section(slot->section), .dataBuffer = at, .dataSize = bytes_of(slot), .dataOffset = slot->offset};
        at += bytes_of(slot);
        slot->is_touched = slot->is_new = false;
    }
    slots->touched_count = 0;
    return update;
}

void update_free(struct update *update)
{
    free(update->elements);
    free(update->bytes);
}
