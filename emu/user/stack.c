/* stack.c: builds the initial stack; see stack.h for the picture. */
#include "emu/user/stack.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

struct aux_pair {
    uint64_t type; /* AT_* */
    uint64_t value;
};

/* A stack being built, from its top down. */
struct builder {
    struct space *space;
    uint64_t top; /* gva of what was pushed last */
};

/* Returns where the bytes are now. The stack is mapped and sizes were checked: it cannot fail. */
static uint64_t push(struct builder *builder, const void *bytes, size_t size)
{
    int result;

    builder->top -= size;
    result = space_write(builder->space, builder->top, bytes, size);
    assert(result == 0);
    return builder->top;
}

static uint64_t push_string(struct builder *builder, const char *string)
{
    return push(builder, string, strlen(string) + 1);
}

/* The last string is pushed first: so the first gets the lowest address, as in Linux. */
static void push_strings(struct builder *builder, char *const *strings, size_t count,
                         uint64_t *pointers)
{
    for (size_t i = count; i-- > 0;)
        pointers[i] = push_string(builder, strings[i]);
}

/* Bytes that one vector takes, strings and pointers; over the limit if one string is too long. */
static uint64_t vector_size(char *const *vector, size_t *count)
{
    uint64_t size = sizeof(uint64_t);

    for (*count = 0; vector[*count] != NULL; ++*count) {
        size_t length = strlen(vector[*count]) + 1;

        if (length > STACK_STRING_MAX)
            return STACK_ARGUMENTS_MAX + 1;
        size += length + sizeof(uint64_t);
    }
    return size;
}

/* Bit n of AT_HWCAP stands for the extension with the n-th letter. */
static uint64_t hwcap(void)
{
    uint64_t bits = 0;

    for (const char *letter = "IMAC"; *letter != '\0'; letter++)
        bits |= UINT64_C(1) << (*letter - 'A');
    return bits;
}

static int map_stack(struct space *space, struct err *err)
{
    const struct space_request request = {
        .gva = SPACE_STACK_BOTTOM,
        .length = SPACE_STACK_SIZE,
        .prot = PROT_READ | PROT_WRITE,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
        .fd = -1,
    };
    int64_t result = space_map(space, &request);

    if (result < 0)
        return err_sys(err, (int)-result, "mapping the program's stack");
    /* It is to grow page by page, as Linux's own stacks do. */
    madvise(space_pointer(space, SPACE_STACK_BOTTOM), SPACE_STACK_SIZE, MADV_NOHUGEPAGE);
    return 0;
}

/* Fills the mapped stack. `words` has room for argc and both vectors, and is all zeros. */
static uint64_t fill_stack(struct space *space, const struct stack_contents *contents,
                           const uint8_t seed[16], uint64_t *words, size_t argc, size_t envc)
{
    const struct elf_image *image = contents->image;
    const uint64_t end_mark = 0;
    struct builder builder = {.space = space, .top = SPACE_SPAN};
    uint64_t *argv = words + 1;
    uint64_t *envp = argv + argc + 1;
    size_t words_size = (1 + argc + 1 + envc + 1) * sizeof *words;
    uint64_t path, random;

    push(&builder, &end_mark, sizeof end_mark);
    path = push_string(&builder, contents->path);
    push_strings(&builder, contents->envp, envc, envp);
    push_strings(&builder, contents->argv, argc, argv);
    random = push(&builder, seed, 16);
    words[0] = argc;

    const struct aux_pair auxiliary[] = {
        {AT_HWCAP, hwcap()},
        {AT_PAGESZ, MEM_PAGE_SIZE},
        {AT_CLKTCK, (uint64_t)sysconf(_SC_CLK_TCK)},
        {AT_PHDR, image->phdr_gva},
        {AT_PHENT, sizeof(Elf64_Phdr)},
        {AT_PHNUM, image->phnum},
        {AT_BASE, 0}, /* where a dynamic linker would be */
        {AT_FLAGS, 0},
        {AT_ENTRY, image->entry},
        {AT_UID, getuid()},
        {AT_EUID, geteuid()},
        {AT_GID, getgid()},
        {AT_EGID, getegid()},
        {AT_SECURE, getauxval(AT_SECURE)},
        {AT_RANDOM, random},
        {AT_EXECFN, path},
        {AT_NULL, 0},
    };

    builder.top -= (builder.top - words_size - sizeof auxiliary) & 15; /* aligns the final sp */
    push(&builder, auxiliary, sizeof auxiliary);
    return push(&builder, words, words_size);
}

int stack_build(struct space *space, const struct stack_contents *contents, uint64_t *sp,
                struct err *err)
{
    size_t argc, envc;
    uint64_t arguments = vector_size(contents->argv, &argc);
    uint64_t environment = vector_size(contents->envp, &envc);
    uint8_t seed[16];
    uint64_t *words;

    /* Each is checked alone too, so that the sum cannot overflow. */
    if (arguments > STACK_ARGUMENTS_MAX || environment > STACK_ARGUMENTS_MAX ||
        arguments + environment > STACK_ARGUMENTS_MAX)
        return err_sys(err, E2BIG, "the program's arguments and environment");
    if (map_stack(space, err) == -1)
        return -1;
    if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        return err_sys(err, errno, "asking the host for random bytes");
    words = calloc(argc + envc + 3, sizeof *words);
    if (words == NULL)
        return err_sys(err, ENOMEM, "building the program's stack");
    *sp = fill_stack(space, contents, seed, words, argc, envc);
    free(words);
    return 0;
}
