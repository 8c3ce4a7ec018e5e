/* The terminal: echo, lines and their editing, Ctrl-C, end of input.
 *
 * Characters that have come stand in a ring. In canonical mode a program gets whole lines only, and
 * the line at the end can still be edited:
 *
 *      ls -l\n cat fi               "cat fi" is being typed
 *     ^       ^      ^
 *     read    ready  end            each counts on for ever; % RING gives the place
 *
 * Ctrl-D ends the line without a character of its own: it stands in the ring as END_OF_INPUT and is
 * taken out by the read that comes upon it. A read that finds nothing else before it gets 0 bytes.
 *
 * Output is sent as it is: whoever is at the other end turns "\n" into what its screen needs.
 * There are no sessions and process groups: Ctrl-C is for every process that does not ignore
 * SIGINT.
 */
#include "guest/kernel/tty.h"

#include "guest/kernel/boot.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/console.h"
#include "guest/kernel/process.h"
#include "guest/kernel/sched.h"
#include "guest/kernel/space.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/wait.h"

#include <errno.h>
#include <machine/cpu.h>
#include <signal.h>
#include <string.h>

enum {
    RING = 4096,
    CONTROL_C = 3,
    CONTROL_D = 4,
    BACKSPACE = 8,
    CONTROL_U = 21,
    CONTROL_BACKSLASH = 28,
    DELETE = 127,
    END_OF_INPUT = CONTROL_D,
    POLL_NS = 10 * 1000 * 1000,
};

/* ioctl requests and struct termios.
 * Source: Linux, include/uapi/asm-generic/ioctls.h and termbits.h. */
enum { TCGETS = 0x5401, TCSETS = 0x5402, TCSETSW = 0x5403, TCSETSF = 0x5404, TIOCGWINSZ = 0x5413 };
enum { ICRNL = 0x100 };                              /* input */
enum { CS8 = 0x30, CREAD = 0x80, BAUD_38400 = 0xf }; /* control */
enum { ISIG = 1, ICANON = 2, ECHO = 8, ECHOE = 16 }; /* local */
enum { VINTR = 0, VQUIT = 1, VERASE = 2, VKILL = 3, VEOF = 4, VMIN = 6, CONTROLS = 19 };

struct termios {
    uint32_t input;
    uint32_t output;
    uint32_t control;
    uint32_t local;
    uint8_t line;
    uint8_t controls[CONTROLS];
};

_Static_assert(sizeof(struct termios) == 36, "the size that Linux's programs expect");

static struct {
    struct spinlock lock;
    const struct console_driver *driver; /* constant after tty_boot() */
    bool off;                            /* constant after tty_boot(): not a terminal */
    /* All that follows: lock. */
    struct termios settings;
    struct wait_queue readers;
    bool ended; /* no more will come */
    uint64_t read;
    uint64_t ready;
    uint64_t end;
    char ring[RING];
} tty = {
    .lock = SPINLOCK_INIT("tty"),
    .settings =
        {
            .input = ICRNL,
            .control = CS8 | CREAD | BAUD_38400,
            .local = ISIG | ICANON | ECHO | ECHOE,
            .controls = {[VINTR] = CONTROL_C,
                         [VQUIT] = CONTROL_BACKSLASH,
                         [VERASE] = DELETE,
                         [VKILL] = CONTROL_U,
                         [VEOF] = CONTROL_D,
                         [VMIN] = 1},
        },
};

static bool is_set(uint32_t local)
{
    return tty.settings.local & local;
}

static void send(const char *text)
{
    tty.driver->write(text, strlen(text));
}

static void echo(char c)
{
    if (is_set(ECHO))
        tty.driver->write(&c, 1);
}

/* Takes the last character of the line back. Returns false if there is none. */
static bool erase(void)
{
    if (tty.end == tty.ready)
        return false;
    tty.end--;
    if (is_set(ECHO))
        send("\b \b");
    return true;
}

static void put(char c)
{
    tty.ring[tty.end++ % RING] = c;
}

/* What has been typed may be read. */
static void release(void)
{
    tty.ready = tty.end;
    wait_wake(&tty.readers);
}

/* Ctrl-C and its like: what was typed is forgotten. */
static void interrupt(int number, const char *shown)
{
    tty.read = tty.ready = tty.end;
    if (is_set(ECHO))
        send(shown);
    signal_send_all(number);
}

/* A character in canonical mode. */
static void edit(char c)
{
    switch (c) {
    case BACKSPACE:
    case DELETE: erase(); break;
    case CONTROL_U:
        while (erase())
            continue;
        break;
    case CONTROL_D:
        put(END_OF_INPUT);
        release();
        break;
    case '\n':
        echo(c);
        put(c);
        release();
        break;
    default:
        /* Room is kept for the character that ends the line. */
        if (tty.end - tty.ready < RING - 1) {
            echo(c);
            put(c);
        }
        break;
    }
}

