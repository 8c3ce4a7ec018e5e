/*
 * terminal.c: a screen on a terminal; see screen.h.
 *
 * The alternate screen keeps what was there before. Ctrl-C still makes a signal, for programs that
 * are measured meanwhile must get it, too; all other keys come as bytes. No handler of signals is
 * needed: they are read from a signalfd, before the alternate screen is entered.
 *
 * The guard is a process of its own, nobody's child, that reads from a pipe until the last writer
 * is gone. If the last word was that the screen was entered, the writer has died there, and the
 * guard puts the terminal back.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/err.h"
#include "view/paint.h"
#include "view/screen.h"

/* The alternate screen, no cursor; and back, with plain attributes and without the mouse. */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE MOUSE_OFF "\033[0m\033[?25h\033[?1049l"

/* xterm's: all movements (1003), in decimal numbers (1006). Off is sent in any case. */
#define MOUSE_ON       "\033[?1003h\033[?1006h"
#define MOUSE_OFF      "\033[?1006l\033[?1003l"

#define CTRL_Z         0x1a
#define ESCAPE_MS      40 /* a lone Escape is one when nothing follows for so long */
#define INPUT_SIZE     64
#define GUARD_FD       400 /* or the next */
#define SECONDS_TO_DIE 2   /* for a terminal that takes nothing more */

/* To the guard. */
#define WORD_ENTERED 'e'
#define WORD_LEFT    'l'

struct terminal {
    struct screen screen;
    struct termios before;
    struct grid shown;
    bool entered;  /* the alternate screen, with the first picture */
    bool mouse;    /* was asked for */
    bool is_shown; /* else all has to be painted */
    enum theme shown_theme;
    struct paint_style style;
    int width, height; /* what was told last */
    int signal_fd;     /* -1: until screen_listen() */
    int guard_fd;
    sigset_t old_mask;
    unsigned char input[INPUT_SIZE]; /* bytes that are no key yet */
    size_t used;
};

/* All of it, or nobody reads any more. */
static int put_all(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(STDOUT_FILENO, bytes, size);
        struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

        if (put < 0 && errno == EAGAIN && poll(&out, 1, SECONDS_TO_DIE * 1000) > 0)
            continue;
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

static void enter(struct terminal *terminal)
{
    struct termios raw = terminal->before;

    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= (tcflag_t) ~(IXON | ICRNL | INLCR);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* comes as a byte, so that the screen is left first */
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    put_all(ENTER, sizeof ENTER - 1);
    if (terminal->mouse)
        put_all(MOUSE_ON, sizeof MOUSE_ON - 1);
    terminal->is_shown = false;
}

static void leave(const struct terminal *terminal)
{
    put_all(LEAVE, sizeof LEAVE - 1);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
}

/* The guard has all signals blocked, and so ignores them, from its first moment on: a key that ends
 * programs may be pressed before it has done anything. */
static _Noreturn void stand_guard(const struct terminal *terminal, int fd)
{
    char word = WORD_LEFT;

    while (read(fd, &word, 1) == 1)
        continue;
    if (word == WORD_ENTERED)
        leave(terminal);
    _exit(0);
}

/* Only the terminal and the pipe stay open: nobody shall wait for our end of anything else. */
static int post_guard(struct terminal *terminal, struct err *err)
{
    sigset_t all, before;
    int fds[2], status;
    pid_t child;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return err_sys(err, errno, "cannot make a pipe");
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    child = fork();
    if (child == 0) {
        if (fork() == 0) {
            dup2(fds[0], STDERR_FILENO);
            close_range(STDERR_FILENO + 1, ~0U, 0);
            stand_guard(terminal, STDERR_FILENO);
        }
        _exit(0);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(fds[0]);
    /* Where it is in no emulated program's way, which has the same descriptors. */
    terminal->guard_fd = fcntl(fds[1], F_DUPFD_CLOEXEC, GUARD_FD);
    close(fds[1]);
    if (child < 0)
        return err_sys(err, errno, "cannot make the process that looks after the terminal (fork)");
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return 0;
}

/* It may have died, and then does nothing. */
static void tell_guard(const struct terminal *terminal, char word)
{
    void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);

    if (write(terminal->guard_fd, &word, 1) != 1) {
        /* See above. */
    }
    signal(SIGPIPE, on_pipe);
}

static void terminal_size(struct screen *screen, int *width, int *height)
{
    struct terminal *terminal = (struct terminal *)screen;
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        terminal->width = size.ws_col;
        terminal->height = size.ws_row;
    }
    *width = terminal->width;
    *height = terminal->height;
}

