/*
 * launch.c: how long short commands take, from start to exit: launch ROUNDS PAUSE WANTED ROW...
 *
 *     ROW       NAME=COMMAND, whose words blanks separate; or NAME!REASON: it is not to be had here
 *     WANTED    the line that each run prints, or it is no result
 *
 * Each round takes the rows in turn: a pause of PAUSE seconds, a run (cold: the kernel has not done
 * the like for a while), and right behind it WARM more. So a busy moment of the computer falls on
 * all of them. Prints JSON, with all samples in milliseconds.
 *
 * What it is not: a comparison of programs; that is main.c. Read next: containers.sh.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/json.h"

enum { WORDS = 32, OUTPUT = 256, WARM = 4 };

struct row {
    char *name;
    const char *command; /* for the reader of the result */
    char *text;          /* owned: the words are in it */
    char *words[WORDS + 1];
    char reason[OUTPUT + 64]; /* why there is no result; empty: there is one */
    json_t *cold, *warm;
};

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* "NAME=COMMAND" or "NAME!REASON". */
static bool row_init(struct row *row, const char *text)
{
    size_t length = strcspn(text, "=!"), count = 0;
    char *rest = NULL;

    row->name = strndup(text, length);
    row->text = strdup(text[length] == '=' ? text + length + 1 : "");
    if (row->name == NULL || row->text == NULL)
        err_die_oom();
    row->cold = json_array();
    row->warm = json_array();
    row->command = text[length] == '=' ? text + length + 1 : "";
    if (text[length] == '!')
        snprintf(row->reason, sizeof row->reason, "%s", text + length + 1);
    for (char *word = strtok_r(row->text, " ", &rest); word != NULL && count < WORDS;
         word = strtok_r(NULL, " ", &rest))
        row->words[count++] = word;
    return count > 0 || text[length] == '!';
}

/* The first line of what is in the pipe. */
static void first_line(int fd, char line[OUTPUT])
{
    ssize_t got = read(fd, line, OUTPUT - 1);

    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

/* Runs once. Answers milliseconds, or -1 and the reason. Pipes hold what little is printed. */
static double run_once(struct row *row, const char *wanted, const int out[2], const int errors[2])
{
    char printed[OUTPUT], complaint[OUTPUT];
    posix_spawn_file_actions_t actions;
    double began, ended;
    int status = -1, answer;
    pid_t pid;

    assert(row->words[0] != NULL); /* or there would be a reason */
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
    began = now_ms();
    answer = posix_spawnp(&pid, row->words[0], &actions, NULL, row->words, environ);
    if (answer == 0)
        waitpid(pid, &status, 0);
    ended = now_ms();
    posix_spawn_file_actions_destroy(&actions);
    first_line(out[0], printed);
    first_line(errors[0], complaint);
    if (answer != 0)
        snprintf(row->reason, sizeof row->reason, "cannot execute it: %s", strerror(answer));
    else if (status != 0)
        snprintf(row->reason, sizeof row->reason, "wait status %#x: %s", (unsigned)status,
                 complaint);
    else if (strcmp(printed, wanted) != 0)
        snprintf(row->reason, sizeof row->reason, "it printed \"%s\"", printed);
    return row->reason[0] == '\0' ? ended - began : -1;
}

static void doze(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds};

    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    nanosleep(&time, NULL);
}

static void measure_row(struct row *row, double pause, const char *wanted)
{
    int out[2], errors[2];

    if (row->reason[0] != '\0')
        return;
    if (pipe2(out, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(errors, O_CLOEXEC | O_NONBLOCK) < 0) {
        snprintf(row->reason, sizeof row->reason, "no pipe: %s", strerror(errno));
        return;
    }
    doze(pause);
    for (int i = 0; i <= WARM && row->reason[0] == '\0'; i++) {
        double ms = run_once(row, wanted, out, errors);

        if (ms >= 0)
            json_array_append_new(i == 0 ? row->cold : row->warm, json_real(ms));
    }
    for (int i = 0; i < 2; i++) {
        close(out[i]);
        close(errors[i]);
    }
}

/* Takes the samples over. -1: it cannot be written. */
static int print_result(const struct row *rows, int count, double pause)
{
    json_t *list = json_array(), *root;
    int answer;

    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", rows[i].name,
                                              "command", json_text(rows[i].command), "reason",
                                              json_text(rows[i].reason), "cold", rows[i].cold,
                                              "warm", rows[i].warm));
    root = json_pack("{s:s, s:f, s:o}", "schema", "trivium-launch/1", "pause", pause, "rows", list);
    answer = json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
    json_decref(root);
    return answer;
}

int main(int argc, char **argv)
{
    int count = argc - 4, answer;
    struct row *rows;

    if (argc < 5) {
        fprintf(stderr, "usage: launch ROUNDS PAUSE WANTED NAME=COMMAND|NAME!REASON...\n");
        return 2;
    }
    rows = calloc((size_t)count, sizeof *rows);
    if (rows == NULL)
        err_die_oom();
    for (int i = 0; i < count; i++) {
        if (!row_init(&rows[i], argv[4 + i])) {
            fprintf(stderr, "launch: '%s' is no NAME=COMMAND\n", argv[4 + i]);
            exit(2);
        }
    }
    for (int round = 0; round < atoi(argv[1]); round++) {
        for (int i = 0; i < count; i++)
            measure_row(&rows[i], atof(argv[2]), argv[3]);
    }
    answer = print_result(rows, count, atof(argv[2]));
    for (int i = 0; i < count; i++) {
        free(rows[i].name);
        free(rows[i].text);
    }
    free(rows);
    return answer < 0 ? 1 : 0;
}
