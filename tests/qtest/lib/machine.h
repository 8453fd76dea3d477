/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU without a running CPU, driven from the test: memory, ports and the clock through QEMU's qtest
 * protocol (text lines on a socket pair), management through QMP on another. Whatever goes wrong ends the
 * test, and QEMU dies with the test.
 */
#ifndef STUNT_QTEST_MACHINE_H
#define STUNT_QTEST_MACHINE_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MACHINE_IRQS 24

typedef struct Machine {
    GPid pid;
    int qtest_fd, qmp_fd;
    GString *qtest_in, *qmp_in; /* read and not yet used */
    bool irq[MACHINE_IRQS];     /* level of each IOAPIC input, after machine_intercept_irqs() */
    unsigned raised[MACHINE_IRQS];
    unsigned resets;            /* seen so far */
} Machine;

/*
 * q35 with 64 MiB, our models, and `args` (as a shell would split them). fd, unless -1, is handed down and is
 * /proc/self/fd/MACHINE_SHM_FD in QEMU. Looks for QEMU in $STUNT_QEMU, for the models in $STUNT_DEVICES.
 */
#define MACHINE_SHM_FD 10
Machine *machine_new(const char *args, int fd);

/* Asks QEMU to quit, and fails when it does not end in peace. */
void machine_free(Machine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Machine, machine_free)

/* Arguments common to every QEMU that a test starts: "QEMU -L …"; free with g_ptr_array_unref. */
GPtrArray *machine_base_args(const char *qemu, const char *accel);

/* Guest memory and registers, little-endian. */
uint32_t machine_read32(Machine *machine, uint64_t addr);
uint64_t machine_read64(Machine *machine, uint64_t addr);
void machine_write32(Machine *machine, uint64_t addr, uint32_t value);
uint64_t machine_read_sized(Machine *machine, uint64_t addr, unsigned size);
void machine_write_sized(Machine *machine, uint64_t addr, unsigned size, uint64_t value);
void machine_read(Machine *machine, uint64_t addr, void *data, size_t len);
void machine_write(Machine *machine, uint64_t addr, const void *data, size_t len);
void machine_fill(Machine *machine, uint64_t addr, uint8_t value, size_t len);

/* Fails when guest memory differs from `expected`. */
void machine_check(Machine *machine, uint64_t addr, const void *expected, size_t len);

/* From the test's seed (--seed repeats it). */
void random_bytes(uint8_t *data, size_t len);

void machine_outl(Machine *machine, uint16_t port, uint32_t value);
uint32_t machine_inl(Machine *machine, uint16_t port);
/* size: 1, 2 or 4 bytes. */
void machine_out(Machine *machine, uint16_t port, unsigned size, uint32_t value);
uint32_t machine_in(Machine *machine, uint16_t port, unsigned size);

/* Virtual time: nothing moves it but these. Each gives the time in ns after it. */
int64_t machine_step(Machine *machine, int64_t ns);
int64_t machine_set_clock(Machine *machine, int64_t ns);
int64_t machine_now(Machine *machine);

/* From now on machine->irq and ->raised follow the inputs of the IOAPIC. */
void machine_intercept_irqs(Machine *machine);

/* ---- QMP ---- */

/* Runs a command; gives its "return". args is JSON text or NULL. An error ends the test. */
JsonNode *machine_qmp(Machine *machine, const char *command, const char *args);

/* Runs a command that must fail; gives QEMU's text. Free with g_free. */
char *machine_qmp_error(Machine *machine, const char *command, const char *args);

/* Sends the shortest command there can be, which there is not, n times in one piece; each must be answered. */
void machine_qmp_at_once(Machine *machine, unsigned n);

/* Runs a command that makes QEMU end with a failure, and frees the machine. */
void machine_expect_end(Machine *machine, const char *command, const char *args);

uint64_t machine_qom_get_uint(Machine *machine, const char *device, const char *property);
char *machine_qom_get_str(Machine *machine, const char *device, const char *property);
void machine_qom_set(Machine *machine, const char *device, const char *property, const char *json_value);
/* May be refused. */
void machine_qom_try_set(Machine *machine, const char *device, const char *property, const char *json_value);
char *machine_qom_set_error(Machine *machine, const char *device, const char *property,
                            const char *json_value);

bool machine_is_running(Machine *machine);
void machine_stop(Machine *machine);
void machine_cont(Machine *machine);

/* Returns when the reset has been done. */
void machine_system_reset(Machine *machine);

#endif
