#include "link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "async.h"
#include "callbacks.h"
#include "calls.h"
#include "checkpoint.h"
#include "deadline.h"
#include "inbox.h"
#include "outbox.h"

/* The thread needs little; a program may have thousands of library handles. */
enum { STACK_BYTES = 128 * 1024 };

#define BACKOFF_FIRST (10 * NS_PER_MS)
#define BACKOFF_MOST NS_PER_S

/* A thread that has called a moment ago will call again. */
#define CALLS_FOLLOW (20 * NS_PER_MS)

/* How long a host may take for its welcome; and for closing what the client opened, at the end. */
#define GREETING_PATIENCE (5 * NS_PER_S)
#define FAREWELL_PATIENCE (5 * NS_PER_S)

void link_wake(struct client *client)
{
    if (!client->thread_waits)
        return;
    client->thread_waits = false;
    descriptor_raise(&client->wake);
}

void link_give_up(struct client *client)
{
    if (client->link != LINK_UP && client->link != LINK_GREETING)
        return;
    client->link = LINK_DOWN;
    client->was_lost = true;
    client->session++;
    if (descriptor_is_ours(&client->socket))
        shutdown(descriptor_number(&client->socket), SHUT_RDWR);
    pthread_cond_broadcast(&client->changed);
    link_wake(client);
}

void link_welcomed(struct client *client, const struct welcome *welcome)
{
    client->link = LINK_UP;
    client->outstanding_max = welcome->outstanding_max;
    if (!client->was_welcomed) /* Before the program has the handle; after that the rules stay. */
        rules_init(&client->rules, (enum profile)welcome->profile, &client->requested);
    client->was_welcomed = true;
    checkpoints_attach(client);
    asyncs_proceed(client);
    pthread_cond_broadcast(&client->changed);
}

void link_dismissed(struct client *client, uint16_t status)
{
    bool had_session = client->link == LINK_UP;
    /* The host lets only its own user and group in; no function of the interface that opens a session knows ACCESS. */
    client->refusal = status == SA_AIS_ERR_ACCESS ? SA_AIS_ERR_LIBRARY : client_error(client, status);
    link_give_up(client);
    if (had_session && client->refusal == SA_AIS_ERR_UNAVAILABLE) {
        /* The node left the cluster: what this handle has is lost for good (ais-ckpt 2.11). */
        client->link = LINK_BARRED;
        asyncs_cancel(client, NULL);
        callbacks_wake_all(client);
    }
}

/* The socket is closed when nobody uses it any more; then everything of that connection ends. With the lock. */
static void clear_up(struct client *client)
{
    while (client->sending || client->reader == READER_CALLER)
        pthread_cond_wait(&client->changed, &client->lock);
    client->was_lost = false;
    descriptor_close(&client->socket);
    frame_parser_reset(&client->parser);
    outbox_clear(client);
    calls_lose_all(client);
    asyncs_lost(client);
    checkpoints_detach(client);
    pthread_cond_broadcast(&client->changed);
}

/* Negative: errno. */
static int open_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int number = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (number < 0)
        return -errno;
    /* A local connect is done at once; with EAGAIN the host has too many waiting: later. */
    if (connect(number, (struct sockaddr *)&address, sizeof address) == 0)
        return number;
    int error = errno;
    close(number);
    return -error;
}

/* With the lock. */
static void note_outcome(struct client *client, int error)
{
    if (error != client->connect_error)
        client->connect_error_since = error == 0 ? 0 : deadline_now();
    client->connect_error = error;
}

static void greet(struct client *client)
{
    uint8_t preamble[FRAME_PREAMBLE_BYTES];
    uint8_t message[CLIENT_NAME_MAX + 32];
    char name[CLIENT_NAME_MAX + 1];
    const SaVersionT *version = &client->requested;
    const uint8_t requested[3] = {version->releaseCode, version->majorVersion, version->minorVersion};
    struct wire_writer writer;

    snprintf(name, sizeof name, "%.100s[%ld]", program_invocation_short_name, (long)getpid());
    wire_writer_init(&writer, message, sizeof message);
    message_put_hello(&writer, name, requested, (uint8_t)client->rules.profile);
    frame_put_preamble(preamble);
    outbox_post_raw(client, preamble, sizeof preamble);
    outbox_post(client, message, wire_written(&writer));
}

