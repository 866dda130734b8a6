/*
 * The types, constants and error codes that all SA Forum AIS services share.
 */
#ifndef SA_AIS_H
#define SA_AIS_H

#include <saAis_B_5_14.h>

#endif
