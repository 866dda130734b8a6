/* The runner: one process and one deadline a case, several at once, and after each the names it took are unlinked. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit.h"
#include "report.h"

#define OUTPUT_SHOWN 6000
#define CLEAN_SECONDS 60
#define PROBE_SECONDS 15
/* Descriptors of ours that a case inherits lie above what a library under test may look at. */
#define FIRST_DESCRIPTOR 200

struct job {
    struct kit_case *c;
    size_t place; /* in the results */
    pid_t pid;
    int64_t started, deadline, ended;
    bool cleaning, late;
    int status;
    int report_fd, output_fd;
    struct kit_report *report;
};

static int high_memfd(const char *name, off_t size) {
    int low = memfd_create(name, MFD_CLOEXEC);
    int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    if (fd < 0 || ftruncate(fd, size) != 0) {
        perror("conformance: memfd");
        exit(2);
    }
    close(low);
    return fd;
}

/* Starts this program again as "@case" or "@clean", in a process group of its own. */
static void start(struct job *job, const struct kit_run *run, const char *what, unsigned seconds) {
    char report[16];
    snprintf(report, sizeof report, "%d", job->report_fd);
    fflush(NULL);
    pid_t runner = getpid();
    job->pid = fork();
    if (job->pid < 0) {
        perror("conformance: fork");
        exit(2);
    }
    if (job->pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != runner)
            _exit(127);
        int null = open("/dev/null", O_RDONLY);
        dup2(null, 0);
        close(null);
        dup2(job->output_fd, 1);
        dup2(job->output_fd, 2);
        fcntl(job->report_fd, F_SETFD, 0);
        execl(kit_program, kit_program, what, job->c->id, report, run->library, kit_profile_name(), run->prefix, (char *)NULL);
        _exit(127);
    }
    setpgid(job->pid, job->pid);
    job->started = job->cleaning ? job->started : kit_mono();
    job->deadline = kit_mono() + (int64_t)seconds * run->slower * 1000000000;
}

static void open_job(struct job *job) {
    job->report_fd = high_memfd("kit-report", sizeof(struct kit_report));
    job->report = kit_report_map(job->report_fd);
    if (job->report == NULL) {
        perror("conformance: mmap");
        exit(2);
    }
}

static void close_job(struct job *job) {
    munmap(job->report, sizeof *job->report);
    close(job->report_fd);
    close(job->output_fd);
}

static void start_case(struct job *job, const struct kit_run *run, struct kit_case *c, size_t place) {
    *job = (struct job){.c = c, .place = place};
    open_job(job);
    job->output_fd = high_memfd("kit-output", 0);
    start(job, run, "@case", c->seconds);
}

/* True when the process is dead; its group is killed while its number cannot yet be anybody else's. */
static bool has_ended(struct job *job) {
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)job->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return false;
    kill(-job->pid, SIGKILL);
    waitpid(job->pid, &job->status, 0);
    return true;
}

static void enforce_deadline(struct job *job) {
    if (job->late || kit_mono() < job->deadline)
        return;
    job->late = true;
    kill(-job->pid, SIGKILL);
    kill(job->pid, SIGKILL);
}

/* What came of a case whose process is dead. */
static struct kit_result conclude(struct job *job) {
    struct kit_report *report = job->report;
    struct kit_result result = {job->c, report->outcome, (double)(job->ended - job->started) / 1e9, report->expected, report->seen};
    if (atomic_load(&report->claimed) != 0 && report->outcome != KIT_RUNNING)
        return result;
    if (job->late) {
        result.outcome = KIT_FAIL;
        snprintf(report->expected, sizeof report->expected, "the case ends within %u s", job->c->seconds);
        snprintf(report->seen, sizeof report->seen, "it still ran%s%s", report->current[0] != '\0' ? ", in " : "", report->current);
    } else if (WIFSIGNALED(job->status)) {
        result.outcome = KIT_ERROR;
        snprintf(report->seen, sizeof report->seen, "the process was killed by SIG%s%s%s", sigabbrev_np(WTERMSIG(job->status)),
                 report->current[0] != '\0' ? ", in " : "", report->current);
    } else {
        result.outcome = KIT_ERROR;
        snprintf(report->seen, sizeof report->seen, "the process ended with exit code %d and no outcome", WEXITSTATUS(job->status));
    }
    return result;
}

/* The end of what the case and the library wrote. */
static void read_output(const struct job *job, char *text, size_t room) {
    off_t size = lseek(job->output_fd, 0, SEEK_END);
    off_t from = size > (off_t)room - 1 ? size - ((off_t)room - 1) : 0;
    ssize_t got = pread(job->output_fd, text, room - 1, from);
    text[got > 0 ? got : 0] = '\0';
}

struct tally {
    unsigned passed, failed, not_applicable, errors;
};

static void count(struct tally *tally, enum kit_outcome outcome) {
    tally->passed += outcome == KIT_PASS;
    tally->failed += outcome == KIT_FAIL;
    tally->not_applicable += outcome == KIT_NOT_APPLICABLE;
    tally->errors += outcome == KIT_ERROR;
}

static void finish(struct job *job, const struct kit_run *run, struct kit_result *result) {
    char output[OUTPUT_SHOWN];
    read_output(job, output, sizeof output);
    if (!run->json)
        kit_print_result(result, job->report, output);
    /* The texts outlive the report. */
    result->expected = strdup(result->expected);
    result->seen = strdup(result->seen);
    close_job(job);
    *job = (struct job){0};
}

static bool needs_cleaning(const struct job *job) {
    return atomic_load(&job->report->name_count) > 0 || atomic_load(&job->report->fault_given) != 0;
}

