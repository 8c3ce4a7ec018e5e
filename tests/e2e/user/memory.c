/* memory.c: mapping memory, and what happens to those who touch what they may not. */
#include "tests/e2e/user/calls.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, RW = PROT_READ | PROT_WRITE };
enum { MAP_FIXED_NOREPLACE = 0x100000, MADV_DONTNEED = 4 };

static volatile char *page; /* what the children below touch */

static void load(void)
{
    _exit(page[0] != 0 ? 1 : 0);
}

static void store(void)
{
    page[0] = 1;
}

static void jump(void)
{
    void (*function)(void) = (void (*)(void))page;

    function();
}

/* 1 MiB a call, deeper than any stack; touched from the top, as calls do. */
static int use_stack(int depth)
{
    volatile char big[1 << 20];

    for (int i = (int)sizeof big - 1; i >= 0; i -= PAGE)
        big[i] = (char)depth;
    return depth == 0 ? big[0] : use_stack(depth - 1) + big[PAGE];
}

static void overflow_stack(void)
{
    use_stack(64);
}

static void touch_null(void)
{
    page = NULL;
    __asm__("" : "+m"(page));
    load();
}

static void touch_wild(void)
{
    page = (volatile char *)0x7fffffffffff0000;
    load();
}

static void show_rights(const char *name, int prot)
{
    char what[64];

    page = mmap(NULL, PAGE, RW, ANONYMOUS, -1, 0);
    mprotect((void *)page, PAGE, prot);
    snprintf(what, sizeof what, "load from %s", name);
    show_child(what, load);
    snprintf(what, sizeof what, "store to %s", name);
    show_child(what, store);
    munmap((void *)page, PAGE);
    snprintf(what, sizeof what, "load from what was %s", name);
    show_child(what, load);
}

static void show_mmap(const char *what, long address, long length, long prot, long flags, long fd,
                      long offset)
{
    show_success(what, CALL(mmap, address, length, prot, flags, fd, offset));
}

static void show_refusals(void)
{
    long here = (long)mmap(NULL, 4 * PAGE, RW, ANONYMOUS, -1, 0);
    long fixed = ANONYMOUS | MAP_FIXED;
    long write_only = CALL(openat, AT_FDCWD, (long)"map-me", O_WRONLY | O_CREAT, 0600);
    long reader = CALL(openat, AT_FDCWD, (long)"map-me", O_RDONLY);

    show_mmap("no length", 0, 0, RW, ANONYMOUS, -1, 0);
    show_mmap("huge length", 0, -1, RW, ANONYMOUS, -1, 0);
    show_mmap("fixed and unaligned", here + 1, PAGE, RW, fixed, -1, 0);
    show_mmap("fixed and outside", -PAGE, PAGE, RW, fixed, -1, 0);
    show_mmap("fixed across the end", (1L << 62) - PAGE, 2 * PAGE, RW, fixed, -1, 0);
    show_mmap("not replacing", here, PAGE, RW, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    show_mmap("neither private nor shared", 0, PAGE, RW, MAP_ANONYMOUS, -1, 0);
    show_mmap("unaligned offset", 0, PAGE, RW, MAP_PRIVATE, 0, 1);
    show_mmap("a file without the right to read", 0, PAGE, PROT_READ, MAP_PRIVATE, write_only, 0);
    show_mmap("a read-only file, shared to write", 0, PAGE, RW, MAP_SHARED, reader, 0);
    show_mmap("a read-only file, private to write", 0, PAGE, RW, MAP_PRIVATE, reader, 0);
    show("munmap unaligned", CALL(munmap, here + 1, PAGE));
    show("munmap nothing", CALL(munmap, here, 0));
    show("munmap outside", CALL(munmap, -PAGE, PAGE));
    show("munmap twice", CALL(munmap, here + 2 * PAGE, PAGE) | CALL(munmap, here + 2 * PAGE, PAGE));
    show("mprotect over a hole", CALL(mprotect, here, 4 * PAGE, PROT_READ));
    show("mprotect unaligned", CALL(mprotect, here + 1, PAGE, PROT_READ));
    show("mprotect unknown", CALL(mprotect, here, PAGE, 0x1000));
    show("mprotect wild", CALL(mprotect, -PAGE, PAGE, PROT_READ));
    show("madvise over a hole", CALL(madvise, here, 4 * PAGE, MADV_DONTNEED));
    show("msync over a hole", CALL(msync, here, 4 * PAGE, 4));
    CALL(unlinkat, AT_FDCWD, (long)"map-me", 0);
}

/* A mapped file: its contents, the rest of its last page, and the page beyond its end. */
static void show_file(void)
{
    long fd = CALL(openat, AT_FDCWD, (long)"map-me", O_RDWR | O_CREAT, 0600);
    char *own, *shared;
    char seen[4] = "";

    CALL(write, fd, (long)"contents", 8);
    own = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, (int)fd, 0);
    shared = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, (int)fd, 0);
    printf("mapped: '%s' '%s'\n", own, shared);
    own[0] = 'C';
    shared[3] = 'T';
    CALL(pread64, fd, (long)seen, 4, 0);
    printf("written through the shared one: '%c%c%c%c', the private one: '%c'\n", seen[0], seen[1],
           seen[2], seen[3], own[0]);
    page = shared + PAGE;
    show_child("load beyond the end of the file", load);
    show("write from beyond the end of the file", CALL(write, fd, (long)shared + PAGE, 1));
    CALL(ftruncate, fd, 0);
    page = shared;
    show_child("load from a file that was cut off", load);
    CALL(close, fd);
    CALL(unlinkat, AT_FDCWD, (long)"map-me", 0);
}

