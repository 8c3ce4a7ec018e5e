/* The names of the system. */
#ifndef TRIVIUM_GUEST_LIB_SYS_UTSNAME_H
#define TRIVIUM_GUEST_LIB_SYS_UTSNAME_H

struct utsname {
    char sysname[65];
    char nodename[65];
    char release[65];
    char version[65];
    char machine[65];
    char domainname[65];
};

int uname(struct utsname *names);

#endif
