/*
 * One request and its answer: sends, waits, and asks again where that is safe, all before a deadline.
 */
#ifndef CKPT_EXCHANGE_H
#define CKPT_EXCHANGE_H

#include "calls.h"
#include "request.h"

/* Whom a request is about; NULL where it is about none. */
struct target {
    struct client *client;
    struct checkpoint *checkpoint;
    struct iteration *iteration;
};

struct exchange {
    struct call call;
    struct answer answer;
    uint8_t buffer[CALL_INLINE];
};

void exchange_init(struct exchange *exchange);

/*
 * OK with the answer's result in exchange->answer, which refers to the exchange's memory; else the AIS code.
 * TIMEOUT: it was sent, and what came of it is not known. TRY_AGAIN: nothing was done. The limit is a duration.
 */
SaAisErrorT exchange_perform(struct exchange *exchange, const struct target *target, struct request *request, int64_t limit);
void exchange_destroy(struct exchange *exchange);

#endif
