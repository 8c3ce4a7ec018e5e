/* monitor_todo.c: lab_todo() in the monitor, on a machine of its own; see labs/lab.h. */
#include "guest/monitor/guest.h"
#include "labs/lab.h"

static void say(const char *text)
{
    for (; *text != '\0'; text++)
        host_put(*text);
}

void lab_todo(const char *region)
{
    say("\nlab ");
    say(region);
    say(": not implemented yet (make hint H=");
    say(region);
    say(")\n");
    host_off(LAB_TODO_STATUS);
}
