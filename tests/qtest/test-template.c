/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going on in another process: a machine written into files by one QEMU lives the same life in the next. And
 * files that are not what they should be, and machines that are not, are refused before anything changes.
 */
#include "snapshot.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define SLOW ",latency-ns=3000,bandwidth=50000000"
#define RING (1u << 18)

/* ---- the same life --------------------------------------------------------------------------------- */

static void check_same_files(const Template *a, const Template *b)
{
    g_autoptr(GByteArray) a_state = file_get(a->state_fd), b_state = file_get(b->state_fd);
    g_autoptr(GByteArray) a_ram = file_get(a->ram_fd), b_ram = file_get(b->ram_fd);

    g_assert_cmpmem(a_state->data, a_state->len, b_state->data, b_state->len);
    g_assert_true(a_ram->len == b_ram->len && memcmp(a_ram->data, b_ram->data, a_ram->len) == 0);
}

static void test_same_life(void)
{
    for (unsigned round = 0; round < 4; round++) {
        g_autoptr(Template) template = template_new(), again = template_new();
        g_autoptr(Bench) one = bench_new_traced(SLOW, RING), other = NULL;
        g_autoptr(Life) life = life_new_busy(one);
        g_autoptr(GByteArray) first = NULL, second = NULL, rewound = NULL;
        uint32_t seed = (uint32_t)g_test_rand_int();

        template_save(template, one);
        first = life_live(life, one, seed, 100);
        other = bench_new_mapped(SLOW, RING, template->ram, "");
        template_load(template, other);
        snapshot_check_whole(other);
        template_save(again, other);
        check_same_files(template, again);
        second = life_live(life, other, seed, 100);
        g_assert_cmpmem(second->data, second->len, first->data, first->len);
        snapshot_rewind(other, "ready");
        snapshot_check_whole(other);
        rewound = life_live(life, other, seed, 100);
        g_assert_cmpmem(rewound->data, rewound->len, first->data, first->len);
        g_assert_cmpuint(first->len, >, 100 * sizeof(struct stunt_event) + 3 * 0x20000);
    }
}

/* A second machine, of which only what differs from the first one's memory is kept. */
static void test_same_life_beside(void)
{
    g_autoptr(Template) plain = template_new(), template = template_new_beside(plain);
    g_autoptr(Template) again = template_new_beside(plain), whole = template_new(), whole_again = template_new();
    g_autoptr(Bench) first = bench_new_traced(SLOW, RING), one = NULL, other = NULL;
    g_autoptr(Life) life = NULL;
    g_autoptr(GByteArray) before = NULL, after = NULL, pages = NULL, pages_again = NULL;

    machine_stop(first->machine);
    machine_write(first->machine, RAM_DST, "only here", 9);
    template_save(plain, first);
    one = bench_new_traced(SLOW, RING);
    life = life_new_busy(one);
    template_save(template, one);
    template_save(whole, one);
    before = life_live(life, one, 7, 100);
    pages = file_get(template->pages_fd);
    g_assert_cmpuint(pages->len, >, 0);
    g_assert_cmpuint(pages->len, <, 2 << 20); /* and not the 64 MiB that there are */

    other = bench_new_mapped(SLOW, RING, template->ram, "");
    template_load(template, other);
    snapshot_check_whole(other);
    machine_check(other->machine, RAM_DST, "\0\0\0\0\0\0\0\0\0", 9); /* zeros shine through as well as all else */
    template_save(again, other);
    pages_again = file_get(again->pages_fd);
    g_assert_cmpmem(pages_again->data, pages_again->len, pages->data, pages->len);
    template_save(whole_again, other);
    check_same_files(whole, whole_again);
    for (unsigned round = 0; round < 2; round++) {
        g_clear_pointer(&after, g_byte_array_unref);
        after = life_live(life, other, 7, 100);
        g_assert_cmpmem(after->data, after->len, before->data, before->len);
        snapshot_rewind(other, "ready");
        snapshot_check_whole(other);
    }
}

