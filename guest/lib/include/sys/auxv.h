/* Facts the kernel left on the stack at start. */
#ifndef TRIVIUM_GUEST_LIB_SYS_AUXV_H
#define TRIVIUM_GUEST_LIB_SYS_AUXV_H

#define AT_PAGESZ 6
#define AT_EXECFN 31 /* address of the path this program was started by */

/* 0 when the kernel did not say. */
unsigned long getauxval(unsigned long type);

#endif
