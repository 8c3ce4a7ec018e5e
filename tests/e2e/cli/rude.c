/*
 * rude.c: a program with bad manners, for the tests of `trivium run`. Built as a static program.
 *
 *     rude [echo-off] [new-group] [ignore SIGNAL] [say TEXT] [sleep MS] [children N]
 *          [status N | die SIGNAL | loop]
 *
 * Words are obeyed from left to right.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void turn_echo_off(void)
{
    struct termios settings;

    if (tcgetattr(STDIN_FILENO, &settings) < 0)
        return;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

/* As a shell with job control does for a job: a process group of its own, in the foreground. */
static void take_foreground(void)
{
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
}

static _Noreturn void loop(void)
{
    for (;;)
        pause();
}

/* A chain: a child that has a child that has a child ..., half of them in sessions of their own. */
static void make_children(int count)
{
    for (int i = 0; i < count; i++) {
        pid_t pid = fork();

        if (pid < 0)
            exit(1);
        if (pid > 0)
            return;
        if (i % 2 == 0)
            setsid();
    }
    loop();
}

static int number_after(char **word)
{
    if (word[1] == NULL) {
        fprintf(stderr, "rude: a number must follow %s\n", word[0]);
        exit(2);
    }
    return atoi(word[1]);
}

int main(int argc, char **argv)
{
    (void)argc;
    for (char **word = argv + 1; *word != NULL; word++) {
        if (strcmp(*word, "echo-off") == 0) {
            turn_echo_off();
        } else if (strcmp(*word, "new-group") == 0) {
            take_foreground();
        } else if (strcmp(*word, "sleep") == 0) {
            usleep(1000 * (useconds_t)number_after(word++));
        } else if (strcmp(*word, "loop") == 0) {
            loop();
        } else if (strcmp(*word, "say") == 0 && word[1] != NULL) {
            puts(*++word);
            fflush(stdout);
        } else if (strcmp(*word, "ignore") == 0) {
            signal(number_after(word++), SIG_IGN);
        } else if (strcmp(*word, "status") == 0) {
            exit(number_after(word));
        } else if (strcmp(*word, "die") == 0) {
            raise(number_after(word));
        } else if (strcmp(*word, "children") == 0) {
            make_children(number_after(word++));
        }
    }
    return 0;
}
