/*
 * Counts the words of a file, together with another worker that waits to go on where this one dies. Written as any program of the service is:
 * saCkpt.h, a dispatch loop, loops around TRY_AGAIN. Each talks to the host of its own node.
 *
 *   Standby --nobody leads--> fence raised --lease taken--> others fenced, counts loaded --> leading --file's end--> finished
 *      ^                          `--another was first--.                                       |
 *      `--------------------------------------------------+------another worker fenced us-------'
 *
 * The fence is raised before the lease is taken: a leader deletes all fences but its own, so whoever was slow finds its own deleted.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lease.h"
#include "pieces.h"
#include "store.h"

enum { HOLDS_MAX = 128, LOSSES_MAX = 10, LOOK_MS = 50 };

struct options {
    const char *name;
    const char *file;
    bool is_line;
    /* After acknowledging one of these, the next piece is sent and then nothing more is done: who kills it there kills it in a write. */
    int64_t hold_at[HOLDS_MAX];
    int holds;
};

enum end { FINISHED, FENCED, LOST };

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    putchar('\n');
    fflush(stdout);
}

static bool is_hold(const struct options *options, int64_t pieces)
{
    for (int i = 0; i < options->holds; i++)
        if (options->hold_at[i] == pieces)
            return true;
    return false;
}

/* One write on its way, in a thread of its own. */
struct sending {
    struct store *store;
    struct update update;
};

static void *send_update(void *argument)
{
    struct sending *sending = argument;
    store_write(sending->store, &sending->update); /* Whatever becomes of it. */
    return NULL;
}

__attribute__((noreturn)) static void hold(struct store *store, struct update update)
{
    static struct sending sending;
    sending = (struct sending){store, update};
    pthread_t thread;
    if (pthread_create(&thread, NULL, send_update, &sending) != 0) {
        perror("wordcount: cannot hold");
        exit(1);
    }
    say("holds");
    for (;;)
        pause();
}

/* OK at the file's end; else why it went no further. */
static SaAisErrorT count_from(const struct options *options, int file, struct store *store, struct cursor *cursor)
{
    static struct words words;
    words_begin(&words, &store->slots);
    for (bool is_first = true;; is_first = false) {
        int64_t end = piece_count(file, cursor->offset, options->is_line, &words);
        if (end < 0) {
            perror("wordcount: cannot read the file");
            exit(1);
        }
        if (end == cursor->offset)
            return SA_AIS_OK;
        bool holds = !is_first && is_hold(options, cursor->pieces);
        struct cursor after = {end, cursor->pieces + 1};
        struct update update = store_prepare(store, after);
        if (holds)
            hold(store, update);
        SaAisErrorT error = store_write(store, &update);
        update_free(&update);
        if (error != SA_AIS_OK)
            return error;
        *cursor = after;
        say("acked %" PRId64 " %" PRId64, cursor->pieces, cursor->offset);
    }
}

/* Behind the fence, with the lease. */
static SaAisErrorT count_all(const struct options *options, int file, struct store *store, struct lease *lease, struct cursor *cursor)
{
    for (;;) {
        SaAisErrorT error = store_fence_others(store);
        if (error == SA_AIS_OK)
            error = store_load(store, cursor);
        if (error != SA_AIS_OK)
            return error;
        say("leads pieces %" PRId64 " offset %" PRId64 " words %zu", cursor->pieces, cursor->offset, store->slots.count);
        error = count_from(options, file, store, cursor);
        if (!ais_passes(error))
            return error;

        /* The last piece is counted or not. Behind a new fence it cannot be counted any more once the cursor has been read. */
        say("does not know whether its last piece was counted (%s)", ais_text(error));
        error = store_raise_fence(store);
        bool is_ours = false;
        if (error == SA_AIS_OK)
            error = lease_is_ours(lease, &is_ours);
        if (error != SA_AIS_OK)
            return error;
        if (!is_ours)
            return SA_AIS_ERR_NOT_EXIST;
    }
}

