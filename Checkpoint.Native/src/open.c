#include "async.h"
#include "checkpoint.h"
#include "core.h"
#include "deadline.h"
#include "exchange.h"
#include "name.h"
#include "tracking.h"

enum { KNOWN_FLAGS = SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | SA_CKPT_CHECKPOINT_CREATE };

static bool creation_flags_are_legal(SaUint32T flags)
{
    SaUint32T update = flags & ~(SaUint32T)SA_CKPT_CHECKPOINT_COLLOCATED;
    return update == SA_CKPT_WR_ALL_REPLICAS || update == SA_CKPT_WR_ACTIVE_REPLICA || update == SA_CKPT_WR_ACTIVE_REPLICA_WEAK;
}

static bool size_fits(const SaCkptCheckpointCreationAttributesT *attributes)
{
    SaSizeT product;
    /* A product beyond 64 bits is above any size. */
    return __builtin_mul_overflow((SaSizeT)attributes->maxSections, attributes->maxSectionSize, &product)
        || attributes->checkpointSize <= product;
}

static SaAisErrorT check_attributes(const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointOpenFlagsT flags)
{
    if (((flags & SA_CKPT_CHECKPOINT_CREATE) != 0) != (attributes != NULL))
        return SA_AIS_ERR_INVALID_PARAM;
    if (attributes == NULL)
        return SA_AIS_OK;
    bool sound = creation_flags_are_legal(attributes->creationFlags) && attributes->maxSections > 0 && attributes->retentionDuration >= 0
        && size_fits(attributes);
    return sound ? SA_AIS_OK : SA_AIS_ERR_INVALID_PARAM;
}

/* What can be said without the service. The client is NULL when the handle is none. */
static SaAisErrorT check(
    const struct client *client, const SaNameT *from, const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointOpenFlagsT flags,
    SaTimeT timeout, struct name *name)
{
    SaAisErrorT error = name_read(from, client != NULL ? client->rules.profile : profile_of_environment(), name);
    if (error != SA_AIS_OK)
        return error;
    if (name->length == 0 || timeout < 0)
        return SA_AIS_ERR_INVALID_PARAM;
    if (client != NULL && client->rules.name_prefix && !name_has_prefix(name))
        return SA_AIS_ERR_INVALID_PARAM;
    if (flags == 0 || (flags & ~(SaUint32T)KNOWN_FLAGS) != 0)
        return SA_AIS_ERR_BAD_FLAGS;
    error = check_attributes(attributes, flags);
    if (error != SA_AIS_OK)
        return error;
    return client == NULL ? SA_AIS_ERR_BAD_HANDLE : SA_AIS_OK;
}

static bool build(
    struct request *request, const struct name *name, const SaCkptCheckpointCreationAttributesT *from, SaCkptCheckpointOpenFlagsT flags)
{
    if (!request_init(request, COMMAND_OPEN, 1))
        return false;
    /* A lost connection closes what it opened, so asking again does not leave a second reference. */
    request->repeatable = true;
    request_put_section(request, name->bytes, name->length);
    wire_put_u32(&request->fixed, flags);
    wire_put_u8(&request->fixed, from != NULL ? 1 : 0);
    if (from != NULL) {
        struct attributes attributes = {
            from->creationFlags, from->checkpointSize, from->retentionDuration, from->maxSections, from->maxSectionSize, from->maxSectionIdSize};
        message_put_attributes(&request->fixed, &attributes);
    }
    request_finish(request);
    return true;
}