static int terminal_show(struct screen *screen, const struct grid *grid, struct err *err)
{
    struct terminal *terminal = (struct terminal *)screen;
    bool all = !terminal->is_shown || terminal->shown_theme != screen->theme;
    char *bytes = NULL;
    size_t size;
    FILE *file = open_memstream(&bytes, &size);
    int answer;

    if (file == NULL)
        err_die_oom();
    if (!terminal->entered) {
        tell_guard(terminal, WORD_ENTERED);
        enter(terminal);
        terminal->entered = true;
    }
    terminal->style.theme = screen->theme;
    paint(file, all ? NULL : &terminal->shown, grid, &terminal->style);
    fclose(file);
    answer = put_all(bytes, size);
    free(bytes);
    if (answer < 0)
        return err_sys(err, errno, "cannot write to the terminal");
    if (terminal->shown.width != grid->width || terminal->shown.height != grid->height)
        grid_resize(&terminal->shown, grid->width, grid->height);
    memcpy(terminal->shown.cells, grid->cells,
           (size_t)grid->width * (size_t)grid->height * sizeof *grid->cells);
    terminal->is_shown = true;
    terminal->shown_theme = screen->theme;
    return 0;
}

static void terminal_listen(struct screen *screen)
{
    struct terminal *terminal = (struct terminal *)screen;
    static const int wanted[] = {SIGWINCH, SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    sigset_t set;

    if (terminal->signal_fd >= 0)
        return;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        sigaddset(&set, wanted[i]);
    sigprocmask(SIG_BLOCK, &set, &terminal->old_mask);
    terminal->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (terminal->signal_fd < 0) /* then they shall end us */
        sigprocmask(SIG_SETMASK, &terminal->old_mask, NULL);
}

/* Ctrl-Z: the shell gets its own screen back, and we ours when it says so. */
static void suspend(struct terminal *terminal)
{
    leave(terminal);
    kill(0, SIGTSTP);
    enter(terminal);
}

/* Sequences that terminals send for keys (ECMA-48 and xterm's). */
static const struct {
    const char *bytes;
    uint32_t key;
} sequences[] = {
    {"\033[A", KEY_UP},         {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},       {"\033OA", KEY_UP},   {"\033OB", KEY_DOWN},
    {"\033OC", KEY_RIGHT},      {"\033OD", KEY_LEFT}, {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},        {"\033OH", KEY_HOME}, {"\033OF", KEY_END},
    {"\033[1~", KEY_HOME},      {"\033[4~", KEY_END}, {"\033[5~", KEY_PAGE_UP},
    {"\033[6~", KEY_PAGE_DOWN},
};

/*
 * "\033[<0;10;5M": a button's number, the column and the line from 1; 'm' instead of 'M' says that
 * it was let go (xterm, "Extended coordinates"). False: it is none, or of a button without meaning.
 */
static bool take_mouse(const unsigned char *input, size_t size, struct screen_event *event)
{
    static const struct {
        int code;
        enum mouse_kind kind;
    } kinds[] = {{0, MOUSE_PRESS},
                 {32, MOUSE_DRAG},
                 {35, MOUSE_HOVER},
                 {64, MOUSE_WHEEL_UP},
                 {65, MOUSE_WHEEL_DOWN}};
    char text[INPUT_SIZE + 1], end;
    int code, x, y;

    memcpy(text, input, size);
    text[size] = '\0';
    if (sscanf(text, "\033[<%5d;%5d;%5d%c", &code, &x, &y, &end) != 4 || (end != 'M' && end != 'm'))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].code != code)
            continue;
        *event = (struct screen_event){
            .kind = SCREEN_MOUSE,
            .mouse = {end == 'm' ? MOUSE_RELEASE : kinds[i].kind, x - 1, y - 1},
        };
        return true;
    }
    return false;
}

/* How many bytes a sequence has that nobody knows: up to its final byte. */
static size_t unknown_size(const unsigned char *input, size_t used)
{
    size_t size = 2;

    if (input[1] != '[' && input[1] != 'O')
        return 1;
    while (size < used && (input[size] < 0x40 || input[size] > 0x7e))
        size++;
    return size < used ? size + 1 : used;
}

/* An Escape that may be the beginning of a sequence. */
static bool is_partial(const struct terminal *terminal)
{
    const unsigned char *input = terminal->input;

    if (terminal->used == 0 || input[0] != KEY_ESCAPE || terminal->used == sizeof terminal->input)
        return false;
    if (terminal->used == 1)
        return true;
    if (input[1] != '[' && input[1] != 'O')
        return false;
    for (size_t i = 2; i < terminal->used; i++) {
        if (input[i] >= 0x40 && input[i] <= 0x7e)
            return false;
    }
    return true;
}