/* The program may have closed them by number, under a thread that sleeps, or have something else there by now. */
static void look_after_descriptors(struct client *client)
{
    if (!descriptor_is_ours(&client->wake))
        descriptor_take_high(&client->wake, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if ((client->link == LINK_UP || client->link == LINK_GREETING) && !descriptor_is_ours(&client->socket))
        link_give_up(client);
}

/* Sleeps until the thread is woken, something happens on the socket, or the deadline. With the lock, but not while it sleeps. */
static short wait_for_events(struct client *client, int64_t deadline)
{
    struct pollfd watched[2] = {
        {.fd = descriptor_number(&client->wake), .events = POLLIN},
        {.fd = descriptor_number(&client->socket), .events = POLLIN},
    };
    if (client->reader != READER_THREAD)
        watched[1].events = 0;
    if (client->outbox.length > 0 && !client->sending)
        watched[1].events |= POLLOUT;
    if (watched[1].events == 0)
        watched[1].fd = -1;
    client->thread_waits = true;
    pthread_mutex_unlock(&client->lock);
    int ready = poll(watched, 2, deadline_poll_ms(deadline));
    pthread_mutex_lock(&client->lock);
    client->thread_waits = false;
    if (ready == 0 || (ready > 0 && watched[0].revents != 0))
        look_after_descriptors(client);
    if (ready > 0 && watched[0].revents != 0)
        descriptor_lower(&client->wake);
    return ready > 0 && watched[1].fd >= 0 ? watched[1].revents : 0;
}

/* When to try the next time; the pauses grow until a session was opened. */
struct attempts {
    int64_t not_before;
    int64_t pause;
};

static void attempts_begin(struct attempts *attempts)
{
    *attempts = (struct attempts){0, BACKOFF_FIRST};
}

static void connect_again(struct client *client, struct attempts *attempts)
{
    if (attempts->not_before > deadline_now()) {
        if (client->asyncs_due <= deadline_now())
            asyncs_proceed(client);
        wait_for_events(client, client->asyncs_due < attempts->not_before ? client->asyncs_due : attempts->not_before);
        return;
    }
    attempts->not_before = deadline_after(attempts->pause);
    attempts->pause = attempts->pause * 2 > BACKOFF_MOST ? BACKOFF_MOST : attempts->pause * 2;
    pthread_mutex_unlock(&client->lock);
    int number = open_socket(client->socket_path);
    pthread_mutex_lock(&client->lock);
    note_outcome(client, number < 0 ? -number : 0);
    if (descriptor_take_high(&client->socket, number)) {
        client->link = LINK_GREETING;
        greet(client);
    }
}

/* Somebody besides a single calling thread waits for what the host sends. */
static bool thread_must_read(const struct client *client)
{
    return client->link == LINK_GREETING || client->calls.used > 0 || client->async_count > 0 || client->tracking || client->arrival != NULL;
}

/* Takes the part of the reader, or leaves it to the callers. When to think about it again. */
static int64_t choose_reader(struct client *client)
{
    if (client->reader == READER_CALLER)
        return DEADLINE_NEVER; /* It says when it stops, if anything has to be read. */
    int64_t now = deadline_now();
    bool calls_follow = now - client->last_call < CALLS_FOLLOW;
    client->reader = thread_must_read(client) || !calls_follow ? READER_THREAD : READER_NONE;
    return client->reader == READER_NONE ? client->last_call + CALLS_FOLLOW : DEADLINE_NEVER;
}

/* One round with a connection. */
static void serve(struct client *client, int64_t *greeting_deadline)
{
    if (client->link == LINK_UP)
        *greeting_deadline = DEADLINE_NEVER;
    else if (*greeting_deadline == DEADLINE_NEVER)
        *greeting_deadline = deadline_after(GREETING_PATIENCE);
    if (client->asyncs_blocked || client->asyncs_due <= deadline_now())
        asyncs_proceed(client);
    outbox_flush(client);
    if (client->was_lost)
        return;
    int64_t deadline = client->asyncs_due < *greeting_deadline ? client->asyncs_due : *greeting_deadline;
    int64_t look_again = choose_reader(client);
    short events = wait_for_events(client, deadline < look_again ? deadline : look_again);
    if (client->finalized || client->was_lost)
        return;
    if ((events & ~POLLOUT) != 0 && client->reader == READER_THREAD) {
        pthread_mutex_unlock(&client->lock);
        bool useful = inbox_receive(client);
        pthread_mutex_lock(&client->lock);
        if (!useful)
            link_give_up(client);
    }
    if (client->link == LINK_GREETING && deadline_left(*greeting_deadline) == 0)
        link_give_up(client);
}

/* The host ends the connection when everything that the client opened is closed. */
static void say_farewell(struct client *client)
{
    uint8_t message[16];
    struct wire_writer writer;
    int64_t deadline = deadline_after(FAREWELL_PATIENCE);
    if (client->link != LINK_UP)
        return;
    wire_writer_init(&writer, message, sizeof message);
    message_put_farewell(&writer);
    outbox_post(client, message, wire_written(&writer));
    while (client->reader == READER_CALLER && deadline_left(deadline) > 0)
        deadline_wait(&client->changed, &client->lock, deadline);
    if (client->reader != READER_CALLER)
        client->reader = READER_THREAD;
    while (client->link == LINK_UP && client->reader == READER_THREAD && deadline_left(deadline) > 0) {
        outbox_flush(client);
        short events = wait_for_events(client, deadline);
        if ((events & ~POLLOUT) == 0)
            continue;
        pthread_mutex_unlock(&client->lock);
        bool useful = inbox_receive(client);
        pthread_mutex_lock(&client->lock);
        if (!useful)
            link_give_up(client);
    }
}

static void *run(void *argument)
{
    struct client *client = argument;
    struct attempts attempts;
    int64_t greeting_deadline = DEADLINE_NEVER;
    attempts_begin(&attempts);
    pthread_mutex_lock(&client->lock);
    while (!client->finalized) {
        if (client->was_lost) {
            clear_up(client);
            greeting_deadline = DEADLINE_NEVER;
        } else if (client->link == LINK_DOWN) {
            connect_again(client, &attempts);
        } else if (client->link == LINK_BARRED) {
            wait_for_events(client, DEADLINE_NEVER);
        } else {
            serve(client, &greeting_deadline);
            if (client->link == LINK_UP)
                attempts.pause = BACKOFF_FIRST; /* Not sooner than that: a session may break as soon as it is open. */
        }
    }
    say_farewell(client);
    link_give_up(client);
    clear_up(client);
    client->reader = READER_NONE;
    pthread_mutex_unlock(&client->lock);
    return NULL;
}

bool link_may_read(struct client *client)
{
    client->last_call = deadline_now();
    if (client->reader != READER_NONE || client->link != LINK_UP)
        return false;
    client->reader = READER_CALLER;
    return true;
}

void link_read_until(struct client *client, atomic_uint *state, unsigned waits, int64_t deadline)
{
    bool useful = true;
    pthread_mutex_unlock(&client->lock);
    while (useful && atomic_load_explicit(state, memory_order_acquire) == waits && deadline_left(deadline) > 0) {
        struct pollfd watched = {.fd = descriptor_number(&client->socket), .events = POLLIN};
        if (poll(&watched, 1, deadline_poll_ms(deadline)) > 0)
            useful = inbox_receive(client);
    }
    pthread_mutex_lock(&client->lock);
    client->reader = READER_NONE;
    client->last_call = deadline_now();
    if (!useful)
        link_give_up(client);
    if (client->was_lost || client->finalized)
        pthread_cond_broadcast(&client->changed); /* The thread may wait to clear up. */
    else if (thread_must_read(client))
        link_wake(client);
}

SaAisErrorT link_start(struct client *client)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    /* The thread takes no signal of the program. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    int error = pthread_attr_setstacksize(&attributes, STACK_BYTES);
    if (error == 0)
        error = pthread_create(&client->thread, &attributes, run, client);
    if (error != 0 && error != EAGAIN) /* The program has more thread-local storage than that: then what it gives its own threads. */
        error = pthread_create(&client->thread, NULL, run, client);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 ? SA_AIS_OK : SA_AIS_ERR_NO_RESOURCES;
}

void link_stop(struct client *client)
{
    pthread_mutex_lock(&client->lock);
    link_wake(client);
    pthread_mutex_unlock(&client->lock);
    pthread_join(client->thread, NULL);
}