static void test_pages_refused(void)
{
    g_autoptr(Template) plain = template_new(), template = template_new_beside(plain);
    g_autoptr(Bench) one = bench_new_traced("", 256), other = NULL;
    g_autofree char *words = NULL, *small = NULL;

    machine_stop(one->machine);
    template_save(plain, one);
    machine_write(one->machine, RAM_SRC, "content", 8);
    template_save(template, one);
    other = bench_new_mapped("", 256, template->ram, "");
    words = g_strdup_printf("name=a state=%s ram=%s", template->state, template->ram);
    link_refuses(other, "template-load", words, "1 pages of the template are not in its RAM file");
    g_assert_cmpint(ftruncate(template->pages_fd, 100), ==, 0);
    template_load_refused(template, other, "the pages file has 100 bytes, not 4096");
    template_load(plain, other);
    g_assert_cmpint(ftruncate(plain->state_fd, 0), ==, 0);
    small = g_strdup_printf("state=%s ram=%s pages=%s", template->state, plain->state, template->pages);
    link_refuses(one, "template-save", small, "the RAM file has 0 bytes");
}

/* Its file is not touched, however the machine lives. */
static void test_ram_file(void)
{
    g_autoptr(Template) template = template_new();
    g_autoptr(Bench) one = bench_new_traced("", 256), other = NULL;
    g_autoptr(GByteArray) before = NULL, after = NULL;
    struct stat st;

    machine_stop(one->machine);
    machine_write(one->machine, RAM_SRC, "content", 8);
    template_save(template, one);
    g_assert_cmpint(fstat(template->ram_fd, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 64 << 20);
    g_assert_cmpint(st.st_blocks, >, 0);
    g_assert_cmpint(st.st_blocks, <, (1 << 20) / 512); /* the rest is holes */
    before = file_get(template->ram_fd);
    g_assert_cmpmem(before->data + RAM_SRC, 8, "content", 8);
    other = bench_new_mapped("", 256, template->ram, "");
    template_load(template, other);
    machine_cont(other->machine);
    machine_write(other->machine, RAM_SRC, "changed", 8);
    machine_stop(other->machine);
    snapshot_take(other, "later");
    after = file_get(template->ram_fd);
    g_assert_true(memcmp(before->data, after->data, before->len) == 0);
}

/* What was in memory before does not shine through. */
static void test_memory_is_put_back(void)
{
    g_autoptr(Template) template = template_new();
    g_autoptr(Bench) one = bench_new_traced("", 256), other = NULL;

    machine_stop(one->machine);
    machine_write(one->machine, RAM_SRC, "content", 8);
    template_save(template, one);
    other = bench_new_mapped("", 256, template->ram, "");
    machine_write(other->machine, RAM_SRC, "written too early", 17);
    machine_write(other->machine, RAM_DST, "in a hole", 9);
    template_load(template, other);
    snapshot_check_whole(other);
    machine_check(other->machine, RAM_SRC, "content\0\0\0\0\0\0\0\0\0", 17);
}

static void ask(Bench *bench, const char *question)
{
    machine_write(bench->machine, RAM_SRC, question, strlen(question));
    pci_reg_write(&bench->link, STUNT_LINK_TX_ADDR_LO, RAM_SRC);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, (uint32_t)strlen(question));
    pci_reg_write(&bench->link, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_ASK);
}

static void test_shared_part(void)
{
    g_autoptr(Template) template = template_new();
    g_autoptr(Bench) one = bench_new_traced("", 256), other = NULL;
    const struct stunt_shm *was = one->shm->map, *is;
    const struct stunt_event *event;

    ask(one, "question");
    template_save(template, one);
    other = bench_new_mapped("", 256, template->ram, "");
    shm_forget(other->shm);
    template_load(template, other);
    is = other->shm->map;
    g_assert_false(machine_is_running(other->machine));
    g_assert_cmpuint(is->stop_reason, ==, STUNT_STOP_ASK);
    g_assert_cmpuint(is->stop_seq, ==, was->stop_seq);
    g_assert_cmpuint(is->stop_seq, >, 0);
    g_assert_cmpuint(is->stop_time_ns, ==, was->stop_time_ns);
    g_assert_cmpmem((const char *)is + is->tx_offset, is->tx_len, "question", 8);
    g_assert_null(shm_take(other->shm)); /* loading makes no event */
    pci_reg_write(&other->link, STUNT_LINK_MARK, 7);
    event = shm_take(other->shm);
    g_assert_cmpuint(event->class_id, ==, STUNT_EV_MMIO_WRITE);
    g_assert_cmpuint(event->seq, ==, is->stop_seq + 1);
}

