/* From a parsed line to processes. See sh.h. */
#include "guest/bin/sh/sh.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command's words as argv, ended by NULL. Free with free_arguments. */
static char **expand_arguments(const struct shell *shell, const struct command *command)
{
    char **argv = word_allocate((command->word_count + 1) * sizeof(*argv));
    size_t i = 0;
    for (const struct word *word = command->words; word; word = word->next)
        argv[i++] = word_expand(shell, word->text);
    return argv;
}

static void free_arguments(char **argv)
{
    for (char **argument = argv; *argument; argument++)
        free(*argument);
    free(argv);
}

/* Opens the file of a redirection. Returns its descriptor, or -1 after a message. */
static int open_redirection(const struct shell *shell, const struct redirection *redirection)
{
    int flags = O_RDONLY;
    if (redirection->kind != TOKEN_LESS)
        flags = O_WRONLY | O_CREAT | (redirection->kind == TOKEN_APPEND ? O_APPEND : O_TRUNC);
    char *path = word_expand(shell, redirection->path);
    int fd = open(path, flags, 0666);
    if (fd < 0)
        fprintf(stderr, "sh: %s: %s\n", path, strerror(errno));
    free(path);
    return fd;
}

/* Connects a child's standard input and output to its files. Returns 0, or -1 after a message. */
static int redirect(const struct shell *shell, const struct command *command)
{
    for (const struct redirection *r = command->redirections; r; r = r->next) {
        int target = r->kind == TOKEN_LESS ? STDIN_FILENO : STDOUT_FILENO;
        int fd = open_redirection(shell, r);
        if (fd < 0)
            return -1;
        if (fd != target) {
            dup2(fd, target);
            close(fd);
        }
    }
    return 0;
}

static int builtin_cd(struct shell *shell, char **argv)
{
    (void)shell;
    const char *folder = argv[1] ? argv[1] : getenv("HOME");
    if (!folder) {
        fprintf(stderr, "sh: cd: HOME is not set\n");
        return 1;
    }
    if (argv[1] && argv[2]) {
        fprintf(stderr, "sh: cd: one folder, please\n");
        return 2;
    }
    if (chdir(folder) < 0) {
        fprintf(stderr, "sh: cd: %s: %s\n", folder, strerror(errno));
        return 1;
    }
    return 0;
}

static int builtin_exit(struct shell *shell, char **argv)
{
    char *end = NULL;
    long status = argv[1] ? strtol(argv[1], &end, 10) : shell->status;
    if (argv[1] && (end == argv[1] || *end)) {
        fprintf(stderr, "sh: exit: not a number: %s\n", argv[1]);
        status = 2;
    }
    shell->finished = true;
    return (int)(status & 0xff);
}

static int builtin_pwd(struct shell *shell, char **argv)
{
    (void)shell;
    (void)argv;
    char path[PATH_MAX];
    if (!getcwd(path, sizeof(path))) {
        perror("sh: pwd");
        return 1;
    }
    puts(path);
    return fflush(stdout) == EOF;
}

static int builtin_true(struct shell *shell, char **argv)
{
    (void)shell;
    (void)argv;
    return 0;
}

static int builtin_false(struct shell *shell, char **argv)
{
    (void)shell;
    (void)argv;
    return 1;
}

/* What the shell must do itself, because a child could not change the shell; and what costs
 * nothing. */
static const struct builtin {
    const char *name;
    int (*run)(struct shell *shell, char **argv); /* returns the status */
} builtins[] = {
    {"cd", builtin_cd},     {"exit", builtin_exit},   {"pwd", builtin_pwd},
    {"true", builtin_true}, {"false", builtin_false},
};

static const struct builtin *find_builtin(const char *name)
{
    for (size_t i = 0; name && i < sizeof(builtins) / sizeof(builtins[0]); i++) {
        if (strcmp(builtins[i].name, name) == 0)
            return &builtins[i];
    }
    return NULL;
}

/* A child's life: its input and output, then the program. */
static _Noreturn void child_main(struct shell *shell, const struct command *command)
{
    if (shell->interactive)
        signal(SIGINT, SIG_DFL);
    if (redirect(shell, command) < 0)
        _exit(1);
    char **argv = expand_arguments(shell, command);
    const struct builtin *builtin = find_builtin(argv[0]);
    if (!argv[0])
        _exit(0);
    if (builtin)
        _exit(builtin->run(shell, argv));
    execvp(argv[0], argv);
    if (errno == ENOENT) {
        fprintf(stderr, "sh: %s: not found\n", argv[0]);
        _exit(127);
    }
    fprintf(stderr, "sh: %s: %s\n", argv[0], strerror(errno));
    _exit(126);
}

/* Starts a command whose input is the descriptor input, which it closes. With a next command, its
 * output goes into a pipe, whose other end becomes *input. Returns its pid, or -1 after a message.
 */
static pid_t start_command(struct shell *shell, const struct command *command, int *input)
{
    int fds[2] = {STDIN_FILENO, STDOUT_FILENO};
    if (command->next && pipe(fds) < 0) {
        perror("sh: pipe");
        return -1;
    }
    pid_t pid = fork();
    if (pid < 0)
        perror("sh: fork");
    if (pid == 0) {
        if (*input != STDIN_FILENO) {
            dup2(*input, STDIN_FILENO);
            close(*input);
        }
        if (command->next) {
            close(fds[0]);
            dup2(fds[1], STDOUT_FILENO);
            close(fds[1]);
        }
        child_main(shell, command);
    }
    if (*input != STDIN_FILENO)
        close(*input);
    *input = fds[0];
    if (command->next)
        close(fds[1]);
    return pid;
}

/* The status of a child as $? shows it. */
static int wait_status(const struct shell *shell, pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return 1;
    }
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    if (WTERMSIG(status) != SIGINT && WTERMSIG(status) != SIGPIPE)
        fprintf(stderr, "sh: process %d was ended by signal %d\n", pid, WTERMSIG(status));
    else if (shell->interactive)
        putchar('\n');
    return 128 + WTERMSIG(status);
}

/* Starts every command before it waits for any: they run at the same time. */
static int run_processes(struct shell *shell, const struct pipeline *pipeline)
{
    size_t started = 0;
    size_t count = 0;
    for (const struct command *command = pipeline->commands; command; command = command->next)
        count++;
    pid_t *pids = word_allocate(count * sizeof(*pids));

    int input = STDIN_FILENO;
    int status = 1;
    for (const struct command *command = pipeline->commands; command; command = command->next) {
        pids[started] = start_command(shell, command, &input);
        if (pids[started] < 0)
            break;
        started++;
    }
    if (input != STDIN_FILENO)
        close(input); /* only after a failure: the last command left none open */
    for (size_t i = 0; i < started; i++) {
        int ended = wait_status(shell, pids[i]);
        if (started == count)
            status = ended; /* the last one counts */
    }
    free(pids);
    return status;
}

static int run_pipeline(struct shell *shell, const struct pipeline *pipeline)
{
    const struct command *only = pipeline->commands;
    if (only->next || only->redirections)
        return run_processes(shell, pipeline);
    char **argv = expand_arguments(shell, only);
    const struct builtin *builtin = find_builtin(argv[0]);
    int status = builtin ? builtin->run(shell, argv) : run_processes(shell, pipeline);
    free_arguments(argv);
    return status;
}

void run_line(struct shell *shell, const struct pipeline *line)
{
    for (; line && !shell->finished; line = line->next) {
        bool succeeded = shell->status == 0;
        if (line->condition == ALWAYS || (line->condition == IF_SUCCEEDED) == succeeded)
            shell->status = run_pipeline(shell, line);
    }
}
