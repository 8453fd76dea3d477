/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: mappings come and go; each byte is then what counting by hand says, and so is the form of the sets. */
#include "fuzz.h"
#include "mappings.h"

#include <string.h>

#define BYTES 256u
#define HELD 64u

struct hand {
    unsigned count[BYTES], reads[BYTES], writes[BYTES];
};

struct world {
    uint64_t base; /* address of byte 0 */
    struct stunt_mappings set;
    struct stunt_mapping held[HELD];
    unsigned n_held;
    struct hand dma, phys;
};

static void count(struct hand *hand, uint64_t from, uint32_t len, uint8_t direction, int by)
{
    for (uint64_t i = from; i < from + len; i++) {
        hand->count[i] += (unsigned)by;
        hand->reads[i] += direction != STUNT_DIR_FROM_DEVICE ? (unsigned)by : 0;
        hand->writes[i] += direction != STUNT_DIR_TO_DEVICE ? (unsigned)by : 0;
    }
}

static void count_both(struct world *world, const struct stunt_mapping *mapping, int by)
{
    count(&world->dma, mapping->addr - world->base, mapping->len, mapping->direction, by);
    count(&world->phys, mapping->phys - world->base, mapping->phys_len, mapping->direction, by);
}

static struct stunt_mapping compose(struct world *world, struct input *in)
{
    uint32_t dma = take8(in), phys = take8(in);
    struct stunt_mapping mapping = {
        .addr = world->base + dma,
        .phys = world->base + phys,
        .len = take8(in) % (BYTES - dma + 1),
        .phys_len = take8(in) % (BYTES - phys + 1),
        .direction = take8(in) % 3,
    };

    return mapping;
}

static void check_twice(struct world *world, const struct stunt_mapping *mapping)
{
    uint64_t from = mapping->phys - world->base, at = 0, found = 0;
    bool write = mapping->direction != STUNT_DIR_TO_DEVICE, expected = false;

    for (uint64_t i = from; i < from + mapping->phys_len && !expected; i++) {
        expected = world->phys.writes[i] || (write && world->phys.count[i]);
        at = world->base + i;
    }
    CHECK(stunt_mappings_twice(&world->set, mapping, &found) == expected);
    CHECK(!expected || found == at);
}

static void map(struct world *world, struct input *in)
{
    struct stunt_mapping mapping = compose(world, in);

    if (!stunt_mapping_valid(&mapping) || world->n_held == HELD) {
        return;
    }
    check_twice(world, &mapping);
    CHECK(stunt_mappings_add(&world->set, &mapping));
    world->held[world->n_held++] = mapping;
    count_both(world, &mapping, 1);
}

/* One that is held, so all of its members are given: an equal one goes, whichever. */
static void unmap(struct world *world, struct input *in)
{
    unsigned i = world->n_held ? take8(in) % world->n_held : 0;
    struct stunt_mapping mapping;
    int32_t before = world->set.n;

    if (!world->n_held) {
        return;
    }
    mapping = world->held[i];
    /* likeness does not look at phys_len, so of those that differ in nothing else any may go: skip these */
    for (unsigned k = 0; k < world->n_held; k++) {
        const struct stunt_mapping *other = &world->held[k];

        if (other->len == mapping.len && other->addr == mapping.addr && other->phys == mapping.phys &&
            other->direction == mapping.direction && other->phys_len != mapping.phys_len) {
            return;
        }
        if (!mapping.len && !other->len && other->phys == mapping.phys && other->direction == mapping.direction &&
            other->phys_len != mapping.phys_len) {
            return;
        }
    }
    CHECK(stunt_mappings_remove(&world->set, &mapping) == STUNT_UNMAPPED_OK);
    CHECK(world->set.n == before - 1);
    world->held[i] = world->held[--world->n_held];
    count_both(world, &mapping, -1);
}

static void check_form(const struct stunt_spans *spans, const struct hand *hand, uint64_t base)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < spans->n; i++) {
        const struct stunt_span *span = &spans->span[i];

        CHECK(span->start <= span->last && span->count);
        for (uint64_t at = span->start - base; at <= span->last - base; at++) {
            CHECK(at < BYTES);
            CHECK(span->count == hand->count[at] && span->reads == hand->reads[at] &&
                  span->writes == hand->writes[at]);
            bytes++;
        }
        if (i + 1 < spans->n) {
            const struct stunt_span *next = span + 1;

            CHECK(span->last < next->start);
            CHECK(span->last + 1 != next->start || span->count != next->count ||
                  span->reads != next->reads || span->writes != next->writes);
        }
    }
    for (unsigned i = 0; i < BYTES; i++) {
        bytes -= hand->count[i] != 0;
    }
    CHECK(bytes == 0);
}

static void check_access(struct world *world, struct input *in)
{
    uint32_t from = take8(in), len = 1 + take8(in) % (BYTES - from);
    bool write = take8(in) & 1;
    enum stunt_access access;
    uint64_t at = 0;
    uint32_t i = from;

    access = stunt_mappings_access(&world->set, world->base + from, len, write, &at);
    while (i < from + len && (write ? world->dma.writes[i] : world->dma.reads[i])) {
        i++;
    }
    if (i == from + len) {
        CHECK(access == STUNT_ACCESS_OK);
        return;
    }
    CHECK(at == world->base + i);
    CHECK((access == STUNT_ACCESS_DIRECTION) == (world->dma.count[i] != 0) && access != STUNT_ACCESS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world world;
    struct input in = {data, size};

    memset(&world, 0, sizeof(world));
    world.base = take8(&in) & 1 ? UINT64_MAX - (BYTES - 1) : 0;
    while (in.left) {
        switch (take8(&in) % 4) {
        case 0:
        case 1:
            map(&world, &in);
            break;
        case 2:
            unmap(&world, &in);
            break;
        case 3:
            check_access(&world, &in);
            break;
        }
        check_form(&world.set.dma, &world.dma, world.base);
        check_form(&world.set.phys, &world.phys, world.base);
    }
    CHECK(stunt_mappings_rebuild(&world.set));
    check_form(&world.set.dma, &world.dma, world.base);
    stunt_mappings_clear(&world.set);
    return 0;
}