/* An event after the stop (a register that the test reads) counts too. */
static void test_stop_seq_is_the_present(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    uint64_t last = 0;
    const struct stunt_event *event;

    ask(bench, "question");
    pci_reg_write(&bench->link, STUNT_LINK_MARK, 1);
    while ((event = shm_take(bench->shm))) {
        last = event->seq;
    }
    g_assert_cmpuint(last, >, bench->shm->map->stop_seq);
    snapshot_take(bench, "here");
    pci_reg_write(&bench->link, STUNT_LINK_MARK, 2);
    snapshot_rewind(bench, "here");
    g_assert_cmpuint(bench->shm->map->stop_seq, ==, last);
}

/* ---- refused --------------------------------------------------------------------------------------- */

/* A template of a plain machine, and another machine that could load it, with a snapshot of how it is now. */
typedef struct Pair {
    Template *template;
    GByteArray *state;
    Bench *target;
} Pair;

static void pair_free(Pair *pair)
{
    template_load(pair->template, pair->target); /* it could all the time */
    snapshot_check_whole(pair->target);
    bench_free(pair->target);
    template_free(pair->template);
    g_byte_array_unref(pair->state);
    g_free(pair);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, pair_free)

static Pair *pair_new(void)
{
    Pair *pair = g_new0(Pair, 1);
    g_autoptr(Bench) bench = bench_new_traced("", 256);

    pair->template = template_new();
    ask(bench, "question");
    template_save(pair->template, bench);
    pair->state = file_get(pair->template->state_fd);
    pair->target = bench_new_mapped("", 256, pair->template->ram, "");
    snapshot_take(pair->target, "untouched");
    return pair;
}

/* The state file with other content is refused for a reason, and the machine is what it was. */
static void check_refused(Pair *pair, const GByteArray *state, const char *words)
{
    file_set(pair->template->state_fd, state);
    template_load_refused(pair->template, pair->target, words);
    file_set(pair->template->state_fd, pair->state);
}

static GByteArray *copy_of(const GByteArray *bytes, guint len)
{
    return g_byte_array_append(g_byte_array_new(), bytes->data, len);
}

static guint find(const GByteArray *bytes, const char *text)
{
    const guint8 *at = memmem(bytes->data, bytes->len, text, strlen(text));

    g_assert_nonnull(at);
    return (guint)(at - bytes->data);
}

static void test_cut_short(void)
{
    g_autoptr(Pair) pair = pair_new();

    for (guint len = 0; len < pair->state->len; len += 1 + len / 13) {
        g_autoptr(GByteArray) cut = copy_of(pair->state, len);

        check_refused(pair, cut, "it ends in the middle of the ");
    }
    snapshot_check_whole(pair->target);
}

static void test_too_long(void)
{
    g_autoptr(Pair) pair = pair_new();
    g_autoptr(GByteArray) more = copy_of(pair->state, pair->state->len);

    g_byte_array_append(more, (const guint8 *)"more", 4);
    check_refused(pair, more, "4 bytes too many");
    snapshot_check_whole(pair->target);
}

/* Up to the end of what describes build and machine there is no bit that does not matter. */
static void test_flipped(void)
{
    g_autoptr(Pair) pair = pair_new();
    guint head = find(pair->state, "\nstunt-");

    for (guint i = 0; i < 300; i++) {
        g_autoptr(GByteArray) flipped = copy_of(pair->state, pair->state->len);
        gint32 bit = g_test_rand_int_range(0, (gint32)(8 * head));

        flipped->data[bit / 8] ^= (guint8)(1 << bit % 8);
        check_refused(pair, flipped, "");
    }
    snapshot_check_whole(pair->target);
}