static void show_sharing(void)
{
    char *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *own = mmap(NULL, PAGE, RW, ANONYMOUS, -1, 0);

    own[0] = 1;
    shared[0] = 1;
    if (fork() == 0) {
        own[0]++;
        shared[0]++;
        _exit(0);
    }
    wait(NULL);
    printf("after the child: shared %d, own %d\n", shared[0], own[0]);
    CALL(madvise, (long)own, PAGE, MADV_DONTNEED);
    printf("after MADV_DONTNEED: %d\n", own[0]);
    own[0] = 3;
    mmap(own, PAGE, RW, ANONYMOUS | MAP_FIXED, -1, 0);
    printf("replaced: %d\n", own[0]);
}

static void show_brk(void)
{
    long start = CALL(brk, 0);

    printf("brk grows: %d\n", CALL(brk, start + 3 * PAGE) == start + 3 * PAGE);
    memset((void *)start, 7, 3 * PAGE);
    printf("brk shrinks: %d\n", CALL(brk, start + 10) == start + 10);
    page = (char *)start + PAGE;
    show_child("load behind the break", load);
    CALL(brk, start + 3 * PAGE);
    printf("fresh: %d, kept: %d\n", page[0], ((char *)start)[9]);
    printf("below the start: %d\n", CALL(brk, 1) == start + 3 * PAGE);
    printf("absurd: %d\n", CALL(brk, 1L << 62) == start + 3 * PAGE);
    mmap((void *)(((start + 8 * PAGE) | 4095) + 1), PAGE, RW, ANONYMOUS | MAP_FIXED, -1, 0);
    printf("into a mapping: %d\n", CALL(brk, start + 20 * PAGE) == start + 3 * PAGE);
}

int main(void)
{
    show_rights("nothing", PROT_NONE);
    show_rights("read", PROT_READ);
    show_rights("write", PROT_WRITE);
    page = mmap(NULL, PAGE, RW, ANONYMOUS, -1, 0);
    show_child("jump to data", jump);
    page = mmap(NULL, PAGE, PROT_READ, ANONYMOUS, -1, 0);
    show_child("jump to read-only data", jump);
    show_child("stack overflow", overflow_stack);
    show_child("load from NULL", touch_null);
    show_child("load from beyond everything", touch_wild);
    page = (volatile char *)(void *)main;
    show_child("store to the program's text", store);
    page = (volatile char *)"constant";
    show_child("store to the program's constants", store);
    show_refusals();
    show_file();
    show_sharing();
    show_brk();
    return 0;
}
