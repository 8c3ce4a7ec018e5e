/* ps: the processes, as /proc shows them.
 *
 * /proc/N/stat is one line of fields: pid, (command), state, parent's pid, ... The command may
 * itself contain spaces and parentheses, so it ends at the last parenthesis of the line.
 */
#include "guest/bin/options.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process {
    int pid;
    int parent;
    char state;
    char command[64];
};

struct processes {
    struct process *list;
    size_t count;
    size_t room;
};

/* Reads a small file as text. Returns its length, or -1 with errno. */
static ssize_t read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, size - 1);
    int error = errno;
    close(fd);
    errno = error;
    if (length >= 0)
        text[length] = '\0';
    return length;
}

/* Reads what is needed from the line of /proc/N/stat. Returns 0, or -1 if it is not such a line. */
static int parse_stat(const char *line, struct process *process)
{
    const char *open = strchr(line, '(');
    const char *close = strrchr(line, ')');
    if (!open || !close || close < open || close[1] != ' ' || !close[2] || close[3] != ' ')
        return -1;
    process->pid = atoi(line);
    process->state = close[2];
    process->parent = atoi(close + 4);
    snprintf(process->command, sizeof(process->command), "%.*s", (int)(close - open - 1), open + 1);
    return 0;
}

/* Adds the process of a folder in /proc. One that ended since its name was read is no error. */
static void add_process(struct processes *all, const char *name)
{
    char path[32];
    char line[512];
    if (snprintf(path, sizeof(path), "/proc/%s/stat", name) >= (int)sizeof(path))
        return;
    if (all->count == all->room) {
        all->room = all->room ? all->room * 2 : 64;
        all->list = realloc(all->list, all->room * sizeof(*all->list));
        if (!all->list) {
            perror("ps");
            exit(1);
        }
    }
    if (read_text(path, line, sizeof(line)) > 0 && parse_stat(line, &all->list[all->count]) == 0)
        all->count++;
}

static int compare_pids(const void *left, const void *right)
{
    const struct process *a = left;
    const struct process *b = right;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

int main(int argc, char **argv)
{
    struct processes all = {0};
    const struct program program = {
        .name = "ps",
        .operands = "",
        .summary = "List the processes: number, parent's number, state and command.",
        .notes = "States: R runs or could, S and D sleep, T is stopped, Z has ended.",
    };
    int operand = options_parse(&program, argc, argv);
    if (operand < argc)
        options_fail(&program, "unexpected argument", argv[operand]);

    DIR *proc = opendir("/proc");
    if (!proc) {
        fprintf(stderr, "ps: /proc: %s\n", strerror(errno));
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(proc));) {
        if (isdigit((unsigned char)entry->d_name[0]))
            add_process(&all, entry->d_name);
    }
    closedir(proc);
    if (all.count == 0) {
        fprintf(stderr, "ps: /proc shows no processes; is it mounted?\n");
        return 1;
    }

    qsort(all.list, all.count, sizeof(*all.list), compare_pids);
    printf("%7s %7s S COMMAND\n", "PID", "PPID");
    for (size_t i = 0; i < all.count; i++) {
        const struct process *process = &all.list[i];
        printf("%7d %7d %c %s\n", process->pid, process->parent, process->state, process->command);
    }
    free(all.list);
    return 0;
}
