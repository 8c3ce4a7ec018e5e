/* doctor_tools.c: the host's programs that Trivium uses: where they are, which version; doctor.h.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/text.h"

static const struct doctor_tool known_tools[] = {
    {.name = "gcc",
     .needed_for = "building Trivium and the x86-64 programs",
     .package = "gcc",
     .required = true},
    {.name = "riscv64-unknown-elf-gcc",
     .needed_for = "building the rv64 programs",
     .package = "gcc-riscv64-unknown-elf",
     .required = true},
    {.name = "riscv64-linux-gnu-gcc",
     .needed_for = "tests with programs not of ours",
     .package = "gcc-riscv64-linux-gnu"},
    {.name = "qemu-riscv64",
     .needed_for = "tests: a second opinion on every instruction",
     .package = "qemu-user"},
    {.name = "riscv64-unknown-elf-objdump",
     .needed_for = "tests: a second opinion on its text",
     .package = "binutils-riscv64-unknown-elf"},
    {.name = "clang", .needed_for = "lint and fuzzing", .package = "clang"},
};

/* Looks for an executable file as a shell does. */
static void find_in_path(struct doctor_tool *tool)
{
    const char *path = getenv("PATH");

    tool->path[0] = '\0';
    while (path != NULL && *path != '\0') {
        int length = (int)strcspn(path, ":");
        int size = snprintf(tool->path, sizeof tool->path, "%.*s/%s", length, path, tool->name);

        if (size < (int)sizeof tool->path && access(tool->path, X_OK) == 0)
            return;
        tool->path[0] = '\0';
        path += length;
        path += *path == ':';
    }
}

/* Starts `tool --version`; its answer is read later. */
static FILE *ask_version(const struct doctor_tool *tool)
{
    char command[sizeof tool->path + 64];

    if (tool->path[0] == '\0' || strchr(tool->path, '\'') != NULL)
        return NULL;
    snprintf(command, sizeof command, "'%s' --version </dev/null 2>/dev/null", tool->path);
    return popen(command, "re");
}

/* The first line of the answer; the rest is read too, so that the tool does not complain. */
static void read_version(struct doctor_tool *tool, FILE *answer)
{
    char rest[512];

    tool->version[0] = '\0';
    if (answer == NULL)
        return;
    if (fgets(tool->version, sizeof tool->version, answer) != NULL)
        tool->version[strcspn(tool->version, "\n")] = '\0';
    while (fgets(rest, sizeof rest, answer) != NULL)
        continue;
    pclose(answer);
    text_make_printable(tool->version);
}

void doctor_find_tools(struct doctor *doctor)
{
    FILE *answers[DOCTOR_TOOLS_MAX] = {NULL};

    doctor->tool_count = sizeof known_tools / sizeof *known_tools;
    for (size_t i = 0; i < doctor->tool_count; i++) {
        doctor->tools[i] = known_tools[i];
        find_in_path(&doctor->tools[i]);
        answers[i] = ask_version(&doctor->tools[i]);
    }
    for (size_t i = 0; i < doctor->tool_count; i++)
        read_version(&doctor->tools[i], answers[i]);
}
