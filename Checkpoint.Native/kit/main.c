/* conformance: does this libSaCkpt do what the standard says? Loads any vendor's library and tries it, rule by rule.
 * The program starts itself again for each case ("@case"), for each peer process of a case ("@peer"), to clean up ("@clean") and
 * to see whether there is a service ("@probe"). */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit.h"
#include "report.h"

#define FILTERS_MAX 64
#define JOBS_DEFAULT 4
#define JOBS_MAX 32
#define SLOWER_MAX 100

static const char usage[] =
    "usage: conformance --lib PATH [--profile strict|opensaf|openais] [--prefix NAME] [--filter ID]... [--jobs N] [--slower N] [--json]\n"
    "       conformance --list\n"
    "  --lib PATH      the library under test; a C library of the Checkpoint Service with its service running\n"
    "  --profile P     which reading of the standard to expect; by default openais for a .so.3, else opensaf\n"
    "  --prefix NAME   how the names of checkpoints begin (default safCkpt=)\n"
    "  --filter ID     only this case, or all whose ids begin so; may be given again\n"
    "  --jobs N        cases that run at once (default 4)\n"
    "  --slower N      deadlines N times as long, for a library under a sanitizer (default 1)\n"
    "  --json          one JSON document instead of lines\n"
    "  --list          the table of all cases, as Markdown\n"
    "Exit code 0: nothing failed; 1: something did; 2: it could not be tried.\n";

static bool profile_from(const char *word) {
    if (strcmp(word, "strict") == 0)
        kit_profile_in_force = KIT_STRICT;
    else if (strcmp(word, "opensaf") == 0)
        kit_profile_in_force = KIT_OPENSAF;
    else if (strcmp(word, "openais") == 0)
        kit_profile_in_force = KIT_OPENAIS;
    else
        return false;
    return true;
}

static void load(const char *path) {
    const char *error = NULL;
    if (kit_vendor_load(path, &error))
        return;
    fprintf(stderr, "conformance: %s\n", error);
    exit(2);
}

/* --- the processes of a case: @WHAT ID REPORT-FD LIBRARY PROFILE PREFIX */

static void adopt(char **argv) {
    kit_case_id = argv[2];
    kit_report_fd = atoi(argv[3]);
    fcntl(kit_report_fd, F_SETFD, FD_CLOEXEC);
    kit_report = kit_report_map(kit_report_fd);
    if (kit_report == NULL || !profile_from(argv[5]))
        exit(2);
    kit_prefix_in_force = argv[6];
    load(argv[4]);
}

static int case_process(void) {
    for (struct kit_case *c = kit_cases; c != NULL; c = c->next)
        if (strcmp(c->id, kit_case_id) == 0) {
            c->run();
            kit_expect_guards();
            kit_end(KIT_PASS, 0);
        }
    return 2;
}

static int peer_process(int argc, char **argv) {
    kit_peer_adopt(atoi(argv[7]));
    kit_peer_role = argv[8];
    for (struct kit_role *r = kit_roles; r != NULL; r = r->next)
        if (strcmp(r->name, kit_peer_role) == 0) {
            r->run(argc - 9, argv + 9);
            kit_expect_guards();
            return 0;
        }
    kit_error("no role %s", kit_peer_role);
}

/* In a process of its own: whatever the case did to itself does not matter here. */
static int clean_process(void) {
    kit_cleaning = true;
    unsigned count = atomic_load(&kit_report->name_count), left = 0;
    if (atomic_load(&kit_report->fault_given) != 0)
        kit_fault("none");
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(1, 1);
    if (count == 0)
        return 0;
    if (KIT_CALL(K.Initialize(&handle, NULL, &version)) != SA_AIS_OK)
        return 0; /* A library that cannot even be initialised has made nothing. */
    for (unsigned i = 0; i < count && i < KIT_NAMES_MAX; i++) {
        if (kit_report->names[i].length == 0)
            continue;
        SaAisErrorT code = KIT_CALL(K.CheckpointUnlink(handle, &kit_report->names[i]));
        left += code == SA_AIS_ERR_TRY_AGAIN || code == SA_AIS_ERR_TIMEOUT;
    }
    (void)KIT_CALL(K.Finalize(handle));
    return left == 0 ? 0 : 1;
}

