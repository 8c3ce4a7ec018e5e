/* execve: another program in the same process.
 *
 * The new address space is built beside the old one, with the arguments copied from one to the
 * other. Only when nothing can fail any more does it take the old one's place. Its stack, from the
 * top down:
 *
 *   USER_SHARED  0 (8 bytes)
 *                the texts: arguments, environment, the path
 *                16 random bytes
 *                auxiliary vector, ended by AT_NULL
 *                envp[0] .. NULL
 *                argv[0] .. NULL
 *   sp           argc                                      (sp is a multiple of 16)
 *                free: as many bytes as the program file's PT_GNU_STACK header asks for, which is
 *                where the linker's -z stack-size=N puts them; or STACK_DEFAULT
 *
 * All of the stack is promised here (space.h), or exec is refused: with ENOMEM, too, if the file
 * asks for more than STACK_LIMIT.
 */
#include "guest/kernel/arch.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/load.h"
#include "guest/kernel/page.h"
#include "guest/kernel/process_new.h"
#include "guest/kernel/random.h"
#include "guest/kernel/sched.h"
#include "guest/lib/shared_page.h"

#include <machine/paging.h>

#include <errno.h>
#include <string.h>

enum {
    ARGUMENTS_MAX = 128 << 10, /* bytes of the texts and pointers of argv; and again of envp */
    PATH_SIZE = 1024,
    STACK_DEFAULT = 1 << 20, /* bytes, for a program that does not say how many it wants */
    GAP_LEAST = 256 << 10,   /* bytes below the largest stack in which nothing is mapped unasked */
    RANDOM_BYTES = 16,
    TICKS_PER_SECOND_AS_TOLD = 100, /* the unit of times in /proc/N/stat */
};

/* Types of the auxiliary vector. Source: Linux, include/uapi/linux/auxvec.h. */
enum {
    AT_NULL = 0,
    AT_PHDR = 3,
    AT_PHENT = 4,
    AT_PHNUM = 5,
    AT_PAGESZ = 6,
    AT_BASE = 7,
    AT_FLAGS = 8,
    AT_ENTRY = 9,
    AT_UID = 11,
    AT_EUID = 12,
    AT_GID = 13,
    AT_EGID = 14,
    AT_HWCAP = 16,
    AT_CLKTCK = 17,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_EXECFN = 31,
};

enum { AUX_MAX = 20, PHENT_SIZE = 56 };

/* A pair of the auxiliary vector. */
struct aux {
    uint64_t type;
    uint64_t value;
};

/* A vector of texts somewhere: argv or envp. */
struct texts {
    struct space *space; /* NULL: kernel memory */
    uint64_t vector;     /* address of the pointers; 0 counts as empty */
    uint64_t count;
    uint64_t bytes; /* of all texts, with their NULs */
};

/* Where the next word or text goes in the new space. Its memory is there: writing does not fail. */
struct writer {
    struct space *space;
    uint64_t words;
    uint64_t texts;
    uint64_t texts_end; /* there is room for the texts up to here */
};

/* Everything about one exec. It takes a page of its own. */
struct exec {
    struct space space; /* the new one; after the switch, the old one */
    struct image image;
    struct texts argv;
    struct texts envp;
    struct aux aux[AUX_MAX]; /* ended by AT_NULL, which counts */
    uint64_t aux_count;
    char path[PATH_SIZE];
};

_Static_assert(STACK_LIMIT + 2 * ARGUMENTS_MAX + 2 * PAGE_SIZE + GAP_LEAST <= STACK_ROOM,
               "the largest stack with the largest arguments, path and vectors");
_Static_assert(sizeof(struct exec) <= PAGE_SIZE, "an exec in progress is one page");

/* The address of text number i; 0 behind the last one. */
static int text_address(const struct texts *texts, uint64_t i, uint64_t *address)
{
    *address = 0;
    if (texts->vector == 0)
        return 0;
    return copy_from_user(texts->space, address, texts->vector + i * sizeof(*address),
                          sizeof(*address));
}

/* Counts the texts. Returns 0, -EFAULT or -E2BIG. */
static int texts_measure(struct texts *texts)
{
    for (;; texts->count++) {
        uint64_t address;
        if (text_address(texts, texts->count, &address) < 0)
            return -EFAULT;
        if (address == 0)
            return 0;
        uint64_t used = texts->bytes + (texts->count + 1) * sizeof(uint64_t);
        if (used >= ARGUMENTS_MAX)
            return -E2BIG;
        int64_t length = text_length_user(texts->space, address, ARGUMENTS_MAX - used);
        if (length < 0)
            return length == -ENAMETOOLONG ? -E2BIG : -EFAULT;
        texts->bytes += (uint64_t)length + 1;
    }
}

static void put_word(struct writer *writer, uint64_t word)
{
    require(copy_to_user(writer->space, writer->words, &word, sizeof(word)) == 0);
    writer->words += sizeof(word);
}

/* Copies the texts and writes the pointers to them. They were measured before, but in memory shared
 * with other processes they may be others by now: then they go where there is room for those that
 * were measured, or it is -EFAULT. */
static int put_texts(struct writer *writer, const struct texts *texts)
{
    for (uint64_t i = 0; i < texts->count; i++) {
        uint64_t from;
        if (text_address(texts, i, &from) < 0)
            return -EFAULT;
        uint64_t room = writer->texts_end - writer->texts;
        int64_t length = text_length_user(texts->space, from, room);
        if (length < 0)
            return -EFAULT;
        size_t size = (size_t)length + 1;
        if (copy_between(writer->space, writer->texts, texts->space, from, size) < 0)
            return -EFAULT;
        put_word(writer, writer->texts);
        writer->texts += size;
    }
    put_word(writer, 0);
    return 0;
}