static void change(Pair *pair, guint at, const char *to, const char *words)
{
    g_autoptr(GByteArray) changed = copy_of(pair->state, pair->state->len);

    memcpy(changed->data + at, to, strlen(to));
    check_refused(pair, changed, words);
}

static void test_each_reason(void)
{
    g_autoptr(Pair) pair = pair_new();
    guint magic = find(pair->state, "stuntvm"), version = magic + 7, build = version + 4 + 8;
    guint question = find(pair->state, "question"), ram = find(pair->state, "pc.ram");

    change(pair, magic, "x", "not a state file");
    change(pair, version, "\1", "version 1 of the format, this is version 2");
    change(pair, build, "0123456789", "made by another build (0123456789");
    change(pair, find(pair->state, "stunt-dma"), "stunt-xyz",
           "'stunt-xyz /machine/peripheral/dma0', this one");
    change(pair, question - 8, "\x09", "ends in the middle of the");
    change(pair, ram, "pc.rum", "the main memory here is 'pc.ram'");
    change(pair, ram + 6, "\1", "in the template 'pc.ram' with 0x4000001");
    change(pair, find(pair->state, "pc.bios"), "pc.bias", "the memory 'pc.bios' is not in the template");
    change(pair, find(pair->state, "pc.bios") + 7, "\1", "the memory 'pc.bios' has");
    snapshot_check_whole(pair->target);
}

static void test_message_too_long(void)
{
    g_autoptr(Pair) pair = pair_new();
    guint question = find(pair->state, "question");
    g_autoptr(GByteArray) longer = copy_of(pair->state, question + 8);

    longer->data[question - 7] = 0x10; /* 8 + 0x1000 bytes */
    g_byte_array_append(longer, pair->state->data, 0x1000);
    g_byte_array_append(longer, pair->state->data + question + 8, pair->state->len - question - 8);
    check_refused(pair, longer, "a message has 4104 bytes, and there is room for 4096");
    snapshot_check_whole(pair->target);
}

static void test_other_memory(void)
{
    g_autoptr(Pair) pair = pair_new();
    g_autoptr(Template) other = template_new();
    g_autoptr(Bench) plain = bench_new_traced("", 256), larger = NULL, shared = NULL;
    g_autofree char *words = NULL, *more_ram = NULL, *shared_ram = NULL;

    machine_stop(plain->machine);
    template_load_refused(pair->template, plain, "no private mapping");
    g_assert_cmpint(ftruncate(other->ram_fd, 64 << 20), ==, 0);
    words = g_strdup_printf("name=a state=%s ram=%s", pair->template->state, other->ram);
    link_refuses(pair->target, "template-load", words, "no private mapping");
    g_assert_cmpint(ftruncate(other->ram_fd, 65 << 20), ==, 0);
    link_refuses(pair->target, "template-load", words, "the RAM file has 68157440 bytes, not 67108864");
    g_assert_cmpint(ftruncate(other->ram_fd, 63 << 20), ==, 0);
    link_refuses(pair->target, "template-load", words, "the RAM file has 66060288 bytes, not 67108864");
    g_assert_cmpint(ftruncate(other->ram_fd, 128 << 20), ==, 0);
    more_ram = g_strdup_printf("%s,size=128M", other->ram);
    larger = bench_new_mapped("", 256, more_ram, "-m 128M");
    template_load_refused(pair->template, larger, "the main memory here is 'pc.ram' with 8000000 bytes");
    shared_ram = g_strdup_printf("%s,share=on", pair->template->ram);
    shared = bench_new_mapped("", 256, shared_ram, "");
    template_load_refused(pair->template, shared, "no private mapping");
    snapshot_check_whole(pair->target);
}

static void test_other_machine(void)
{
    g_autoptr(Pair) pair = pair_new();
    g_autoptr(Bench) more =
        bench_new_mapped("", 256, pair->template->ram, "-device stunt-dma,id=dma1,bus=pcie.0");
    g_autoptr(Template) of_more = template_new();

    template_load_refused(pair->template, more, "this machine has 'stunt-dma /machine/peripheral/dma1'");
    template_save(of_more, more);
    template_load_refused(
        of_more, pair->target,
        "the template's machine has 'stunt-dma /machine/peripheral/dma1', this one has not");
}

