// SPDX-License-Identifier: GPL-2.0-or-later
/* A worker: some open files, some threads, signals, and a sudden end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

#define THREADS 3

struct thread {
	struct worker *worker;
	uint64_t rng;
	unsigned int deeds, pace_us;
	pthread_t id;
};

static pthread_t threads[THREADS];

void do_file(struct worker *w, uint64_t *rng)
{
	int *file = &w->files[random_below(rng, FILES)];
	struct pollfd poll_fd = {.fd = *file, .events = random_below(rng, 64)};
	int old = *file;

	switch (old < 0 ? 0 : random_below(rng, 6)) {
	case 0:
		*file = open(w->device, (chance(rng, 80) ? O_RDWR : O_RDONLY) | O_CLOEXEC);
		if (old >= 0)
			close(old);
		break;
	case 1:
		*file = dup(w->files[random_below(rng, FILES)]);
		if (old >= 0)
			close(old);
		break;
	case 2:
		if (chance(rng, 70))
			break;
		*file = -1;
		if (old >= 0)
			close(old);
		break;
	default:
		poll(&poll_fd, 1, random_below(rng, 5));
		break;
	}
}

/* The child does as its parent does, for a moment. */
void do_fork(struct worker *w, uint64_t *rng)
{
	pid_t pid = fork();

	if (pid == 0) {
		memset(w->arena, 0x55, 3 * 4096);
		for (int i = 0; i < 5; i++) {
			do_call(w, rng);
			do_map(w, rng);
		}
		_exit(0);
	}
	count(&counts->forks);
	if (pid > 0 && chance(rng, 30))
		kill(pid, SIGKILL);
}

static void on_signal(int sig)
{
	(void)sig;
	count(&counts->signals);
}

/* Half of the calls that a signal meets start over, half give EINTR. */
static void do_signal(uint64_t *rng)
{
	struct sigaction action = {.sa_handler = on_signal,
				   .sa_flags = chance(rng, 50) ? SA_RESTART : 0};
	struct itimerval in = {.it_value.tv_usec = 1 + random_below(rng, 3000)};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &in, NULL);
}

static void do_something(struct worker *w, uint64_t *rng)
{
	unsigned int what = random_below(rng, 100);

	if (what < 60)
		do_call(w, rng);
	else if (what < 85)
		do_map(w, rng);
	else if (what < 95)
		do_file(w, rng);
	else if (what < 99)
		do_signal(rng);
	else
		do_fork(w, rng);
}

static void *thread_run(void *data)
{
	struct thread *t = data;

	for (unsigned int i = 0; i < t->deeds; i++) {
		do_something(t->worker, &t->rng);
		if (t->pace_us)
			usleep(random_below(&t->rng, 2 * t->pace_us));
	}
	return NULL;
}

static void *reserve(size_t len)
{
	void *at = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static bool worker_init(struct worker *w, uint64_t *rng)
{
	w->arena = reserve(2 * ARENA);
	w->region = reserve((size_t)MAPS * MAP_SPAN);
	w->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!w->arena || !w->region || mprotect(w->arena, ARENA, PROT_READ | PROT_WRITE))
		return false;
	for (unsigned int i = 0; i < FILES; i++) {
		struct stunt_dma_queue queue = {.size = sizeof(queue), .entries = 8};

		w->files[i] = open(w->device, O_RDWR | O_CLOEXEC);
		if (chance(rng, 70))
			ioctl(w->files[i], STUNT_DMA_QUEUE, &queue);
	}
	return true;
}

void worker_run(const char *device, bool privileged, uint64_t seed, unsigned int pace_us)
{
	static struct worker w;
	struct thread t[THREADS];
	uint64_t rng = seed;

	w.device = device;
	w.privileged = privileged;
	signal(SIGCHLD, SIG_IGN);
	guard_install();
	do_signal(&rng);
	if (!worker_init(&w, &rng))
		_exit(1);
	for (unsigned int i = 0; i < THREADS; i++) {
		t[i] = (struct thread){&w, random_word(&rng), 20 + random_below(&rng, 60), pace_us, 0};
		if (pthread_create(&threads[i], NULL, thread_run, &t[i]))
			_exit(1);
	}
	/* Some end with threads in the middle of calls. */
	if (chance(&rng, 30))
		usleep(random_below(&rng, 50000));
	else
		for (unsigned int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	_exit(0);
}
