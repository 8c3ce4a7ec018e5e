/* fork: the sum of all integers of a range, by as many processes as possible.
 *
 * A process that has more than one integer to add halves its range and forks two children, one for
 * each half. Each child does the same with its half, and sends its answer to its parent through a
 * pipe of its own:
 *
 *                  1..4
 *                /      \                Cutting N integers apart takes N - 1 halvings, each of two
 *            1..2        3..4            forks: 2(N - 1) forks, whatever the range. A process waits
 *           /    \      /    \           for its children, so the whole tree is alive at once.
 *         1..1  2..2  3..3  4..4
 *
 * The work is nothing, the processes are everything: this measures fork, pipe, exit and wait.
 */
#include "guest/bin/measure.h"
#include "guest/bin/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What failed first in a part of the tree. */
enum failure {
    FAILURE_NONE,
    FAILURE_PIPE,
    FAILURE_FORK,
    FAILURE_CHILD, /* a child ended before it had answered */
};

/* What a child tells its parent. Both ends of the pipe are this program, so it is sent as it lies
 * in memory. */
struct answer {
    int64_t sum;
    uint64_t forks;
    int32_t failure; /* enum failure; the numbers above are then incomplete */
    int32_t error;   /* errno of the call that failed */
};

struct child {
    pid_t pid;
    int pipe; /* the end to read the answer from */
    enum failure failure;
    int error;
};

static struct answer sum_range(int64_t first, int64_t last);

/* Sends the answer and ends this process. */
static _Noreturn void child_answer(int fd, const struct answer *answer)
{
    //@lab 1.1 send the answer, all of it
    const char *data = (const char *)answer;
    size_t sent = 0;
    while (sent < sizeof(*answer)) {
        ssize_t count = write(fd, data + sent, sizeof(*answer) - sent);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            _exit(1);
        sent += (size_t)count;
    }
    _exit(0);
    //| (void)fd;
    //| (void)answer;
    //| lab_todo("1.1");
    //@end
}

/* Starts a child on a range. It inherits the ends of pipes that its parent reads from, its own and
 * its sibling's, and has no use for them; they close as it ends, soon, without two system calls
 * more. */
static struct child child_start(int64_t first, int64_t last)
{
    //@lab 1.2 start a child: a pipe, a process, and which ends of the pipe who keeps
    int fds[2];
    if (pipe(fds) < 0)
        return (struct child){.pipe = -1, .failure = FAILURE_PIPE, .error = errno};

    pid_t pid = fork();
    if (pid < 0) {
        int error = errno;
        close(fds[0]);
        close(fds[1]);
        return (struct child){.pipe = -1, .failure = FAILURE_FORK, .error = error};
    }
    if (pid == 0) {
        struct answer answer = sum_range(first, last);
        child_answer(fds[1], &answer);
    }
    /* While the parent held the end for writing, it would never see the end of the pipe. */
    close(fds[1]);
    return (struct child){.pid = pid, .pipe = fds[0]};
    //| /* What fails is told by .failure and .error (errno); .pipe is then -1. The child calls
    //|  * sum_range(), and child_answer(), which does not return. */
    //| (void)first;
    //| (void)last;
    //| (void)sum_range;
    //| (void)child_answer;
    //| lab_todo("1.2");
    //@end
}

/* Reads a child's answer and waits for its end. A child that never started answers with why. */
static struct answer child_collect(const struct child *child)
{
    if (child->failure)
        return (struct answer){.failure = (int32_t)child->failure, .error = child->error};

    //@lab 1.3 read a child's answer, and wait for its end
    struct answer answer;
    char *data = (char *)&answer;
    size_t received = 0;
    ssize_t count = 1;
    while (received < sizeof(answer) && count > 0) {
        count = read(child->pipe, data + received, sizeof(answer) - received);
        if (count > 0)
            received += (size_t)count;
        else if (count < 0 && errno == EINTR)
            count = 1;
    }
    close(child->pipe);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (received < sizeof(answer))
        return (struct answer){.forks = 1, .failure = FAILURE_CHILD};
    answer.forks++; /* the child itself */
    return answer;
    //| /* A child that ended before it had answered: FAILURE_CHILD. One that answered counts itself. */
    //| (void)child;
    //| lab_todo("1.3");
    //@end
}

static struct answer answer_join(struct answer left, struct answer right)
{
    const struct answer *failed = left.failure ? &left : &right;
    return (struct answer){
        .sum = left.sum + right.sum,
        .forks = left.forks + right.forks,
        .failure = failed->failure,
        .error = failed->error,
    };
}

static struct answer sum_range(int64_t first, int64_t last)
{
    //@lab 1.4 halve the range, and have each half added by a child
    if (first == last)
        return (struct answer){.sum = first};

    int64_t middle = first + (last - first) / 2;
    struct child left = child_start(first, middle);
    if (left.failure)
        return child_collect(&left);
    struct child right = child_start(middle + 1, last);

    /* Collected even if the other one failed: no child is left behind, none waits for a reader. */
    struct answer of_left = child_collect(&left);
    return answer_join(of_left, child_collect(&right));
    //| (void)first;
    //| (void)last;
    //| (void)child_start;
    //| (void)child_collect;
    //| (void)answer_join;
    //| lab_todo("1.4");
    //@end
}

static int report_failure(const struct answer *answer)
{
    switch ((enum failure)answer->failure) {
    case FAILURE_PIPE:
        fprintf(stderr, "fork: cannot make a pipe: %s\n", strerror(answer->error));
        break;
    case FAILURE_FORK:
        fprintf(stderr, "fork: cannot make a process: %s\n", strerror(answer->error));
        break;
    case FAILURE_CHILD:
        fprintf(stderr, "fork: a child process ended before it had answered\n");
        break;
    case FAILURE_NONE: return 0;
    }
    fprintf(stderr,
            "fork: stopped after %" PRIu64 " forks; a smaller range, or a higher limit of "
            "processes (ulimit -u) or of memory, may help\n",
            answer->forks);
    return 1;
}

/* Reads START or END. They fit in 32 bits, so that no sum can overflow 64. */
static int64_t parse_bound(const struct program *program, const char *text)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < INT32_MIN || value > INT32_MAX)
        options_fail(program, "not an integer of 32 bits", text);
    return value;
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "fork",
        .operands = "START END",
        .summary = "Add the integers START..END with two child processes for each half of a range.",
        .notes = "A range of N integers takes 2(N - 1) forks, and 2N - 1 processes live at once.",
    };
    int operand = options_parse(&program, argc, argv);
    if (argc - operand != 2)
        options_fail(&program, "expected", "START END");
    int64_t first = parse_bound(&program, argv[operand]);
    int64_t last = parse_bound(&program, argv[operand + 1]);
    if (first > last)
        options_fail(&program, "START is greater than END", argv[operand]);

    uint64_t start = measure_now();
    struct answer answer = sum_range(first, last);
    uint64_t elapsed = measure_now() - start;
    if (report_failure(&answer))
        return 1;

    uint64_t rate = measure_rate(answer.forks, elapsed);
    printf("Sum: %" PRId64 "\n", answer.sum);
    printf("Forks: %" PRIu64 "\n", answer.forks);
    printf("Total time: %" PRIu64 ".%06" PRIu64 "s\n", elapsed / NS_PER_SECOND,
           elapsed % NS_PER_SECOND / 1000);
    printf("Forks per second: %" PRIu64 ".%02" PRIu64 "\n", rate / 100, rate % 100);
    return 0;
}
