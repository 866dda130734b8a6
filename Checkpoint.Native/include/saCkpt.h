/*
 * The Checkpoint Service, B.02.02 with the tracking extension B.02.03.
 */
#ifndef SA_CKPT_H
#define SA_CKPT_H

#include <saCkpt_B_02_03.h>

#endif
