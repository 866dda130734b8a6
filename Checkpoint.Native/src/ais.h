/*
 * The AIS types for the core, which serves both binary interfaces. What differs between the two headers (the checkpoint descriptor, the
 * prototypes) is used by the front of each library alone.
 */
#ifndef CKPT_AIS_H
#define CKPT_AIS_H

#ifdef CKPT_FRONT_OPENAIS
#include <openais/saCkpt.h>
#else
#include <saCkpt.h>
#endif

#endif
