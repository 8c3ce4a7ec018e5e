/* Reading the names in a folder. */
#ifndef TRIVIUM_GUEST_LIB_DIRENT_H
#define TRIVIUM_GUEST_LIB_DIRENT_H

#include <sys/types.h>

typedef struct dir DIR;

/* One name, exactly as getdents64(2) lays it out; d_reclen is the length of the whole record. */
struct dirent {
    ino_t d_ino;
    off_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};

DIR *opendir(const char *path);

/* The next name, valid until the next call; NULL at the end (errno untouched) or on error (errno
 * set). Set errno to 0 before the call to tell the two apart. */
struct dirent *readdir(DIR *dir);

int closedir(DIR *dir);

#endif
