/*
 * fork without exec: the child has our memory, but not our threads, and the connections are the parent's.
 */
#ifndef CKPT_FORK_H
#define CKPT_FORK_H

/* Another number in the child than in the parent. */
unsigned fork_generation(void);

#endif