/* Is there a service at all? Without it every case would wait in vain. */
static int probe_process(void) {
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(1, 1);
    kit_cleaning = true;
    SaAisErrorT code = KIT_CALL(K.Initialize(&handle, NULL, &version));
    if (code == SA_AIS_OK)
        KIT_CALL(K.Finalize(handle));
    bool absent = code == SA_AIS_ERR_TRY_AGAIN || code == SA_AIS_ERR_TIMEOUT;
    if (absent)
        fprintf(stderr, "conformance: no service: Initialize answers %s\n", kit_code_name(code));
    fflush(NULL);
    _exit(absent ? KIT_NO_SERVICE : 0);
}

static int inner_process(int argc, char **argv) {
    if (argc < 7)
        return 2;
    adopt(argv);
    if (strcmp(argv[1], "@case") == 0)
        return case_process();
    if (strcmp(argv[1], "@probe") == 0)
        return probe_process();
    if (strcmp(argv[1], "@peer") == 0 && argc >= 9)
        return peer_process(argc, argv);
    if (strcmp(argv[1], "@clean") != 0)
        return 2;
    int code = clean_process();
    fflush(NULL);
    _exit(code); /* Whether memory leaks is judged where the case runs. */
}

/* --- the command line */

static const char *word_after(int argc, char **argv, int *i) {
    if (*i + 1 >= argc) {
        fprintf(stderr, "conformance: %s needs a word\n%s", argv[*i], usage);
        exit(2);
    }
    return argv[++*i];
}

static unsigned number_from(const char *word, unsigned most) {
    char *end = NULL;
    unsigned long value = strtoul(word, &end, 10);
    if (*word == '\0' || *end != '\0' || value < 1 || value > most) {
        fprintf(stderr, "conformance: %s? a number from 1 to %u\n", word, most);
        exit(2);
    }
    return (unsigned)value;
}

static const char *own_path(void) {
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return path;
}

int main(int argc, char **argv) {
    kit_program = own_path();
    if (argc > 1 && argv[1][0] == '@')
        return inner_process(argc, argv);

    const char *filters[FILTERS_MAX + 1] = {NULL};
    struct kit_run run = {.prefix = "safCkpt=", .filters = filters, .jobs = JOBS_DEFAULT, .slower = 1};
    const char *profile = NULL;
    unsigned filter_count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--lib") == 0)
            run.library = word_after(argc, argv, &i);
        else if (strcmp(argv[i], "--profile") == 0)
            profile = word_after(argc, argv, &i);
        else if (strcmp(argv[i], "--prefix") == 0)
            run.prefix = word_after(argc, argv, &i);
        else if (strcmp(argv[i], "--filter") == 0 && filter_count < FILTERS_MAX)
            filters[filter_count++] = word_after(argc, argv, &i);
        else if (strcmp(argv[i], "--jobs") == 0)
            run.jobs = number_from(word_after(argc, argv, &i), JOBS_MAX);
        else if (strcmp(argv[i], "--slower") == 0)
            run.slower = number_from(word_after(argc, argv, &i), SLOWER_MAX);
        else if (strcmp(argv[i], "--json") == 0)
            run.json = true;
        else if (strcmp(argv[i], "--list") == 0) {
            kit_print_list();
            return 0;
        } else {
            bool help = strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
            fputs(usage, help ? stdout : stderr);
            return help ? 0 : 2;
        }
    }
    if (run.library == NULL) {
        fputs(usage, stderr);
        return 2;
    }
    load(run.library);
    kit_profile_in_force = kit_is_so3() ? KIT_OPENAIS : KIT_OPENSAF;
    if (profile != NULL && !profile_from(profile)) {
        fprintf(stderr, "conformance: profile %s? strict, opensaf or openais\n", profile);
        return 2;
    }
    /* Our own library takes its profile from here; another vendor's does not know it. */
    setenv("CHECKPOINT_PROFILE", kit_profile_name(), 1);
    char slower[16];
    snprintf(slower, sizeof slower, "%u", run.slower);
    setenv("CKPT_KIT_SLOWER", slower, 1);
    int code = kit_run_cases(&run);
    /* What the runner keeps until here is not for a leak checker to judge. */
    fflush(NULL);
    _exit(code);
}
