/* fork: what a child may and may not do, and that the parent does not notice (ais-ckpt 5.10, PRC-12, 19 to 21). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit.h"

/* The child has so many seconds; a failed expectation in it fails the case. */
static pid_t start_child(void) {
    pid_t pid = fork();
    if (pid < 0)
        kit_error("fork: %s", strerror(errno));
    if (pid == 0)
        alarm(8);
    return pid;
}

/* Its exit code is of no interest; that it ends is. */
static void expect_end_of(pid_t child) {
    int status = 0;
    pid_t got = 0;
    if (!KIT_WAIT((got = waitpid(child, &status, WNOHANG)) != 0, 10000))
        kit_fail("the child ends", "it still runs after 10 s");
    if (WIFSIGNALED(status))
        kit_fail("the child ends by itself", "it was killed by signal %d%s", WTERMSIG(status), WTERMSIG(status) == SIGALRM ? ": it hung" : "");
}

static void expect_refused(SaAisErrorT code) {
    KIT_EXPECT_ANY_(code, "a call of a forked child on its parent's handle", SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_LIBRARY);
}

KIT_CASE(PRC_12, "PRC-12", KIT_P, "a forked child's calls on inherited handles fail, and its exit leaves the parent's as they are") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    kit_section(f.h, "s", "data", 4);
    SaSelectionObjectT fd = kit_fd(f.handle);
    pid_t child = start_child();
    if (child == 0) {
        SaCkptIOVectorElementT element = kit_element("s", "evil", 4, 0);
        SaCkptCheckpointHandleT h = 0;
        expect_refused(K.CheckpointWrite(f.h, &element, 1, NULL));
        expect_refused(K.CheckpointOpen(f.handle, f.name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h));
        expect_refused(K.Dispatch(f.handle, SA_DISPATCH_ALL));
        expect_refused(K.CheckpointClose(f.h));
        expect_refused(K.Finalize(f.handle));
        exit(0); /* with all that the library may have left for the end */
    }
    expect_end_of(child);
    kit_expect_content(f.h, "s", "data", 4);
    kit_write(f.h, "s", "more", 4, 0);
    kit_expect_present(f.handle, f.name);
    KIT_OK(K.CheckpointOpenAsync(f.handle, 1, f.name, NULL, KIT_READ));
    kit_dispatch_until(f.handle, 1);
    KIT_EXPECT_EQ_U64(kit_fd(f.handle), fd);
    kit_expect_content(f.h, "s", "more", 4);
}

static void work(void) {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    kit_expect_content(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointOpenAsync(f.handle, 1, f.name, NULL, KIT_READ));
    kit_dispatch_until(f.handle, 1);
    KIT_OK(K.Finalize(f.handle));
}

KIT_CASE(PRC_19, "PRC-19", KIT_P, "after a fork before the first call both processes can use the library") {
    pid_t child = start_child();
    work();
    if (child == 0)
        _exit(0);
    expect_end_of(child);
    work();
}

/* argv: perhaps a name. Tells how many descriptors it was born with, then works. */
KIT_ROLE(prc_child) {
    kit_say("%u", kit_open_descriptors());
    if (argc == 0)
        return;
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointHandleT h = kit_open(handle, kit_name_from(argv[0]), KIT_READ | KIT_WRITE);
    kit_write(h, "s", "child", 5, 0);
    kit_expect_content(h, "s", "child", 5);
    KIT_OK(K.Finalize(handle));
    kit_say("worked");
}

static unsigned number_from(struct kit_peer *peer) {
    const char *line = kit_peer_line(peer);
    if (line == NULL)
        kit_fail("the number of descriptors", "the child ended");
    return (unsigned)atoi(line);
}

KIT_CASE(PRC_20, "PRC-20", KIT_P, "a child that execs a client at once inherits no descriptor of the library, works, and does not disturb") {
    struct kit_peer *before = kit_peer_start_plain("prc_child");
    unsigned descriptors = number_from(before);
    kit_peer_wait(before);

    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    kit_fd(f.handle);
    KIT_OK(K.CheckpointOpenAsync(f.handle, 1, f.name, NULL, KIT_READ));
    struct kit_peer *child = kit_peer_start("prc_child", kit_name_text(f.name));
    KIT_EXPECT_EQ_U64(number_from(child), descriptors);
    kit_peer_expect_line(child, "worked");
    kit_peer_wait(child);
    kit_expect_content(f.h, "s", "child", 5);
    kit_dispatch_until(f.handle, 1);
    kit_write(f.h, "s", "again", 5, 0);
}

/* argv: name. Has it open, and a child that lives on with all its descriptors. */
KIT_ROLE(prc_forker) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.retentionDuration = 0;
    kit_create(kit_initialize(), kit_name_from(argv[0]), &attributes);
    pid_t child = fork();
    if (child < 0)
        kit_error("fork: %s", strerror(errno));
    if (child == 0) {
        alarm(30);
        for (;;)
            pause();
    }
    kit_say("%d", (int)child);
    kit_expect_hear("never");
}

KIT_CASE(PRC_21, "PRC-21", KIT_P | KIT_T, "a killed process's opens are released within 2 s although a forked child keeps its descriptors") {
    const SaNameT *name = kit_name();
    SaCkptHandleT handle = kit_initialize();
    struct kit_peer *peer = kit_peer_start("prc_forker", kit_name_text(name));
    pid_t child = (pid_t)number_from(peer);
    kit_expect_present(handle, name);
    kit_peer_kill(peer);
    kit_expect_absent_within(handle, name, 2000);
    KIT_TRUE(child > 1 && kill(child, 0) == 0, "the forked child still lives");
    kill(child, SIGKILL);
}
