/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What machine.c and qmp.c share: lines on a socket, and the start and end of a QMP session. */
#ifndef STUNT_QTEST_QMP_H
#define STUNT_QTEST_QMP_H

#include "machine.h"

/* Sends text and a newline. Fails the test when the other side is gone. */
void line_send(int fd, const char *text);

/* The next line without newline; `in` keeps what was read beyond it. Waits at most 30 s. Free with g_free. */
char *line_receive(Machine *machine, int fd, GString *in);

/* Reads the greeting and leaves capability negotiation. */
void qmp_greet(Machine *machine);

void qmp_quit(Machine *machine);

/* Sends a command and waits until QEMU has closed the line. */
void qmp_execute_to_end(Machine *machine, const char *command, const char *args);

#endif
