/* From the kernel's initial stack to main, and from main to exit.
 *
 * The stack as Linux leaves it, one 64-bit word a line, sp at the top:
 *
 *   argc
 *   argv[0] .. argv[argc - 1], NULL
 *   environ[0] .., NULL
 *   (type, value) pairs of the auxiliary vector, ended by type 0
 *
 * Read next: exit.c
 */
#include "guest/lib/start.h"

#include "guest/lib/shared_page.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv);

char **environ;

const struct shared_page *start_shared_page;
const void *start_system_entry;

static const char *program_path;
static const unsigned long *auxiliary;

void guest_start(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    environ = argv + argc + 1;
    program_path = argc > 0 ? argv[0] : "?";

    char **end = environ;
    while (*end)
        end++;
    auxiliary = (const unsigned long *)(end + 1);
    start_shared_page = (const struct shared_page *)getauxval(AT_TRIVIUM_SHARED_PAGE);
    if (start_shared_page) /* AT_SYSINFO of another kernel may mean something else */
        start_system_entry = (const void *)getauxval(AT_SYSINFO);

    exit(main(argc, argv));
}

const char *start_program_name(void)
{
    const char *slash = strrchr(program_path, '/');
    return slash ? slash + 1 : program_path;
}

unsigned long getauxval(unsigned long type)
{
    for (const unsigned long *pair = auxiliary; pair[0] != 0; pair += 2) {
        if (pair[0] == type)
            return pair[1];
    }
    return 0;
}