static enum end lead(const struct options *options, int file, struct store *store, struct lease *lease)
{
    SaAisErrorT error = store_raise_fence(store);
    if (error != SA_AIS_OK)
        return LOST;
    if (!lease_take(lease)) {
        store_lower_fence(store);
        return FENCED;
    }
    lease_keep(lease);
    struct cursor cursor;
    error = count_all(options, file, store, lease, &cursor);
    if (error == SA_AIS_OK)
        store_lower_fence(store);
    else
        say(error == SA_AIS_ERR_NOT_EXIST ? "is fenced: another worker leads" : "cannot lead: %s", ais_text(error));
    lease_release(lease);
    if (error == SA_AIS_OK)
        say("finished pieces %" PRId64 " offset %" PRId64, cursor.pieces, cursor.offset);
    return error == SA_AIS_OK ? FINISHED : error == SA_AIS_ERR_NOT_EXIST ? FENCED : LOST;
}

/* Ends when nobody leads. */
static SaAisErrorT stand_by(struct session *session, struct lease *lease)
{
    for (;;) {
        bool is_taken;
        SaAisErrorT error = lease_is_taken(lease, &is_taken);
        if (error != SA_AIS_OK || !is_taken)
            return error;
        error = session_pump(session, LOOK_MS);
        if (error != SA_AIS_OK)
            return error;
    }
}

static enum end serve(const struct options *options, int file, struct session *session)
{
    struct lease lease;
    SaAisErrorT error = lease_open(&lease, session);
    if (error == SA_AIS_OK)
        say("waits");
    while (error == SA_AIS_OK && (error = stand_by(session, &lease)) == SA_AIS_OK) {
        say("notices that nobody leads");
        struct store store;
        error = store_open(&store, session);
        if (error != SA_AIS_OK)
            break;
        enum end end = lead(options, file, &store, &lease);
        store_close(&store);
        if (end != FENCED)
            return end;
    }
    say("lost its session: %s", ais_text(error));
    return LOST;
}

static bool parse(int count, char **arguments, struct options *options)
{
    memset(options, 0, sizeof *options);
    const char *piece = "line";
    for (int i = 1; i + 1 < count; i += 2) {
        const char *value = arguments[i + 1];
        if (strcmp(arguments[i], "--name") == 0)
            options->name = value;
        else if (strcmp(arguments[i], "--file") == 0)
            options->file = value;
        else if (strcmp(arguments[i], "--piece") == 0)
            piece = value;
        else if (strcmp(arguments[i], "--hold-at") == 0 && options->holds < HOLDS_MAX)
            options->hold_at[options->holds++] = strtoll(value, NULL, 10);
        else
            return false;
    }
    options->is_line = strcmp(piece, "line") == 0;
    return count % 2 == 1 && options->name != NULL && options->file != NULL && (options->is_line || strcmp(piece, "64k") == 0);
}

int main(int count, char **arguments)
{
    struct options options;
    if (!parse(count, arguments, &options)) {
        fputs("usage: wordcount --name NAME --file FILE [--piece line|64k] [--hold-at PIECE]...\n", stderr);
        return 2;
    }
    int file = open(options.file, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        perror(options.file);
        return 1;
    }
    /* A session can be lost with its node's membership; a new one goes on. */
    for (int losses = 0; losses < LOSSES_MAX; losses++) {
        struct session session;
        SaAisErrorT error = session_begin(&session);
        if (error != SA_AIS_OK) {
            fprintf(stderr, "wordcount: no service: %s\n", ais_text(error));
            return 1;
        }
        enum end end = serve(&options, file, &session);
        session_end(&session);
        if (end == FINISHED)
            return 0;
    }
    fprintf(stderr, "wordcount: %d sessions were lost\n", LOSSES_MAX);
    return 1;
}
