/*
 * The counts as they lie in the checkpoint: 256 sections, in each one slot after the other: u64 count, u16 length, the bytes of the word's
 * key, little-endian. A word keeps the slot where it was first appended, so a piece of the file writes only counts at their offsets and new
 * slots at the ends. Pure: no service here.
 */
#ifndef SAMPLE_SLOTS_H
#define SAMPLE_SLOTS_H

#include <saCkpt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLOT_SECTIONS = 256, SLOT_HEADER_BYTES = 10 };

struct slot {
    uint8_t *key;
    uint16_t key_length;
    uint16_t section;
    bool is_touched;
    bool is_new;
    uint64_t offset;
    uint64_t count;
};

struct slots {
    struct slot **table;
    size_t capacity;
    size_t count;
    uint64_t ends[SLOT_SECTIONS];
    /* What the piece at hand has changed. */
    struct slot **touched;
    size_t touched_count;
    size_t touched_capacity;
};

/* One update: the elements and the bytes that they point into. */
struct update {
    SaCkptIOVectorElementT *elements;
    SaUint32T count;
    uint8_t *bytes;
};

void slots_begin(struct slots *slots);
void slots_end(struct slots *slots);

/* "words/00" to "words/ff". */
SaCkptSectionIdT slots_section(unsigned index);

/* Takes over what a section holds. False when it does not end where a slot does. */
bool slots_load(struct slots *slots, unsigned section, const uint8_t *content, uint64_t length);

/* One more of this word. */
void slots_count(struct slots *slots, const uint8_t *key, size_t length);

/* What has to be written for the piece at hand, behind so many elements that are left for the caller to fill; the next piece begins. */
struct update slots_take(struct slots *slots, SaUint32T reserved);
void update_free(struct update *update);

/* Little-endian, wherever the program runs. */
void put_u64(uint8_t *to, uint64_t value);
uint64_t get_u64(const uint8_t *from);

/* Memory or the end of the program: a sample has nothing better to do without. */
void *need(void *memory);

#endif
