/*
 * Cuts a file into pieces from a cursor on; the same cursor gives the same piece in every process. No piece ends inside a word. A piece ends
 * behind a newline (the first, or the last within 64 KiB); where 64 KiB hold none, behind the last white-space byte in them; where they hold
 * none of those, before the next white-space byte or at the file's end.
 */
#ifndef SAMPLE_PIECES_H
#define SAMPLE_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "words.h"

enum { PIECE_BYTES = 64 * 1024 };

/* Counts the piece that begins at the cursor. Gives where it ends: the cursor itself at the file's end, -1 when the file cannot be read. */
int64_t piece_count(int file, int64_t cursor, bool is_line, struct words *words);

#endif
