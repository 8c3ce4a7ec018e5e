/* ls: the names in folders, sorted by byte, one a line. */
#include "guest/bin/options.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct listing {
    bool all;      /* -a: names that start with a dot too */
    bool detailed; /* -l: mode and size as well */
};

/* Names of one folder. */
struct names {
    char **names;
    size_t count;
    size_t room;
};

/* "drwxr-xr-x": the kind of file, then who may read, write and execute. text has room for 11. */
static void mode_text(mode_t mode, char *text)
{
    const struct {
        mode_t kind;
        char letter;
    } kinds[] = {
        {S_IFDIR, 'd'}, {S_IFLNK, 'l'}, {S_IFCHR, 'c'},
        {S_IFBLK, 'b'}, {S_IFIFO, 'p'}, {S_IFSOCK, 's'},
    };
    strcpy(text, "-rwxrwxrwx");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((mode & S_IFMT) == kinds[i].kind)
            text[0] = kinds[i].letter;
    }
    for (unsigned int bit = 0; bit < 9; bit++) {
        if (!(mode & (0400U >> bit)))
            text[1 + bit] = '-';
    }
}

/* Prints one name; folder is "" for a name from the command line. Returns 0, or 1 after a message.
 */
static int print_name(const struct listing *listing, const char *folder, const char *name)
{
    struct stat file;
    char mode[11];
    if (!listing->detailed) {
        puts(name);
        return 0;
    }
    size_t size = strlen(folder) + 1 + strlen(name) + 1;
    char *path = malloc(size);
    if (!path) {
        perror("ls");
        exit(1);
    }
    snprintf(path, size, "%s%s%s", folder, *folder ? "/" : "", name);
    int result = fstatat(AT_FDCWD, path, &file, AT_SYMLINK_NOFOLLOW);
    if (result < 0)
        fprintf(stderr, "ls: %s: %s\n", path, strerror(errno));
    free(path);
    if (result < 0)
        return 1;
    mode_text(file.st_mode, mode);
    printf("%s %10ld %s\n", mode, (long)file.st_size, name);
    return 0;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void add_name(struct names *names, const char *name)
{
    if (names->count == names->room) {
        names->room = names->room ? names->room * 2 : 32;
        names->names = realloc(names->names, names->room * sizeof(*names->names));
    }
    char *copy = names->names ? strdup(name) : NULL;
    if (!copy) {
        perror("ls");
        exit(1);
    }
    names->names[names->count++] = copy;
}

/* Returns 0, or 1 after a message. */
static int list_folder(const struct listing *listing, const char *path)
{
    int failed = 0;
    struct names names = {0};
    DIR *dir = opendir(path);
    if (!dir) {
        fprintf(stderr, "ls: %s: %s\n", path, strerror(errno));
        return 1;
    }
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (listing->all || entry->d_name[0] != '.')
            add_name(&names, entry->d_name);
        errno = 0;
    }
    if (errno) {
        fprintf(stderr, "ls: %s: %s\n", path, strerror(errno));
        failed = 1;
    }
    closedir(dir);

    if (names.count > 0)
        qsort(names.names, names.count, sizeof(*names.names), compare_names);
    for (size_t i = 0; i < names.count; i++) {
        failed |= print_name(listing, path, names.names[i]);
        free(names.names[i]);
    }
    free(names.names);
    return failed;
}

/* Lists what the command line named: files first, then each folder, under its name if there are
 * several. */
static int list_operands(const struct listing *listing, char **operands, int count)
{
    int failed = 0;
    int printed = 0;
    struct stat file;
    for (int i = 0; i < count; i++) {
        if (stat(operands[i], &file) < 0) {
            fprintf(stderr, "ls: %s: %s\n", operands[i], strerror(errno));
            failed = 1;
        } else if (!S_ISDIR(file.st_mode)) {
            failed |= print_name(listing, "", operands[i]);
            printed = 1;
        }
    }
    for (int i = 0; i < count; i++) {
        if (stat(operands[i], &file) < 0 || !S_ISDIR(file.st_mode))
            continue;
        if (count > 1)
            printf("%s%s:\n", printed ? "\n" : "", operands[i]);
        printed = 1;
        failed |= list_folder(listing, operands[i]);
    }
    return failed;
}

int main(int argc, char **argv)
{
    struct listing listing = {0};
    const struct option options[] = {
        {NULL, 'a', OPTION_FLAG, &listing.all, NULL, "show names that start with a dot too", 0, 0},
        {NULL, 'l', OPTION_FLAG, &listing.detailed, NULL, "show mode, size in bytes and name", 0,
         0},
    };
    const struct program program = {
        .name = "ls",
        .operands = "[PATH...]",
        .summary = "List files, and the files in folders; the current folder by default.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand = options_parse(&program, argc, argv);
    if (operand == argc)
        return list_folder(&listing, ".");
    return list_operands(&listing, argv + operand, argc - operand);
}
