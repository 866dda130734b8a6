#include "fake_host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PROFILE_STRICT = 1, OUTSTANDING_MAX = 64 };

void fake_fail(const char *what)
{
    printf("fake host: %s (%s)\n", what, strerror(errno));
    exit(1);
}

void fake_start(struct fake_host *host)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *host = (struct fake_host){.listener = -1, .connection = -1};
    snprintf(host->directory, sizeof host->directory, "/tmp/fake-XXXXXX");
    if (mkdtemp(host->directory) == NULL)
        fake_fail("no directory");
    snprintf(host->path, sizeof host->path, "%s/h.sock", host->directory);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", host->path);
    host->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (host->listener < 0 || bind(host->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(host->listener, 8) != 0)
        fake_fail("no socket");
    setenv("CHECKPOINT_SOCKET", host->path, 1);
}

void fake_stop(struct fake_host *host)
{
    close(host->connection);
    close(host->listener);
    unlink(host->path);
    rmdir(host->directory);
}

static bool read_all(struct fake_host *host, uint8_t *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t received = recv(host->connection, bytes + done, length - done, 0);
        if (received <= 0)
            return false;
        done += (size_t)received;
    }
    return true;
}

static void write_all(struct fake_host *host, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(host->connection, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            fake_fail("cannot send");
        bytes += sent;
        length -= (size_t)sent;
    }
}

bool fake_read(struct fake_host *host, struct fake_frame *frame)
{
    uint8_t head[FRAME_HEADER_BYTES];
    struct wire_reader reader;
    if (!read_all(host, head, sizeof head))
        return false;
    wire_reader_init(&reader, head, sizeof head);
    frame->length = wire_u32(&reader);
    frame->type = wire_u16(&reader);
    if (frame->length == 0 || frame->length > FRAME_PAYLOAD_MAX)
        fake_fail("a frame of a wrong size");
    return read_all(host, frame->bytes, frame->length);
}

static void send_frame(struct fake_host *host, uint16_t type, const uint8_t *head, size_t head_length, const uint8_t *bytes, size_t length)
{
    uint8_t header[FRAME_HEADER_BYTES];
    frame_put_header(header, type, (uint32_t)(head_length + length));
    write_all(host, header, sizeof header);
    write_all(host, head, head_length);
    write_all(host, bytes, length);
}

void fake_send(struct fake_host *host, const uint8_t *message, size_t length)
{
    send_frame(host, FRAME_MESSAGE, NULL, 0, message, length);
}

void fake_send_large(struct fake_host *host, const uint8_t *message, size_t length)
{
    uint32_t count = (uint32_t)((length + PARCEL_PIECE_MAX - 1) / PARCEL_PIECE_MAX);
    uint64_t id = ++host->parcels;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t head[PARCEL_HEADER_BYTES];
        size_t piece = length < PARCEL_PIECE_MAX ? length : PARCEL_PIECE_MAX;
        frame_put_parcel_header(head, id, i, count);
        send_frame(host, FRAME_PARCEL, head, sizeof head, message, piece);
        message += piece;
        length -= piece;
    }
}

static void welcome(struct fake_host *host)
{
    static const uint8_t session[16];
    uint8_t bytes[256];
    struct wire_writer writer;
    wire_writer_init(&writer, bytes, sizeof bytes);
    wire_put_u8(&writer, MESSAGE_WELCOME);
    wire_put_u16(&writer, PROTOCOL_VERSION);
    wire_put_raw(&writer, session, sizeof session);
    wire_put_u32(&writer, 0); /* Its name, */
    wire_put_u32(&writer, 0); /* its address, */
    wire_put_i64(&writer, 1); /* its uid, */
    wire_put_i64(&writer, 0); /* heartbeats, */
    wire_put_i64(&writer, 0); /* silence. */
    wire_put_u32(&writer, OUTSTANDING_MAX);
    wire_put_u8(&writer, PROFILE_STRICT);
    fake_send(host, bytes, wire_written(&writer));
}

void fake_accept(struct fake_host *host)
{
    static struct fake_frame hello;
    uint8_t preamble[FRAME_PREAMBLE_BYTES];
    if (host->connection >= 0)
        close(host->connection);
    host->connection = accept(host->listener, NULL, NULL);
    if (host->connection < 0 || !read_all(host, preamble, sizeof preamble) || !fake_read(host, &hello) || hello.bytes[0] != MESSAGE_HELLO)
        fake_fail("no hello");
    frame_put_preamble(preamble);
    write_all(host, preamble, sizeof preamble);
    welcome(host);
}

uint64_t fake_request_id(const struct fake_frame *frame, enum command command)
{
    struct wire_reader reader;
    wire_reader_init(&reader, frame->bytes, frame->length);
    if (frame->type == FRAME_PARCEL)
        wire_raw(&reader, PARCEL_HEADER_BYTES);
    uint8_t type = wire_u8(&reader);
    uint64_t id = wire_u64(&reader);
    wire_i64(&reader);
    if (type != MESSAGE_REQUEST || wire_u8(&reader) != command)
        fake_fail("another request than expected");
    return id;
}

uint64_t fake_expect(struct fake_host *host, struct fake_frame *frame, enum command command)
{
    if (!fake_read(host, frame))
        fake_fail("the connection has ended");
    return fake_request_id(frame, command);
}

void fake_put_answer(struct wire_writer *writer, uint64_t id, enum result result)
{
    wire_put_u8(writer, MESSAGE_ANSWER);
    wire_put_u64(writer, id);
    wire_put_u16(writer, 1);
    wire_put_u8(writer, 0);
    wire_put_u32(writer, UINT32_MAX);
    wire_put_u8(writer, (uint8_t)result);
}

void fake_answer(struct fake_host *host, uint64_t id)
{
    uint8_t bytes[64];
    struct wire_writer writer;
    wire_writer_init(&writer, bytes, sizeof bytes);
    fake_put_answer(&writer, id, RESULT_NONE);
    fake_send(host, bytes, wire_written(&writer));
}

void fake_answer_opened(struct fake_host *host, uint64_t id, uint64_t handle, const struct attributes *attributes)
{
    static const uint8_t incarnation[INCARNATION_BYTES] = {1};
    uint8_t bytes[128];
    struct wire_writer writer;
    wire_writer_init(&writer, bytes, sizeof bytes);
    fake_put_answer(&writer, id, RESULT_OPENED);
    wire_put_u64(&writer, handle);
    wire_put_raw(&writer, incarnation, sizeof incarnation);
    message_put_attributes(&writer, attributes);
    fake_send(host, bytes, wire_written(&writer));
}