/* The answer becomes a handle. */
static SaAisErrorT adopt(
    struct client *client, struct exchange *exchange, const struct name *name, SaCkptCheckpointOpenFlagsT flags, int64_t deadline,
    SaCkptCheckpointHandleT *out)
{
    struct opened opened;
    if (!result_opened(&exchange->answer, &opened))
        return SA_AIS_ERR_LIBRARY;
    SaAisErrorT error = SA_AIS_OK;
    pthread_mutex_lock(&client->lock);
    if (client->finalized) {
        error = SA_AIS_ERR_BAD_HANDLE; /* The end of the session has closed it. */
    } else {
        struct checkpoint *checkpoint = checkpoint_adopt(client, &opened, flags, name->bytes, name->length, exchange->call.session);
        if (checkpoint == NULL) {
            error = SA_AIS_ERR_NO_MEMORY;
        } else {
            *out = checkpoint->object.handle;
            if (checkpoint_wants_changes(checkpoint)) {
                checkpoint_track(checkpoint, true);
                tracking_wait(client, deadline);
            }
        }
    }
    pthread_mutex_unlock(&client->lock);
    return error;
}

static SaAisErrorT open_with(
    struct client *client, const struct name *name, const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointOpenFlagsT flags,
    SaTimeT timeout, SaCkptCheckpointHandleT *out)
{
    struct exchange exchange;
    struct request request;
    struct target target = {.client = client};
    if (!build(&request, name, attributes, flags))
        return SA_AIS_ERR_NO_MEMORY;
    exchange_init(&exchange);
    int64_t limit = timeout == 0 ? client->default_limit : timeout;
    int64_t deadline = deadline_after(limit);
    SaAisErrorT error = exchange_perform(&exchange, &target, &request, limit);
    if (error == SA_AIS_OK)
        error = adopt(client, &exchange, name, flags, deadline, out);
    exchange_destroy(&exchange);
    request_destroy(&request);
    return error;
}

SaAisErrorT ckpt_open(
    SaCkptHandleT handle, const SaNameT *from, const SaCkptCheckpointCreationAttributesT *attributes, SaCkptCheckpointOpenFlagsT flags,
    SaTimeT timeout, SaCkptCheckpointHandleT *out)
{
    if (from == NULL || out == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    struct name name;
    struct client *client = client_find(handle);
    SaAisErrorT error = check(client, from, attributes, flags, timeout, &name);
    if (error == SA_AIS_OK)
        error = open_with(client, &name, attributes, flags, timeout, out);
    if (client != NULL)
        client_release(client);
    return error;
}

static SaAisErrorT begin_async(
    struct client *client, SaInvocationT invocation, const struct name *name, const SaCkptCheckpointCreationAttributesT *attributes,
    SaCkptCheckpointOpenFlagsT flags)
{
    struct request request;
    pthread_mutex_lock(&client->lock);
    SaAisErrorT error = client_standing(client);
    if (error == SA_AIS_OK && client->functions.open == NULL)
        error = SA_AIS_ERR_INIT;
    if (error == SA_AIS_OK && client->callback_count + client->async_count >= CALLBACKS_MAX)
        error = SA_AIS_ERR_TRY_AGAIN;
    if (error == SA_AIS_OK && !build(&request, name, attributes, flags)) {
        error = SA_AIS_ERR_NO_MEMORY;
    } else if (error == SA_AIS_OK) {
        struct async *async = async_create(&request, PURPOSE_OPEN, &invocation, NULL, deadline_after(client->default_limit));
        request_destroy(&request);
        if (async == NULL) {
            error = SA_AIS_ERR_NO_MEMORY;
        } else {
            async->flags = flags;
            async_start(client, async);
        }
    }
    pthread_mutex_unlock(&client->lock);
    return error;
}

SaAisErrorT ckpt_open_async(
    SaCkptHandleT handle, SaInvocationT invocation, const SaNameT *from, const SaCkptCheckpointCreationAttributesT *attributes,
    SaCkptCheckpointOpenFlagsT flags)
{
    if (from == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    struct name name;
    struct client *client = client_find(handle);
    SaAisErrorT error = check(client, from, attributes, flags, 0, &name);
    if (error == SA_AIS_OK)
        error = begin_async(client, invocation, &name, attributes, flags);
    if (client != NULL)
        client_release(client);
    return error;
}