static void add_aux(struct exec *exec, uint64_t type, uint64_t value)
{
    require(exec->aux_count < AUX_MAX);
    exec->aux[exec->aux_count++] = (struct aux){type, value};
}

/* What the program is told, where its texts and random bytes will be. */
static void make_auxiliary(struct exec *exec, uint64_t random, uint64_t path)
{
    add_aux(exec, AT_HWCAP, arch_hwcap());
    add_aux(exec, AT_PAGESZ, PAGE_SIZE);
    add_aux(exec, AT_CLKTCK, TICKS_PER_SECOND_AS_TOLD);
    add_aux(exec, AT_PHDR, exec->image.headers);
    add_aux(exec, AT_PHENT, PHENT_SIZE);
    add_aux(exec, AT_PHNUM, exec->image.header_count);
    add_aux(exec, AT_BASE, 0);
    add_aux(exec, AT_FLAGS, 0);
    add_aux(exec, AT_ENTRY, exec->image.entry);
    add_aux(exec, AT_UID, 0);
    add_aux(exec, AT_EUID, 0);
    add_aux(exec, AT_GID, 0);
    add_aux(exec, AT_EGID, 0);
    add_aux(exec, AT_SECURE, 0);
    add_aux(exec, AT_RANDOM, random);
    add_aux(exec, AT_EXECFN, path);
    add_aux(exec, AT_TRIVIUM_SHARED_PAGE, USER_SHARED);
    if (arch_system_entry(USER_SHARED))
        add_aux(exec, AT_SYSINFO, arch_system_entry(USER_SHARED));
    add_aux(exec, AT_NULL, 0);
}

/* Makes the stack. Returns 0 and where sp starts, or -errno. */
static int build_stack(struct exec *exec, uint64_t *sp)
{
    struct texts *argv = &exec->argv;
    struct texts *envp = &exec->envp;
    size_t path_size = strlen(exec->path) + 1;
    int result = texts_measure(argv);
    if (result == 0)
        result = texts_measure(envp);
    if (result < 0)
        return result;

    uint64_t texts = USER_SHARED - sizeof(uint64_t) - (argv->bytes + envp->bytes + path_size);
    uint64_t random = (texts & ~(uint64_t)15) - RANDOM_BYTES;
    const uint64_t path = texts + argv->bytes + envp->bytes;
    make_auxiliary(exec, random, path);
    uint64_t words = 1 + argv->count + 1 + envp->count + 1 + 2 * exec->aux_count;
    *sp = (random - words * sizeof(uint64_t)) & ~(uint64_t)15;
    uint64_t wanted = exec->image.stack_size ? exec->image.stack_size : STACK_DEFAULT;
    if (wanted > STACK_LIMIT)
        return -ENOMEM;
    const struct area stack = {
        .start = page_down(*sp - wanted),
        .end = USER_SHARED,
        .flags = AREA_READ | AREA_WRITE,
    };
    result = space_map(&exec->space, &stack);
    if (result == 0)
        result = space_map_page(&exec->space, USER_SHARED, clock_shared_page());
    if (result < 0)
        return result == -EINVAL ? -ENOEXEC : result;

    struct writer writer = {&exec->space, *sp, texts, path};
    put_word(&writer, argv->count);
    if (put_texts(&writer, argv) < 0 || put_texts(&writer, envp) < 0)
        return -EFAULT;
    uint64_t seed[2] = {random_next(), random_next()};
    require(copy_to_user(&exec->space, random, seed, sizeof(seed)) == 0);
    require(copy_to_user(&exec->space, path, exec->path, path_size) == 0);
    require(copy_to_user(&exec->space, writer.words, exec->aux,
                         exec->aux_count * sizeof(exec->aux[0])) == 0);
    return 0;
}

/* Takes the old space's place. From here on nothing fails. */
static void take_over(struct exec *exec, uint64_t sp)
{
    struct process *self = process_current();
    const char *slash = strrchr(exec->path, '/');
    const char *name = slash ? slash + 1 : exec->path;
    size_t length = strlen(name);
    if (length >= PROCESS_NAME_SIZE)
        length = PROCESS_NAME_SIZE - 1;

    space_swap(&self->space, &exec->space);
    arch_space_load(&self->space);
    files_exec(&self->files);
    arch_frame_init(self->frame, exec->image.entry, sp);

    sched_lock();
    memset(self->name, 0, sizeof(self->name));
    memcpy(self->name, name, length);
    sched_unlock();
}

/* Builds the new space. Returns 0, or -errno after dropping it. */
static int build(struct exec *exec, uint64_t *sp)
{
    struct file *file;
    int result = file_open_program(exec->path, &file);
    if (result < 0)
        return result;
    result = space_init(&exec->space);
    if (result == 0) {
        result = load_program(&exec->space, file, &exec->image);
        if (result == 0)
            result = build_stack(exec, sp);
        if (result < 0)
            space_fini(&exec->space);
    }
    file_put(file);
    return result;
}

int64_t process_exec(struct space *space, uint64_t path, uint64_t argv, uint64_t envp)
{
    if (!memory_reserve(1))
        return -ENOMEM;
    struct exec *exec = page_alloc(PAGE_ZEROED);
    exec->argv = (struct texts){.space = space, .vector = argv};
    exec->envp = (struct texts){.space = space, .vector = envp};
    uint64_t sp;
    int64_t result = copy_text_from_user(space, exec->path, path, PATH_SIZE);
    if (result >= 0)
        result = build(exec, &sp);
    if (result == 0) {
        take_over(exec, sp);
        space_fini(&exec->space);
    }
    page_put(exec);
    memory_release(1);
    return result;
}
