/* kernel_todo.c: lab_todo() in the guest kernel; see labs/lab.h. The machine ends with that status.
 */
#include "guest/kernel/arch.h"
#include "labs/lab.h"

void lab_todo(const char *region)
{
    printk_to(arch_console_write); /* another driver may be what is not written yet */
    printk("lab %s: not implemented yet (make hint H=%s)\n", region, region);
    arch_power_off(LAB_TODO_STATUS);
}
