#include "pieces.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

/* As much as there is, up to the size. */
static ssize_t read_at(int file, uint8_t *buffer, int64_t offset)
{
    size_t length = 0;
    while (length < PIECE_BYTES) {
        ssize_t got = pread(file, buffer + length, PIECE_BYTES - length, offset + (off_t)length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

/* Behind the last byte that it holds for; 0 when there is none. */
static size_t behind_last(const uint8_t *bytes, size_t length, bool (*holds)(uint8_t))
{
    while (length > 0 && !holds(bytes[length - 1]))
        length--;
    return length;
}

static bool is_newline(uint8_t byte)
{
    return byte == '\n';
}

static size_t end_of(const uint8_t *window, size_t length, bool is_line)
{
    bool is_last = length < PIECE_BYTES;
    size_t end = 0;
    if (is_line) {
        while (end < length && window[end] != '\n')
            end++;
        end = end < length ? end + 1 : 0;
    } else if (!is_last) {
        end = behind_last(window, length, is_newline);
    }
    if (end > 0 || is_last)
        return end > 0 ? end : length;
    end = behind_last(window, length, is_space);
    return end > 0 ? end : length;
}

/* A word longer than a whole window: on to where it ends. */
static int64_t finish_word(int file, int64_t cursor, uint8_t *buffer, struct words *words)
{
    for (;;) {
        ssize_t length = read_at(file, buffer, cursor);
        if (length <= 0)
            return length < 0 ? -1 : cursor;
        size_t stop = 0;
        while (stop < (size_t)length && !is_space(buffer[stop]))
            stop++;
        words_add(words, buffer, stop);
        cursor += (int64_t)stop;
        if (stop < (size_t)length)
            return cursor;
    }
}

int64_t piece_count(int file, int64_t cursor, bool is_line, struct words *words)
{
    static uint8_t window[PIECE_BYTES];
    ssize_t length = read_at(file, window, cursor);
    if (length < 0)
        return -1;
    size_t end = end_of(window, (size_t)length, is_line);
    words_add(words, window, end);
    cursor += (int64_t)end;
    if (end == PIECE_BYTES && behind_last(window, end, is_space) == 0)
        cursor = finish_word(file, cursor, window, words);
    words_end(words);
    return cursor;
}
