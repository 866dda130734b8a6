/* Peer processes of a case, and the commands that make faults. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit.h"
#include "report.h"

#define LINE_MAX_BYTES 4096
#define PEER_ARGUMENTS_MAX 32
#define PEER_SECONDS 10
/* What CKPT_KIT_FAULT answers when it does not know a fault. */
#define FAULT_UNKNOWN 77

struct lines {
    int fd;
    size_t used;
    char buffer[LINE_MAX_BYTES];
    char line[LINE_MAX_BYTES];
};

struct kit_peer {
    pid_t pid;
    struct lines from;
    bool ended;
    const char *role;
};

/* Takes the first whole line out of the buffer. */
static bool take_line(struct lines *lines) {
    char *end = memchr(lines->buffer, '\n', lines->used);
    if (end == NULL)
        return false;
    size_t length = (size_t)(end - lines->buffer);
    memcpy(lines->line, lines->buffer, length);
    lines->line[length] = '\0';
    lines->used -= length + 1;
    memmove(lines->buffer, end + 1, lines->used);
    return true;
}

enum read_result { LINE_READ, LINE_END, LINE_LATE };

static enum read_result read_line(struct lines *lines, int ms) {
    int64_t until = kit_mono() + (int64_t)ms * 1000000;
    while (!take_line(lines)) {
        struct pollfd waiting = {lines->fd, POLLIN, 0};
        int64_t left = (until - kit_mono()) / 1000000;
        if (ms >= 0 && left <= 0)
            return LINE_LATE;
        int ready = poll(&waiting, 1, ms < 0 ? -1 : (int)left);
        if (ready <= 0)
            continue;
        if (lines->used == sizeof lines->buffer)
            kit_error("a line of more than %d bytes", LINE_MAX_BYTES);
        ssize_t got = read(lines->fd, lines->buffer + lines->used, sizeof lines->buffer - lines->used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return LINE_END;
        lines->used += (size_t)got;
    }
    return LINE_READ;
}

static bool write_line(int fd, const char *format, va_list arguments) {
    char text[LINE_MAX_BYTES];
    int length = vsnprintf(text, sizeof text - 1, format, arguments);
    if (length < 0 || (size_t)length >= sizeof text - 1)
        kit_error("a line of more than %d bytes", LINE_MAX_BYTES);
    text[length++] = '\n';
    for (int done = 0; done < length;) {
        ssize_t put = send(fd, text + done, (size_t)(length - done), MSG_NOSIGNAL);
        if (put < 0 && errno != EINTR)
            return false;
        done += put > 0 ? (int)put : 0;
    }
    return true;
}

/* --- the starter's side */

struct kit_peer *kit_peer_start_(const char *role, const char *const *arguments) {
    int ends[2]; /* a socket and no pipe: writing to a dead peer must not raise SIGPIPE */
    struct kit_peer *peer = kit_keep(sizeof *peer);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        kit_error("no socket for a peer: %s", strerror(errno));
    char report[16], line[16];
    snprintf(report, sizeof report, "%d", kit_report_fd);
    snprintf(line, sizeof line, "%d", ends[1]);
    const char *command[PEER_ARGUMENTS_MAX + 12] = {kit_program, "@peer", kit_case_id, report, kit_vendor_path(), kit_profile_name(), kit_prefix(),
                                                    line, role};
    for (int i = 0; arguments[i] != NULL; i++) {
        if (i == PEER_ARGUMENTS_MAX)
            kit_error("a peer with more than %d arguments", PEER_ARGUMENTS_MAX);
        command[9 + i] = arguments[i];
    }
    pid_t starter = getpid();
    peer->role = role;
    peer->pid = fork();
    if (peer->pid < 0)
        kit_error("fork: %s", strerror(errno));
    if (peer->pid == 0) {
        union {
            const char **in;
            char **out; /* execv takes no const, but changes nothing */
        } words = {command};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != starter)
            _exit(127);
        fcntl(kit_report_fd, F_SETFD, 0);
        fcntl(ends[1], F_SETFD, 0);
        execv(kit_program, words.out);
        _exit(127);
    }
    close(ends[1]);
    peer->from.fd = ends[0];
    kit_step("started peer %s (pid %d)", role, (int)peer->pid);
    return peer;
}

pid_t kit_peer_pid(const struct kit_peer *peer) {
    return peer->pid;
}

