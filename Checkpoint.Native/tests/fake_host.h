/*
 * A host's socket without a host, for what no real one does: speaks the frames of docs/WIRE.md with the library's own coding of the primitive
 * fields. One connection at a time. Whatever does not go as expected ends the program with a line.
 */
#ifndef TEST_FAKE_HOST_H
#define TEST_FAKE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "message.h"

struct fake_host {
    char directory[32];
    char path[48];
    int listener;
    int connection;
    uint64_t parcels;
};

/* What the client sent: a message, or a piece of one. */
struct fake_frame {
    uint16_t type;
    size_t length;
    uint8_t bytes[FRAME_PAYLOAD_MAX];
};

/* Listens where CHECKPOINT_SOCKET says from now on. */
void fake_start(struct fake_host *host);
void fake_stop(struct fake_host *host);

/* Takes the client's next connection, its hello too, and welcomes it. */
void fake_accept(struct fake_host *host);

/* False: the client has ended the connection. */
bool fake_read(struct fake_host *host, struct fake_frame *frame);

/* The id of the request that the frame is (or begins), which must be this command. */
uint64_t fake_expect(struct fake_host *host, struct fake_frame *frame, enum command command);
uint64_t fake_request_id(const struct fake_frame *frame, enum command command);

void fake_send(struct fake_host *host, const uint8_t *message, size_t length);

/* In pieces, as a large message goes. */
void fake_send_large(struct fake_host *host, const uint8_t *message, size_t length);

/* OK without a result; with a handle. */
void fake_answer(struct fake_host *host, uint64_t id);
void fake_answer_opened(struct fake_host *host, uint64_t id, uint64_t handle, const struct attributes *attributes);

/* The beginning of an answer: OK, then this result. */
void fake_put_answer(struct wire_writer *writer, uint64_t id, enum result result);

_Noreturn void fake_fail(const char *what);

#endif