static void test_words(void)
{
    g_autoptr(Pair) pair = pair_new();
    Bench *bench = pair->target;

    link_refuses(bench, "template-save", "state=/x", "'ram=' is missing");
    link_refuses(bench, "template-save", "", "'state=' is missing");
    link_refuses(bench, "template-save", "state=/x ram=/y rum=/z", "unknown key 'rum', did you mean 'ram'?");
    link_refuses(bench, "template-save", "state=/x state=/y ram=/z", "'state' is there twice");
    link_refuses(bench, "template-save", "state=/x ram", "'ram' is not key=value");
    link_refuses(bench, "template-save", "state=/x ram=", "'ram=' is not key=value");
    link_refuses(bench, "template-load", "state=/x ram=/y", "'name=' is missing");
    link_refuses(bench, "template-load", "name=a state=/no ram=/y", "cannot open the state file '/no'");
    link_refuses(bench, "template-load", "name=a state=/proc ram=/y", "the state file '/proc' is not a file");
    link_refuses(bench, "template-load", "name=a state=/dev/zero ram=/y", "is not a file");
}

static void test_missing_ram_file(void)
{
    g_autoptr(Pair) pair = pair_new();
    g_autofree char *words = g_strdup_printf("name=a state=%s ram=/no", pair->template->state);

    link_refuses(pair->target, "template-load", words, "cannot open the RAM file '/no'");
    snapshot_check_whole(pair->target);
}

static void test_running(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);

    link_refuses(bench, "template-save", "state=/no/x ram=/no/y", "the machine runs");
    link_refuses(bench, "template-load", "name=a state=/no/x ram=/no/y", "the machine runs");
    link_refuses(bench, "snapshot-drop", "a", "there is no snapshot 'a'");
}

static void test_cannot_be_written(void)
{
    g_autoptr(Template) template = template_new();
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    g_autofree char *no_state = g_strdup_printf("state=/no/x ram=%s", template->ram);
    g_autofree char *full_state = g_strdup_printf("state=/dev/full ram=%s", template->ram);
    g_autofree char *full_ram = g_strdup_printf("state=%s ram=/dev/full", template->state);
    g_autofree char *no_base = g_strdup_printf("state=%s ram=/no/x pages=/dev/null", template->state);
    g_autofree char *full_pages = g_strdup_printf("state=%s ram=%s pages=/dev/full", template->state, template->ram);
    g_autofree char *sealed_ram = g_strdup_printf("state=%s ram=%s", template->state, template->ram);

    machine_stop(bench->machine);
    machine_write(bench->machine, RAM_SRC, "content", 8);
    link_refuses(bench, "template-save", no_state, "cannot create the state file '/no/x': No such");
    link_refuses(bench, "template-save", full_state, "cannot write the state file: No space left on device");
    link_refuses(bench, "template-save", "state=/no/x ram=/no/y", "cannot create the RAM file '/no/y': No such");
    link_refuses(bench, "template-save", no_base, "cannot open the RAM file '/no/x': No such");
    machine_write(bench->machine, RAM_SRC, "another", 8);
    link_refuses(bench, "template-save", full_pages, "cannot write main memory: No space left on device");
    link_refuses(bench, "template-save", full_ram, "cannot give the RAM file its size");
    g_assert_cmpint(fcntl(template->ram_fd, F_ADD_SEALS, F_SEAL_WRITE), ==, 0);
    link_refuses(bench, "template-save", sealed_ram, "cannot write main memory: Operation not permitted");
    snapshot_take(bench, "it goes on");
    snapshot_check_whole(bench);
}

/* ---- a load that fails half-way -------------------------------------------------------------------- */

