/* The service as the bench calls it: through libSaCkpt, TRY_AGAIN asked again and counted, anything else but OK ends the run. */
#ifndef BENCH_SERVICE_H
#define BENCH_SERVICE_H

#include <saAis.h>
#include <saCkpt.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* TRY_AGAIN answers so far, of all threads. */
extern atomic_ulong service_retries;

uint64_t service_now(void); /* monotonic, nanoseconds */

void service_begin(void);
void service_end(void);

/* Sections of at most section_bytes; retention 0, so that it goes with the run, however that ends. */
SaCkptCheckpointHandleT service_create(const char *name, unsigned kind, unsigned sections, size_t section_bytes);
SaCkptCheckpointHandleT service_open(const char *name);
void service_close(SaCkptCheckpointHandleT h);

/* Sections are called section-NUMBER. */
void service_create_section(SaCkptCheckpointHandleT h, uint64_t section, const void *data, size_t bytes);
void service_delete_section(SaCkptCheckpointHandleT h, uint64_t section);
void service_overwrite(SaCkptCheckpointHandleT h, uint64_t section, const void *data, size_t bytes);
void service_write(SaCkptCheckpointHandleT h, uint64_t section, const void *data, size_t bytes);
void service_read(SaCkptCheckpointHandleT h, uint64_t section, void *buffer, size_t bytes);
unsigned service_iterate(SaCkptCheckpointHandleT h);

/* Prints "error CODE WHAT" and ends the process. */
_Noreturn void service_give_up(int code, const char *what);

#endif