/* Takes a key off the input; one that nobody knows is no event. False: there is none. */
static bool take_key(struct terminal *terminal, struct screen_event *event)
{
    size_t size = 1;

    if (terminal->used == 0)
        return false;
    event->kind = SCREEN_KEY;
    event->key = terminal->input[0];
    if (event->key == KEY_ESCAPE && terminal->used > 1) {
        size = unknown_size(terminal->input, terminal->used);
        if (size > 1 && !take_mouse(terminal->input, size, event))
            event->kind = SCREEN_NONE;
        for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
            if (strlen(sequences[i].bytes) == size &&
                memcmp(sequences[i].bytes, terminal->input, size) == 0)
                *event = (struct screen_event){.kind = SCREEN_KEY, .key = sequences[i].key};
        }
    } else if (event->key >= 0x80) {
        event->kind = SCREEN_NONE; /* no key of ours */
    }
    terminal->used -= size;
    memmove(terminal->input, terminal->input + size, terminal->used);
    if (event->kind == SCREEN_KEY && event->key == CTRL_Z) {
        suspend(terminal);
        event->kind = SCREEN_CHANGED;
    }
    return true;
}

/* False: the terminal is gone. */
static bool fill(struct terminal *terminal)
{
    ssize_t got = read(STDIN_FILENO, terminal->input + terminal->used,
                       sizeof terminal->input - terminal->used);

    if (got > 0)
        terminal->used += (size_t)got;
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

static void take_signal(struct terminal *terminal, struct screen_event *event)
{
    struct signalfd_siginfo info;

    while (event->kind != SCREEN_END &&
           read(terminal->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGWINCH)
            *event = (struct screen_event){.kind = SCREEN_CHANGED};
        else
            *event = (struct screen_event){.kind = SCREEN_END, .signal = (int)info.ssi_signo};
    }
}

static void terminal_wait(struct screen *screen, double seconds, struct screen_event *event)
{
    struct terminal *terminal = (struct terminal *)screen;
    int milliseconds = seconds < 0 ? -1 : (int)(seconds * 1000 + 0.5);

    for (;;) {
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = terminal->signal_fd, .events = POLLIN}};
        bool partial = is_partial(terminal);
        int ready;

        if (!partial && take_key(terminal, event)) {
            if (event->kind == SCREEN_NONE)
                continue; /* nobody knows it: the time is not up */
            return;
        }
        ready = poll(fds, 2, partial ? ESCAPE_MS : milliseconds);
        if (ready == 0 && !partial)
            return;
        if (ready == 0)
            take_key(terminal, event);
        if (fds[1].revents != 0)
            take_signal(terminal, event);
        if (event->kind != SCREEN_NONE)
            return;
        if (fds[0].revents != 0 && !fill(terminal)) {
            *event = (struct screen_event){.kind = SCREEN_END, .signal = SIGHUP};
            return;
        }
    }
}

static void terminal_mouse(struct screen *screen)
{
    struct terminal *terminal = (struct terminal *)screen;

    terminal->mouse = true;
    if (terminal->entered)
        put_all(MOUSE_ON, sizeof MOUSE_ON - 1);
}

static void terminal_free(struct screen *screen)
{
    struct terminal *terminal = (struct terminal *)screen;

    if (terminal->entered) {
        leave(terminal);
        tell_guard(terminal, WORD_LEFT);
    }
    close(terminal->guard_fd);
    if (terminal->signal_fd >= 0) {
        close(terminal->signal_fd);
        sigprocmask(SIG_SETMASK, &terminal->old_mask, NULL);
    }
    grid_fini(&terminal->shown);
    free(terminal);
}

static enum paint_colours colours_of_terminal(void)
{
    const char *no = getenv("NO_COLOR"), *true_colours = getenv("COLORTERM");

    if (no != NULL && no[0] != '\0')
        return PAINT_NONE;
    if (true_colours != NULL &&
        (strcmp(true_colours, "truecolor") == 0 || strcmp(true_colours, "24bit") == 0))
        return PAINT_TRUE;
    return PAINT_256;
}

struct screen *screen_terminal(enum theme theme, struct err *err)
{
    static const struct screen_ops ops = {
        .size = terminal_size,
        .listen = terminal_listen,
        .show = terminal_show,
        .wait = terminal_wait,
        .mouse = terminal_mouse,
        .free = terminal_free,
    };
    const char *name = getenv("TERM");
    struct terminal *terminal;

    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1 || name == NULL ||
        strcmp(name, "dumb") == 0) {
        err_set(err, "standard input and output are no terminal with a cursor that can be moved");
        return NULL;
    }
    terminal = calloc(1, sizeof *terminal);
    if (terminal == NULL)
        err_die_oom();
    *terminal = (struct terminal){
        .screen = {.ops = &ops, .theme = theme},
        .style = {.colours = colours_of_terminal(), .ascii = !screen_takes_utf8()},
        .width = 80,
        .height = 24,
        .signal_fd = -1,
        .guard_fd = -1,
    };
    if (tcgetattr(STDIN_FILENO, &terminal->before) < 0) {
        err_sys(err, errno, "cannot read the terminal's settings");
        free(terminal);
        return NULL;
    }
    if (post_guard(terminal, err) < 0) {
        free(terminal);
        return NULL;
    }
    grid_init(&terminal->shown, 1, 1);
    return &terminal->screen;
}