static void test_damaged_device(void)
{
    g_autoptr(Pair) pair = pair_new();
    g_autoptr(GByteArray) damaged = copy_of(pair->state, pair->state->len);
    guint section = find(pair->state, "/stunt-dma");
    g_autofree char *error = NULL;

    memcpy(damaged->data + section, "/stunt-xyz", 10);
    check_refused(pair, damaged, "cannot go on until it is put back");
    error = machine_qmp_error(pair->target->machine, "cont", NULL);
    g_assert_nonnull(strstr(error, "Resetting the Virtual Machine is required"));
    link_refuses(pair->target, "snapshot", "half", "it is in the state 'internal-error'");
    snapshot_rewind(pair->target, "untouched");
    snapshot_check_whole(pair->target);
    machine_cont(pair->target->machine);
    machine_stop(pair->target->machine);
}

/* ---- beside templates ------------------------------------------------------------------------------ */

static void test_drop(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);

    machine_stop(bench->machine);
    snapshot_take(bench, "a");
    snapshot_take(bench, "b");
    machine_qom_set(bench->machine, "link0", "snapshot-drop", "\"b\"");
    link_refuses(bench, "rewind", "b", "there is no snapshot 'b'");
    link_refuses(bench, "snapshot-drop", "b", "there is no snapshot 'b'");
    machine_write(bench->machine, RAM_SRC, "x", 1);
    snapshot_rewind(bench, "a");
    snapshot_check_whole(bench);
}

static void test_drop_of_a_template(void)
{
    g_autoptr(Pair) pair = pair_new();

    template_load(pair->template, pair->target);
    machine_qom_set(pair->target->machine, "link0", "snapshot-drop", "\"ready\"");
    link_refuses(pair->target, "rewind", "ready", "there is no snapshot 'ready'");
    machine_cont(pair->target->machine);
    machine_check(pair->target->machine, RAM_SRC, "question", 8);
    machine_stop(pair->target->machine);
}

static void test_begin(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    Machine *machine = bench->machine;
    g_autofree char *running = machine_qom_set_error(machine, "link0", "begin", "7");
    g_autofree char *armed = NULL;

    g_assert_nonnull(strstr(running, "begin: the machine runs"));
    machine_stop(machine);
    machine_qom_set(machine, "link0", "fault-arm", "\"id=r device=dma0 at=irq.raise action=drop\"");
    armed = machine_qom_set_error(machine, "link0", "begin", "7");
    g_assert_nonnull(strstr(armed, "begin: a rule is armed"));
    g_assert_cmpuint(machine_qom_get_uint(machine, "link0", "fault-seed"), !=, 7);
    machine_qom_set(machine, "link0", "fault-disarm", "\"*\"");
    machine_qom_set(machine, "link0", "begin", "7");
    g_assert_cmpuint(machine_qom_get_uint(machine, "link0", "fault-seed"), ==, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/template/same-life-in-another-process", test_same_life);
    g_test_add_func("/template/same-life-with-the-memory-of-another", test_same_life_beside);
    g_test_add_func("/template/refused/pages", test_pages_refused);
    g_test_add_func("/template/ram-file-is-sparse-and-never-written-again", test_ram_file);
    g_test_add_func("/template/memory-written-before-is-put-back", test_memory_is_put_back);
    g_test_add_func("/template/messages-and-stop-come-along", test_shared_part);
    g_test_add_func("/template/stop-number-is-the-present-one", test_stop_seq_is_the_present);
    g_test_add_func("/template/refused/cut-short", test_cut_short);
    g_test_add_func("/template/refused/too-long", test_too_long);
    g_test_add_func("/template/refused/flipped-bit", test_flipped);
    g_test_add_func("/template/refused/each-reason", test_each_reason);
    g_test_add_func("/template/refused/message-too-long", test_message_too_long);
    g_test_add_func("/template/refused/other-memory", test_other_memory);
    g_test_add_func("/template/refused/other-machine", test_other_machine);
    g_test_add_func("/template/refused/words", test_words);
    g_test_add_func("/template/refused/missing-ram-file", test_missing_ram_file);
    g_test_add_func("/template/refused/running", test_running);
    g_test_add_func("/template/refused/cannot-be-written", test_cannot_be_written);
    g_test_add_func("/template/damaged-device-and-back", test_damaged_device);
    g_test_add_func("/template/drop", test_drop);
    g_test_add_func("/template/drop-of-a-template", test_drop_of_a_template);
    g_test_add_func("/template/begin", test_begin);
    return g_test_run();
}
