/*
 * alone.c: a program that shares nothing with Trivium: no library, no linker script, its own _start
 * and its own way into the kernel. It sorts its arguments and prints them.
 */
static long syscall3(long number, long a, long b, long c)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

static long length(const char *text)
{
    long n = 0;

    while (text[n] != '\0')
        n++;
    return n;
}

static int before(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return (unsigned char)*left < (unsigned char)*right;
}

static long written;

__attribute__((used)) static void run(long *stack)
{
    long argc = stack[0];
    char **argv = (char **)(stack + 1);

    for (long i = 1; i < argc; i++) {
        for (long j = i; j > 1 && before(argv[j], argv[j - 1]); j--) {
            char *swap = argv[j];

            argv[j] = argv[j - 1];
            argv[j - 1] = swap;
        }
    }
    for (long i = 1; i < argc; i++) {
        long size = length(argv[i]);

        argv[i][size] = '\n'; /* the next string begins behind it: nobody needs the NUL now */
        written += syscall3(64, 1, (long)argv[i], size + 1);
    }
    syscall3(93, written % 100, 0, 0);
}

__asm__(".globl _start\n"
        "_start:\n"
        "    .option push\n"
        "    .option norelax\n"
        "    la gp, __global_pointer$\n"
        "    .option pop\n"
        "    mv a0, sp\n"
        "    call run\n");
