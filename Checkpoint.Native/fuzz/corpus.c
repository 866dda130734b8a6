/*
 * Writes the fuzzers' first corpus from the golden file that the C# and the C tests share: each message as the stream of a connection, whole
 * and in pieces.
 *
 * usage: corpus GOLDEN-FILE DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

enum { LINE_MAX_BYTES = 64 * 1024, STREAM_MAX = LINE_MAX_BYTES + 2 * PARCEL_PIECE_MIN };

struct stream {
    uint8_t bytes[STREAM_MAX];
    size_t length;
};

static void put(struct stream *stream, const uint8_t *bytes, size_t length)
{
    if (length > STREAM_MAX - stream->length)
        abort();
    memcpy(stream->bytes + stream->length, bytes, length);
    stream->length += length;
}

/* How the stream is cut and what memory there is, then its preamble. */
static void begin(struct stream *stream, uint8_t step, uint8_t memory)
{
    uint8_t preamble[FRAME_PREAMBLE_BYTES];
    stream->length = 0;
    frame_put_preamble(preamble);
    put(stream, &step, 1);
    put(stream, &memory, 1);
    put(stream, preamble, sizeof preamble);
}

static void put_frame(struct stream *stream, uint16_t type, const uint8_t *head, size_t head_length, const uint8_t *bytes, size_t length)
{
    uint8_t header[FRAME_HEADER_BYTES];
    frame_put_header(header, type, (uint32_t)(head_length + length));
    put(stream, header, sizeof header);
    put(stream, head, head_length);
    put(stream, bytes, length);
}

static void put_piece(struct stream *stream, uint32_t index, uint32_t count, const uint8_t *bytes, size_t length)
{
    uint8_t header[PARCEL_HEADER_BYTES];
    frame_put_parcel_header(header, 7, index, count);
    put_frame(stream, FRAME_PARCEL, header, sizeof header, bytes, length);
}

static void save(const char *directory, const char *name, const char *suffix, const struct stream *stream)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", directory, name, suffix);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(stream->bytes, 1, stream->length, file) != stream->length || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static size_t from_hex(const char *text, uint8_t *bytes)
{
    size_t length = 0;
    unsigned byte;
    while (sscanf(text + 2 * length, "%2x", &byte) == 1)
        bytes[length++] = (uint8_t)byte;
    return length;
}

/* In two pieces, of which the first has to be of the least size: the message itself if it is long enough, else zeros follow it. */
static void put_pieces(struct stream *stream, const uint8_t *message, size_t length)
{
    static uint8_t large[LINE_MAX_BYTES + 2 * PARCEL_PIECE_MIN];
    size_t all = length > PARCEL_PIECE_MIN ? length : PARCEL_PIECE_MIN + length;
    memset(large, 0, sizeof large);
    memcpy(large, message, length);
    put_piece(stream, 0, 2, large, PARCEL_PIECE_MIN);
    put_piece(stream, 1, 2, large + PARCEL_PIECE_MIN, all - PARCEL_PIECE_MIN);
}

static void save_message(const char *directory, const char *name, const uint8_t *message, size_t length)
{
    static struct stream stream;
    begin(&stream, 0, 0);
    put_frame(&stream, FRAME_MESSAGE, NULL, 0, message, length);
    save(directory, name, "", &stream);
    /* Byte by byte, and again behind itself. */
    begin(&stream, 3, 0);
    put_frame(&stream, FRAME_MESSAGE, NULL, 0, message, length);
    put_frame(&stream, FRAME_MESSAGE, NULL, 0, message, length);
    save(directory, name, ".cut", &stream);
    begin(&stream, 0, 0);
    put_piece(&stream, 0, 1, message, length);
    save(directory, name, ".piece", &stream);
    begin(&stream, 255, 0);
    put_pieces(&stream, message, length);
    save(directory, name, ".pieces", &stream);
    /* There is no memory for it, and something behind it. */
    begin(&stream, 0, 1);
    put_pieces(&stream, message, length);
    put_frame(&stream, FRAME_MESSAGE, NULL, 0, message, length);
    save(directory, name, ".lost", &stream);
}

int main(int count, char **arguments)
{
    static char line[LINE_MAX_BYTES];
    static uint8_t message[LINE_MAX_BYTES / 2];
    if (count != 3) {
        fputs("usage: corpus GOLDEN-FILE DIRECTORY\n", stderr);
        return 2;
    }
    FILE *golden = fopen(arguments[1], "r");
    if (golden == NULL) {
        perror(arguments[1]);
        return 1;
    }
    int messages = 0;
    while (fgets(line, sizeof line, golden) != NULL) {
        char *hex = strchr(line, ' ');
        if (line[0] == '#' || hex == NULL)
            continue;
        *hex++ = '\0';
        save_message(arguments[2], line, message, from_hex(hex, message));
        messages++;
    }
    fclose(golden);
    printf("%d messages, each whole and in pieces\n", messages);
    return messages > 0 ? 0 : 1;
}