bool tty_has_room(void)
{
    spin_lock(&tty.lock);
    uint64_t used = tty.end - tty.read;
    /* While nothing can be read, the line that is too long must still find its end. */
    bool room = used < RING - 1 || (used < RING && tty.ready == tty.read);
    spin_unlock(&tty.lock);
    return room;
}

void tty_input(char c)
{
    spin_lock(&tty.lock);
    if (c == '\r' && tty.settings.input & ICRNL)
        c = '\n';
    if (is_set(ISIG) && c == CONTROL_C) {
        interrupt(SIGINT, "^C");
    } else if (is_set(ISIG) && c == CONTROL_BACKSLASH) {
        interrupt(SIGQUIT, "^\\");
    } else if (is_set(ICANON)) {
        edit(c);
    } else {
        echo(c);
        put(c);
        release();
    }
    spin_unlock(&tty.lock);
}

void tty_end(void)
{
    spin_lock(&tty.lock);
    tty.ended = true;
    release();
    spin_unlock(&tty.lock);
}

/* Takes out what a read gets: in canonical mode up to the end of a line. Returns how many bytes or
 * -EFAULT. */
static int64_t take(struct space *space, uint64_t buffer, size_t size)
{
    size_t done = 0;
    bool ended = false;
    while (!ended && tty.read < tty.ready) {
        char c = tty.ring[tty.read % RING];
        bool end_of_input = is_set(ICANON) && c == END_OF_INPUT;
        if (!end_of_input) {
            if (done == size)
                break;
            if (copy_to_user(space, buffer + done, &c, 1) < 0)
                return done > 0 ? (int64_t)done : -EFAULT;
            done++;
        }
        tty.read++;
        ended = end_of_input || (is_set(ICANON) && c == '\n');
    }
    return (int64_t)done;
}

/* Waits for input from a driver that does not interrupt. Returns 0 or -EINTR. */
static int64_t poll_later(void)
{
    spin_unlock(&tty.lock);
    sched_lock();
    int64_t error = sched_sleep_until(clock_ticks() + clock_ticks_of(POLL_NS));
    sched_unlock();
    spin_lock(&tty.lock);
    return error;
}

/* Lets the driver hand over what it could not before. */
static void poll_driver(void)
{
    spin_unlock(&tty.lock);
    tty.driver->poll();
    spin_lock(&tty.lock);
}

static int64_t tty_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    int64_t result = 0;
    (void)file;
    if (size == 0)
        return 0;
    spin_lock(&tty.lock);
    poll_driver();
    while (tty.read == tty.ready && !tty.ended && !result) {
        if (!tty.driver->silent) {
            result = wait_sleep(&tty.readers, &tty.lock);
        } else {
            result = poll_later();
            poll_driver();
        }
    }
    if (!result)
        result = take(space, buffer, size);
    spin_unlock(&tty.lock);
    return result;
}

static int64_t tty_write(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    char text[128];
    (void)file;
    for (size_t done = 0; done < size;) {
        size_t count = size - done < sizeof(text) ? size - done : sizeof(text);
        if (copy_from_user(space, text, buffer + done, count) < 0)
            return done > 0 ? (int64_t)done : -EFAULT;
        tty.driver->write(text, count);
        done += count;
        if (done < size && signal_is_pending())
            return (int64_t)done;
    }
    return (int64_t)size;
}

/* Sets how characters are treated. What was typed before stays readable in any mode. */
static int64_t set_termios(struct space *space, uint64_t argument, bool flush)
{
    struct termios settings;
    if (copy_from_user(space, &settings, argument, sizeof(settings)) < 0)
        return -EFAULT;
    spin_lock(&tty.lock);
    tty.settings = settings;
    if (flush)
        tty.read = tty.ready = tty.end;
    else if (!is_set(ICANON))
        release();
    spin_unlock(&tty.lock);
    return 0;
}

static int64_t tty_control(struct file *file, uint64_t request, struct space *space,
                           uint64_t argument)
{
    struct termios settings;
    const uint16_t no_size[4] = {0}; /* rows, columns, and both in pixels: not known */
    (void)file;
    if (tty.off)
        return -ENOTTY;
    switch (request) {
    case TCGETS:
        spin_lock(&tty.lock);
        settings = tty.settings;
        spin_unlock(&tty.lock);
        return copy_to_user(space, argument, &settings, sizeof(settings));
    case TCSETS:
    case TCSETSW: return set_termios(space, argument, false);
    case TCSETSF: return set_termios(space, argument, true);
    case TIOCGWINSZ: return copy_to_user(space, argument, no_size, sizeof(no_size));
    default: return -ENOTTY;
    }
}

static const struct file_operations tty_file = {
    .read = tty_read,
    .write = tty_write,
    .status = inode_file_status,
    .control = tty_control,
    .close = inode_file_close,
};

const struct inode_operations tty_operations = {.file = &tty_file};

void tty_boot(const struct console_driver *driver)
{
    const char *word = boot_word("tty=");
    tty.driver = driver;
    tty.off = word && strcmp(word, "off") == 0;
    if (tty.off)
        tty.settings.input = tty.settings.local = 0;
}