const char *kit_peer_line(struct kit_peer *peer) {
    enum read_result result = read_line(&peer->from, PEER_SECONDS * 1000 * kit_patience());
    if (result == LINE_LATE)
        kit_fail("a line from the peer", "peer %s said nothing for %d s", peer->role, PEER_SECONDS);
    if (result == LINE_END)
        return NULL;
    kit_step("peer %s said \"%.150s\"", peer->role, peer->from.line);
    return peer->from.line;
}

void kit_peer_expect_line(struct kit_peer *peer, const char *text) {
    const char *line = kit_peer_line(peer);
    if (line == NULL) {
        /* Its own failure, if it had one, is told first. */
        kit_sleep_ms(50);
        kit_fail(text, "peer %s ended without saying it", peer->role);
    }
    if (strcmp(line, text) != 0)
        kit_fail(text, "peer %s said \"%s\"", peer->role, line);
}

void kit_peer_send(struct kit_peer *peer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (!write_line(peer->from.fd, format, arguments))
        kit_fail("a peer that listens", "peer %s does not: %s", peer->role, strerror(errno));
    va_end(arguments);
}

void kit_peer_signal(struct kit_peer *peer, int number) {
    if (!peer->ended && kill(peer->pid, number) != 0)
        kit_error("kill: %s", strerror(errno));
    kit_step("sent signal %d to peer %s", number, peer->role);
}

static void release(struct kit_peer *peer) {
    peer->ended = true;
    close(peer->from.fd);
}

void kit_peer_kill(struct kit_peer *peer) {
    kit_peer_signal(peer, SIGKILL);
    while (waitpid(peer->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    release(peer);
}

void kit_peer_wait(struct kit_peer *peer) {
    int status = 0;
    pid_t got = 0;
    if (!KIT_WAIT((got = waitpid(peer->pid, &status, WNOHANG)) != 0, PEER_SECONDS * 1000))
        kit_fail("the peer ends", "peer %s still runs after %d s", peer->role, PEER_SECONDS);
    if (got < 0)
        kit_error("waitpid: %s", strerror(errno));
    release(peer);
    if (WIFSIGNALED(status))
        kit_fail("the peer ends well", "peer %s was killed by %s", peer->role, strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        kit_fail("the peer ends well", "peer %s ended with exit code %d", peer->role, WEXITSTATUS(status));
    kit_step("peer %s has ended", peer->role);
}

/* --- the peer's side */

static struct lines heard = {.fd = -1};

void kit_peer_adopt(int line) {
    heard.fd = line;
    fcntl(line, F_SETFD, FD_CLOEXEC);
}

void kit_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(heard.fd, format, arguments);
    va_end(arguments);
}

const char *kit_hear(void) {
    return read_line(&heard, -1) == LINE_READ ? heard.line : NULL;
}

void kit_expect_hear(const char *text) {
    const char *line = kit_hear();
    if (line == NULL)
        _exit(1); /* Who started us is gone; he has told why. */
    if (strcmp(line, text) != 0)
        kit_error("heard \"%s\" instead of \"%s\"", line, text);
}

/* --- faults */

static int run_command(const char *variable, const char *const *arguments) {
    const char *command = getenv(variable);
    if (command == NULL || *command == '\0')
        kit_not_applicable("%s is not set", variable);
    union {
        const char **in;
        char **out;
    } words;
    const char *list[PEER_ARGUMENTS_MAX] = {command};
    for (int i = 0; arguments[i] != NULL && i < PEER_ARGUMENTS_MAX - 2; i++)
        list[i + 1] = arguments[i];
    words.in = list;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(command, words.out);
        _exit(127);
    }
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void kit_fault_(const char *const *arguments) {
    atomic_store(&kit_report->fault_given, 1);
    int code = run_command("CKPT_KIT_FAULT", arguments);
    kit_step("fault %s %s -> exit code %d", arguments[0], arguments[1] != NULL ? arguments[1] : "", code);
    if (code == FAULT_UNKNOWN)
        kit_not_applicable("the service cannot make the fault %s", arguments[0]);
    if (code != 0)
        kit_error("the command of CKPT_KIT_FAULT answered %d to \"%s\"", code, arguments[0]);
}

void kit_restart_host(void) {
    const char *const none[] = {NULL};
    int code = run_command("CKPT_KIT_RESTART", none);
    kit_step("restarted the service -> exit code %d", code);
    if (code != 0)
        kit_error("the command of CKPT_KIT_RESTART answered %d", code);
}
