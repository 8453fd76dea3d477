/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt: finds the command and runs it. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "worker.h"

static void print_help(void)
{
    printf("Usage: stunt [--config FILE] COMMAND [OPTION …] [ARGUMENT …]\n\n"
           "Stunt doubles for hardware: runs drivers against modelled devices, breaks the\n"
           "devices in chosen ways, and says whether the drivers coped.\n\nCommands:\n");
    for (guint i = 0; stunt_commands[i]; i++) {
        printf("  %-10s %s\n", stunt_commands[i]->name, stunt_commands[i]->summary);
    }
    printf("\n'stunt COMMAND --help' tells more. Exit status: 0 all passed or skipped,\n"
           "1 a FAIL, 2 an INVALID or ERROR, 64 wrong usage.\n");
}

static const StuntCliCommand *find_command(const char *name)
{
    for (guint i = 0; stunt_commands[i]; i++) {
        if (g_str_equal(stunt_commands[i]->name, name)) {
            return stunt_commands[i];
        }
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    for (guint i = 0; stunt_commands[i]; i++) {
        g_ptr_array_add(names, (char *)stunt_commands[i]->name);
    }
    near_name = stunt_did_you_mean(name, names);
    return stunt_cli_usage(NULL, "unknown command '%s'%s", name, near_name);
}

/* Options before the command: returns how many words they take, or -1 with *ret_exit set. */
static int read_globals(int argc, char **argv, const char **ret_config, int *ret_exit)
{
    int i = 1;

    for (; i < argc && *argv[i] == '-'; i++) {
        *ret_exit = STUNT_EXIT_OK;
        if (g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h")) {
            print_help();
            return -1;
        }
        if (g_str_equal(argv[i], "--version")) {
            printf("stunt %s\n", stunt_version);
            return -1;
        }
        if (g_str_has_prefix(argv[i], "--config=")) {
            *ret_config = argv[i] + strlen("--config=");
        } else if (g_str_equal(argv[i], "--config") && i + 1 < argc) {
            *ret_config = argv[++i];
        } else {
            *ret_exit = stunt_cli_usage(NULL, "unknown option '%s' before the command", argv[i]);
            return -1;
        }
    }
    return i;
}

int main(int argc, char **argv)
{
    const StuntCliCommand *command;
    const char *config = NULL;
    int status, first;

    setlocale(LC_CTYPE, "");
    if (argc > 1 && g_str_equal(argv[1], STUNT_WORKER_COMMAND)) {
        return stunt_worker_main(argc - 1, argv + 1);
    }
    first = read_globals(argc, argv, &config, &status);
    if (first < 0) {
        return status;
    }
    if (first >= argc) {
        return stunt_cli_usage(NULL, "a command is missing");
    }
    command = find_command(argv[first]);
    return command ? command->run(argc - first, argv + first, config) : unknown_command(argv[first]);
}
