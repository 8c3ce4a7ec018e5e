/*
 * kill.c: kill STEP WHO PROGRAM [ARGUMENTS...] runs a program in a container and kills by SIGKILL,
 * when step number STEP has been made, the process that made it (WHO: self) or the one that all
 * others descend from (WHO: all). Prints the number of steps that there were, and who was killed.
 * STEP 0 is none. With IMAGE=NAME in the environment, PROGRAM is a name in that image, and what it
 * writes is to be kept: then there are the steps of that, too, and of clocks of its own.
 *
 * The killer stands outside: process 1 of a container cannot kill itself, nor anybody out here. Who
 * makes the step waits for him.
 *
 * A dead process cannot clean up: the test looks what is left.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctr/container.h"
#include "ctr/store.h"
#include "lib/supervise.h"

/* Between the processes of the container and the killer. */
struct appointment {
    unsigned step;         /* at which */
    volatile int depth;    /* of who waits, below the first process; -1: nobody yet */
    volatile bool is_over; /* the killer has been there */
};

static void doze(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void on_step(void *owner, const struct ctr_step *step)
{
    static const char *const depths[] = {"trivium", "runner", "init", "program"};
    struct appointment *appointment = owner;

    if (step->number != appointment->step)
        return;
    for (int depth = 0; depth < 4; depth++) {
        if (strcmp(depths[depth], step->who) == 0)
            appointment->depth = depth;
    }
    while (!appointment->is_over)
        doze();
}

/* Opens the image's layers. Nothing is closed again: this process ends with the run. */
static int open_image(struct overlay_source *source, const char *name, struct err *err)
{
    struct store store;
    struct image image;

    source->upper = 1 << 20;
    if (store_open(&store, false, err) < 0 ||
        store_load(&store, STORE_IMAGE, name, &image, err) < 0 ||
        archive_calls_load(&source->calls, err) < 0)
        return -1;
    for (; source->count < image.count; source->count++) {
        source->layers[source->count] = store_open_layer(&store, &image.layers[source->count], err);
        if (source->layers[source->count] < 0)
            return -1;
    }
    store_close(&store);
    return 0;
}

static int run(char **words, struct appointment *appointment)
{
    const struct ctr_observer observer = {.step = on_step, .owner = appointment};
    const char *image = getenv("IMAGE");
    struct overlay_source source = {.keeper = -1};
    const struct container_config config = {
        .program = words[0],
        .inside = "bin/program",
        .argv = words,
        .image = image == NULL ? NULL : &source,
        .keep = image != NULL,
        .own_clocks = image != NULL,
        .hostname = "killed",
        .observer = &observer,
    };
    struct supervise_job job = {.start = container_start};
    struct supervise_outcome outcome;
    struct supervisor supervisor;
    struct container *container = NULL;
    struct err err = {0};
    int answer;

    if (image == NULL || open_image(&source, image, &err) == 0)
        container = container_new(&config, &err);
    if (container == NULL || supervisor_init(&supervisor, &err) < 0) {
        err_print(&err, stderr);
        return 1;
    }
    job.context = container;
    answer = supervisor_run(&supervisor, &job, &outcome, &err);
    supervisor_fini(&supervisor);
    container_settle(container);
    printf("steps: %u\n", container->report->steps);
    container_free(container);
    return answer < 0 ? 1 : 0;
}

/* The only child of a process; 0: it has none. */
static pid_t child_of(pid_t pid)
{
    char path[64];
    int child = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%d", &child) != 1)
            child = 0;
        fclose(file);
    }
    return child;
}

int main(int argc, char **argv)
{
    struct appointment *appointment =
        mmap(NULL, sizeof *appointment, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t first, victim;
    int status;

    if (argc < 4 || appointment == MAP_FAILED)
        return 2;
    appointment->step = (unsigned)atoi(argv[1]);
    appointment->depth = -1;
    first = fork();
    if (first == 0)
        exit(run(argv + 3, appointment));
    while (waitpid(first, &status, WNOHANG) == 0) {
        doze();
        if (appointment->depth < 0 || appointment->is_over)
            continue;
        victim = first;
        for (int depth = appointment->depth; depth > 0 && strcmp(argv[2], "self") == 0; depth--)
            victim = child_of(victim);
        printf("killed: %d below, %s\n", appointment->depth, victim > 0 ? "there" : "not there");
        if (victim > 0)
            kill(victim, SIGKILL);
        appointment->is_over = true;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
