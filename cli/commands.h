/*
 * commands.h: the commands of `trivium`, one function each.
 *
 * argv[0] is "trivium COMMAND", for messages. The answer is the exit status. A failure that the
 * command has not told yet is in *err, which main prints; it comes empty.
 */
#ifndef TRIVIUM_CLI_COMMANDS_H
#define TRIVIUM_CLI_COMMANDS_H

#include "lib/err.h"

#define TRIVIUM_VERSION "0.1.0"

struct command {
    const char *name;
    const char *summary;
    int (*function)(int argc, char **argv, struct err *err);
};

int command_doctor(int argc, char **argv, struct err *err);
int command_run(int argc, char **argv, struct err *err);
int command_explain(int argc, char **argv, struct err *err);
int command_image(int argc, char **argv, struct err *err);
int command_check(int argc, char **argv, struct err *err);
int command_step(int argc, char **argv, struct err *err);
int command_ps(int argc, char **argv, struct err *err);
int command_rm(int argc, char **argv, struct err *err);
int command_race(int argc, char **argv, struct err *err);
int command_report(int argc, char **argv, struct err *err);
int command_why(int argc, char **argv, struct err *err);
int command_reproduce(int argc, char **argv, struct err *err);

#endif