/* Not run at all, and why; NULL: to be run. */
static const char *reason_against(const struct kit_case *c) {
    if (c->run == NULL)
        return c->reason;
    if ((c->flags & KIT_B2) != 0 && kit_is_so3())
        return "for B.2 libraries; this one is of the B.01.01 family";
    if ((c->flags & KIT_FAULT) != 0 && getenv("CKPT_KIT_FAULT") == NULL)
        return "needs a fault, and CKPT_KIT_FAULT is not set";
    if ((c->flags & KIT_RESTART) != 0 && getenv("CKPT_KIT_RESTART") == NULL)
        return "needs a restart of the service, and CKPT_KIT_RESTART is not set";
    return NULL;
}

static bool runs_alone(const struct kit_case *c) {
    return (c->flags & (KIT_ALONE | KIT_FAULT | KIT_RESTART)) != 0;
}

struct plan {
    const struct kit_run *run;
    struct kit_case **cases;
    struct kit_result *results;
    size_t count;
    struct job *jobs;
    unsigned running;
    struct tally tally;
};

/* One look at a running case: its deadline, its end, the cleaning after it. */
static void look_at(struct plan *plan, struct job *job) {
    if (job->c == NULL)
        return;
    enforce_deadline(job);
    if (!has_ended(job))
        return;
    struct kit_result *result = &plan->results[job->place];
    if (!job->cleaning) {
        job->ended = kit_mono();
        *result = conclude(job);
        if (needs_cleaning(job)) {
            job->cleaning = true;
            job->late = false;
            start(job, plan->run, "@clean", CLEAN_SECONDS);
            return;
        }
    } else if (job->late || !WIFEXITED(job->status) || WEXITSTATUS(job->status) != 0)
        fprintf(stderr, "conformance: %s: its checkpoints could not all be unlinked\n", job->c->id);
    count(&plan->tally, result->outcome);
    finish(job, plan->run, result);
    plan->running--;
}

static struct job *free_job(struct plan *plan) {
    struct job *job = plan->jobs;
    while (job->c != NULL)
        job++;
    return job;
}

static void wait_for_change(const sigset_t *signals) {
    struct timespec limit = {0, 100000000};
    int got = sigtimedwait(signals, NULL, &limit);
    if (got == SIGINT || got == SIGTERM) {
        /* The cases die with this process. */
        fprintf(stderr, "conformance: interrupted; checkpoints of the running cases are left to their retention\n");
        exit(128 + got);
    }
}

/* Runs those that may, or may not, run beside others. */
static void run_group(struct plan *plan, bool alone, const sigset_t *signals) {
    size_t next = 0;
    unsigned most = alone ? 1 : plan->run->jobs;
    while (next < plan->count || plan->running > 0) {
        while (next < plan->count && plan->running < most) {
            struct kit_case *c = plan->cases[next];
            if (reason_against(c) == NULL && runs_alone(c) == alone) {
                start_case(free_job(plan), plan->run, c, next);
                plan->running++;
            }
            next++;
        }
        if (plan->running > 0)
            wait_for_change(signals);
        for (unsigned i = 0; i < plan->run->jobs; i++)
            look_at(plan, &plan->jobs[i]);
    }
}

static void skip_cases(struct plan *plan) {
    static struct kit_report empty; /* not const: it is large, and zero costs nothing only outside the read-only data */
    for (size_t i = 0; i < plan->count; i++) {
        const char *reason = reason_against(plan->cases[i]);
        if (reason == NULL)
            continue;
        plan->results[i] = (struct kit_result){plan->cases[i], KIT_NOT_APPLICABLE, 0, "", reason};
        count(&plan->tally, KIT_NOT_APPLICABLE);
        if (!plan->run->json)
            kit_print_result(&plan->results[i], &empty, "");
    }
}

/* False, told by the probe on standard error, when a service is missing. What else is wrong with a library the cases will tell. */
static bool has_service(const struct kit_run *run, const sigset_t *signals) {
    static struct kit_case probe = {.id = "probe", .seconds = PROBE_SECONDS};
    struct job job = {.c = &probe};
    open_job(&job);
    job.output_fd = dup(STDERR_FILENO);
    start(&job, run, "@probe", probe.seconds);
    while (!has_ended(&job)) {
        enforce_deadline(&job);
        wait_for_change(signals);
    }
    close_job(&job);
    return !WIFEXITED(job.status) || WEXITSTATUS(job.status) != KIT_NO_SERVICE;
}

int kit_run_cases(const struct kit_run *run) {
    struct plan plan = {.run = run, .cases = kit_sorted_cases()};
    for (size_t i = 0; plan.cases[i] != NULL; i++)
        if (kit_filter_takes(run->filters, plan.cases[i]->id))
            plan.cases[plan.count++] = plan.cases[i];
    plan.cases[plan.count] = NULL;
    if (plan.count == 0) {
        fprintf(stderr, "conformance: no case has such an id\n");
        return 2;
    }
    plan.results = calloc(plan.count, sizeof *plan.results);
    plan.jobs = calloc(run->jobs + 1, sizeof *plan.jobs);
    if (plan.results == NULL || plan.jobs == NULL)
        return 2;

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    if (!has_service(run, &signals))
        return 2;
    skip_cases(&plan);
    run_group(&plan, false, &signals);
    run_group(&plan, true, &signals);
    if (run->json)
        kit_print_json(run, plan.results, plan.count);
    fprintf(run->json ? stderr : stdout, "%u passed, %u failed, %u not applicable, %u errors\n", plan.tally.passed, plan.tally.failed,
            plan.tally.not_applicable, plan.tally.errors);
    return plan.tally.failed == 0 && plan.tally.errors == 0 ? 0 : 1;
}
