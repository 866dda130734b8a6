/*
 * The frames of the local socket and the parcels of large messages (docs/WIRE.md, "The local socket"). Pure: bytes in, messages out.
 */
#ifndef CKPT_FRAME_H
#define CKPT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The least size of a piece but the last. The fuzzers build with a smaller one, so that their inputs are short. */
#ifndef FRAME_PIECE_MIN
#define FRAME_PIECE_MIN (16 * 1024)
#endif

enum {
    FRAME_PREAMBLE_BYTES = 8,
    FRAME_HEADER_BYTES = 8,
    FRAME_PAYLOAD_MAX = 256 * 1024 - FRAME_HEADER_BYTES,
    FRAME_MESSAGE = 1,
    FRAME_PARCEL = 2,
    PARCEL_HEADER_BYTES = 16,
    /* A message up to this size goes whole, a larger one in pieces of it. */
    PARCEL_PIECE_MAX = 192 * 1024,
    PARCEL_PIECE_MIN = FRAME_PIECE_MIN,
    PARCELS_MAX = 64,
    /* The first bytes of a message that there was no memory for: they say whose it was. */
    FRAME_LOST_HEAD_BYTES = 24,
    PROTOCOL_VERSION = 1
};

/* Bytes of unfinished large answers at a time. */
#define PARCEL_BYTES_MAX ((uint64_t)1 << 30)

void frame_put_preamble(uint8_t to[FRAME_PREAMBLE_BYTES]);
void frame_put_header(uint8_t to[FRAME_HEADER_BYTES], uint16_t type, uint32_t payload_bytes);
void frame_put_parcel_header(uint8_t to[PARCEL_HEADER_BYTES], uint64_t id, uint32_t index, uint32_t count);

/* One large message of which not all pieces have arrived. */
struct parcel {
    uint64_t id;
    int32_t count;
    int32_t expected;
    uint8_t *bytes;
    size_t length;
    size_t capacity;
    /* There was no memory for it: what follows of it is passed over. */
    bool is_lost;
    uint8_t head[FRAME_LOST_HEAD_BYTES];
};

/* A message that has arrived. */
struct frame_message {
    const uint8_t *bytes;
    size_t length;
    /* Not NULL when the bytes are their own block of the heap: they belong to the taker. Else they are valid until the parser is used again. */
    uint8_t *owned;
    /* There was no memory for it: it has passed, and the bytes are its head alone, with zeros behind one that is shorter. */
    bool is_lost;
};

/*
 * Cuts the stream of a connection into messages. Memory is asked for twice only: for the buffer, which takes the largest frame, and for large
 * messages; without it such a message is lost, and the stream goes on.
 */
struct frame_parser {
    uint8_t *buffer;
    size_t start;
    size_t end;
    bool preamble_seen;
    struct parcel parcels[PARCELS_MAX];
    unsigned parcel_count;
    uint64_t parcel_bytes;
    /* Of the lost message that was taken last. */
    uint8_t lost_head[FRAME_LOST_HEAD_BYTES];
};

enum frame_outcome {
    FRAME_NEEDS_MORE,
    FRAME_TAKEN,
    /* The stream is none of ours; of no use any more. */
    FRAME_BROKEN
};

void frame_parser_init(struct frame_parser *parser);

/* Forgets a connection's stream, keeps the buffer. */
void frame_parser_reset(struct frame_parser *parser);
void frame_parser_destroy(struct frame_parser *parser);

/* Where the next bytes belong; *size is at least 1 after frame_take has asked for more. NULL when there is no memory. */
uint8_t *frame_space(struct frame_parser *parser, size_t *size);
void frame_filled(struct frame_parser *parser, size_t bytes);

/* To be called until it needs more. */
enum frame_outcome frame_take(struct frame_parser *parser, struct frame_message *message);

#endif
