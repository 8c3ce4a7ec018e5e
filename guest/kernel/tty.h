/* The terminal: what happens to characters between the keyboard and a program. */
#ifndef TRIVIUM_GUEST_KERNEL_TTY_H
#define TRIVIUM_GUEST_KERNEL_TTY_H

#include "guest/kernel/inode.h"

struct console_driver;

/* From now on the terminal's characters go through this driver. With the boot argument "tty=off" it
 * is no terminal but only a way for bytes: for a machine whose console is a file or a pipe. */
void tty_boot(const struct console_driver *driver);

/* Whether there is room for a character that has come; if not, there is when somebody has read. It
 * stays so until tty_input(): whoever calls these two sees to it that no other does. */
bool tty_has_room(void);

/* A character has come; no more will come: from then on who has read all gets 0 bytes. These three
 * also from interrupt handlers. */
void tty_input(char c);
void tty_end(void);

/* The operations of the terminal's files in /dev. */
extern const struct inode_operations tty_operations;

#endif
