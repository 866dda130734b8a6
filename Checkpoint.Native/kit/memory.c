/* Memory that catches who touches what he must not, and what the process holds of its system. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "kit.h"

static size_t page(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* Behind it a page that nobody may touch; in front of it, as far as its own page goes, bytes that nobody may change. */
#define FRONT 0xC9
#define FRONT_MIN 64

/* Remembered, so that a pointer finds its pages again. */
struct guarded {
    unsigned char *from;
    size_t length; /* without the page behind */
    unsigned char *at;
    bool is_forbidden;
    struct guarded *next;
};
static struct guarded *all_guarded;
static pthread_mutex_t guarded_lock = PTHREAD_MUTEX_INITIALIZER;

void *kit_guarded(size_t size) {
    size_t length = (size + FRONT_MIN + page() - 1) / page() * page();
    unsigned char *from = mmap(NULL, length + page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct guarded *entry = calloc(1, sizeof *entry);
    if (from == MAP_FAILED || entry == NULL || mprotect(from + length, page(), PROT_NONE) != 0)
        kit_error("no guarded memory: %s", strerror(errno));
    memset(from, FRONT, length - size);
    *entry = (struct guarded){from, length, from + length - size, false, NULL};
    pthread_mutex_lock(&guarded_lock);
    entry->next = all_guarded;
    all_guarded = entry;
    pthread_mutex_unlock(&guarded_lock);
    return entry->at;
}

void *kit_guarded_copy(const void *bytes, size_t size) {
    void *copy = kit_guarded(size);
    memcpy(copy, bytes, size);
    return copy;
}

static void expect_front(const struct guarded *entry) {
    for (const unsigned char *byte = entry->from; byte < entry->at; byte++)
        if (*byte != FRONT)
            kit_fail("nothing written in front of what the library was given", "0x%02x, %zu bytes in front of %zu", *byte, (size_t)(entry->at - byte),
                     entry->length - (size_t)(entry->at - entry->from));
}

void kit_expect_guards(void) {
    for (const struct guarded *entry = all_guarded; entry != NULL; entry = entry->next)
        if (!entry->is_forbidden)
            expect_front(entry);
}

static void protect(const void *at, int protection) {
    pthread_mutex_lock(&guarded_lock);
    struct guarded *entry = all_guarded;
    while (entry != NULL && entry->at != at)
        entry = entry->next;
    if (entry != NULL)
        entry->is_forbidden = protection == PROT_NONE;
    pthread_mutex_unlock(&guarded_lock);
    if (entry != NULL && protection == PROT_NONE)
        expect_front(entry);
    if (entry == NULL || mprotect(entry->from, entry->length, protection) != 0)
        kit_error("memory that is not guarded, or mprotect: %s", strerror(errno));
}

void *kit_read_only_copy(const void *bytes, size_t size) {
    void *copy = kit_guarded_copy(bytes, size);
    protect(copy, PROT_READ);
    return copy;
}

void kit_forbid(void *guarded) {
    protect(guarded, PROT_NONE);
}

static unsigned count_entries(const char *directory) {
    unsigned count = 0;
    DIR *open = opendir(directory);
    if (open == NULL)
        kit_error("%s: %s", directory, strerror(errno));
    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

unsigned kit_open_descriptors(void) {
    return count_entries("/proc/self/fd") - 1; /* without the one that counts */
}

unsigned kit_running_threads(void) {
    return count_entries("/proc/self/task");
}

void kit_expect_resources(unsigned descriptors, unsigned threads) {
    if (!KIT_WAIT(kit_open_descriptors() <= descriptors && kit_running_threads() <= threads, 2000)) {
        char expected[96];
        snprintf(expected, sizeof expected, "at most %u descriptors and %u threads, as before", descriptors, threads);
        kit_fail(expected, "%u descriptors, %u threads", kit_open_descriptors(), kit_running_threads());
    }
}

long kit_service_memory(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred who = {0};
    socklen_t length = sizeof who;
    const char *path = getenv("CHECKPOINT_SOCKET");
    if (path == NULL || strlen(path) >= sizeof address.sun_path)
        return 0;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool known = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0;
    if (fd >= 0)
        close(fd);
    char file[64];
    snprintf(file, sizeof file, "/proc/%d/statm", (int)who.pid);
    FILE *statm = known ? fopen(file, "re") : NULL;
    long size = 0, resident = 0;
    if (statm == NULL)
        return 0;
    if (fscanf(statm, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    fclose(statm);
    return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}
