/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for libFuzzer where clang has no run time: random inputs until the time is up, no coverage.
 * Understands -max_total_time=SECONDS and -seed=N; a failure names seed and input, which repeats it.
 */
#include "fuzz.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX 2048

static unsigned long long seed, number;

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "abort_on_error=1";
}

const char *__ubsan_default_options(void)
{
    return "abort_on_error=1:halt_on_error=1";
}

static void tell(int signal_number)
{
    char text[100];
    int n = snprintf(text, sizeof(text), "failed: -seed=%llu, input %llu\n", seed, number);

    if (write(STDERR_FILENO, text, (size_t)n) == n) {
        signal(signal_number, SIG_DFL);
    }
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void run_one(void)
{
    uint64_t state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) + number * UINT64_C(0xd1342543de82ef95);
    uint8_t input[INPUT_MAX];
    size_t size;

    state |= 1;
    size = next(&state) % INPUT_MAX;
    for (size_t i = 0; i < size; i++) {
        input[i] = (uint8_t)(next(&state) >> 32);
    }
    LLVMFuzzerTestOneInput(input, size);
}

int main(int argc, char **argv)
{
    time_t end;
    long seconds = 20;

    seed = (unsigned long long)time(NULL);
    for (int i = 1; i < argc; i++) {
        if (sscanf(argv[i], "-max_total_time=%ld", &seconds) != 1) {
            sscanf(argv[i], "-seed=%llu", &seed);
        }
    }
    signal(SIGABRT, tell);
    end = time(NULL) + seconds;
    for (; (number & 0xff) || time(NULL) < end; number++) {
        run_one();
    }
    printf("%llu inputs, -seed=%llu\n", number, seed);
    return 0;
}
