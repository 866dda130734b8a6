/*
 * Our file descriptors in a foreign process: closed by exec, out of the program's way, and never taken for what they are not when the
 * program closes descriptors by number.
 */
#ifndef CKPT_DESCRIPTORS_H
#define CKPT_DESCRIPTORS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A descriptor and what it was when it was opened; -1 when there is none. Another thread's fork may read the number. */
struct descriptor {
    atomic_int number;
    uint64_t device;
    uint64_t inode;
};

void descriptor_init(struct descriptor *descriptor);

/* Takes over a descriptor and moves it to 100 or above, where no number that the program waits for is. False: out of descriptors. */
bool descriptor_take_high(struct descriptor *descriptor, int number);

/* The same, but where it is: it goes to the program, which may use select on it. */
bool descriptor_take(struct descriptor *descriptor, int number);

int descriptor_number(const struct descriptor *descriptor);

/* False when the program has closed it, and the number is none or somebody else's by now. */
bool descriptor_is_ours(const struct descriptor *descriptor);

/* Closes it unless it is not ours any more. */
void descriptor_close(struct descriptor *descriptor);

/* An eventfd becomes readable; stops being readable. */
void descriptor_raise(const struct descriptor *descriptor);
void descriptor_lower(const struct descriptor *descriptor);

#endif
