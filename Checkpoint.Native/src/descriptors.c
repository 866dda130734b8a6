#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HIGH = 100 };

void descriptor_init(struct descriptor *descriptor)
{
    atomic_init(&descriptor->number, -1);
    descriptor->device = descriptor->inode = 0;
}

bool descriptor_take(struct descriptor *descriptor, int number)
{
    struct stat status;
    if (number < 0)
        return false;
    if (fstat(number, &status) != 0) {
        close(number);
        return false;
    }
    descriptor->device = status.st_dev;
    descriptor->inode = status.st_ino;
    atomic_store(&descriptor->number, number);
    return true;
}

bool descriptor_take_high(struct descriptor *descriptor, int number)
{
    if (number >= 0 && number < HIGH) {
        int high = fcntl(number, F_DUPFD_CLOEXEC, HIGH);
        if (high >= 0) { /* With a limit of descriptors below that, it stays where it is. */
            close(number);
            number = high;
        }
    }
    return descriptor_take(descriptor, number);
}

int descriptor_number(const struct descriptor *descriptor)
{
    return atomic_load_explicit(&descriptor->number, memory_order_relaxed);
}

bool descriptor_is_ours(const struct descriptor *descriptor)
{
    struct stat status;
    int number = descriptor_number(descriptor);
    return number >= 0 && fstat(number, &status) == 0 && status.st_dev == descriptor->device && status.st_ino == descriptor->inode;
}

void descriptor_close(struct descriptor *descriptor)
{
    bool ours = descriptor_is_ours(descriptor);
    int number = atomic_exchange(&descriptor->number, -1);
    if (ours)
        close(number);
}

void descriptor_raise(const struct descriptor *descriptor)
{
    uint64_t one = 1;
    if (descriptor_is_ours(descriptor))
        while (write(descriptor_number(descriptor), &one, sizeof one) < 0 && errno == EINTR) {
        }
}

void descriptor_lower(const struct descriptor *descriptor)
{
    uint64_t count;
    if (descriptor_is_ours(descriptor))
        while (read(descriptor_number(descriptor), &count, sizeof count) < 0 && errno == EINTR) {
        }
}
