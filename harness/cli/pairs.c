/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pairs.h"

static void witness_free(gpointer data)
{
    StuntWitness *witness = data;

    g_free(witness->what);
    g_free(witness);
}

static void pair_free(gpointer data)
{
    StuntPair *pair = data;

    g_ptr_array_unref(pair->witness);
    g_free(pair);
}

static gboolean some_device_has(const StuntSpec *spec, const char *class_name)
{
    for (guint i = 0; i < spec->device->len; i++) {
        if (stunt_spec_has_class(spec->device->pdata[i], class_name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void add_class(GPtrArray *pairs, const struct stunt_class_info *info)
{
    for (size_t i = 0; i < stunt_n_actions; i++) {
        StuntPair *pair;

        if ((stunt_actions[i].classes >> info->id) & 1) {
            pair = g_new0(StuntPair, 1);
            pair->class_info = info;
            pair->action = &stunt_actions[i];
            pair->witness = g_ptr_array_new_with_free_func(witness_free);
            g_ptr_array_add(pairs, pair);
        }
    }
}

GPtrArray *stunt_pairs_new(const StuntSpec *spec)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(pair_free);

    for (size_t i = 0; i < stunt_n_classes; i++) {
        if (some_device_has(spec, stunt_classes[i].name)) {
            add_class(pairs, &stunt_classes[i]);
        }
    }
    return pairs;
}

static void add_proof(GPtrArray *pairs, const StuntProof *proof, guint index)
{
    for (guint i = 0; i < pairs->len; i++) {
        StuntPair *pair = pairs->pdata[i];

        if (pair->class_info == proof->class_info && pair->action == proof->action) {
            StuntWitness *witness = g_new0(StuntWitness, 1);

            witness->scenario = index;
            witness->what = g_strdup(proof->what);
            g_ptr_array_add(pair->witness, witness);
        }
    }
}

void stunt_pairs_add(GPtrArray *pairs, const StuntScenario *scenario, guint index)
{
    for (guint i = 0; i < scenario->proof->len; i++) {
        add_proof(pairs, scenario->proof->pdata[i], index);
    }
}

void stunt_pairs_add_result(GPtrArray *pairs, guint index, const StuntResult *result)
{
    for (guint i = 0; i < pairs->len; i++) {
        const StuntPair *pair = pairs->pdata[i];

        for (guint k = 0; k < pair->witness->len; k++) {
            StuntWitness *witness = pair->witness->pdata[k];

            if (witness->scenario == index) {
                witness->result = result;
            }
        }
    }
}

void stunt_pairs_drop_unproved(GPtrArray *pairs)
{
    for (guint i = 0; i < pairs->len;) {
        if (((StuntPair *)pairs->pdata[i])->witness->len) {
            i++;
        } else {
            g_ptr_array_remove_index(pairs, i);
        }
    }
}

guint64 stunt_witness_fired(const StuntPair *pair, const StuntWitness *witness)
{
    guint64 fired = 0;

    for (guint i = 0; witness->result && i < witness->result->rule->len; i++) {
        const StuntRuleResult *rule = witness->result->rule->pdata[i];

        if (g_str_equal(rule->at, pair->class_info->name) && g_str_equal(rule->action, pair->action->name)) {
            fired += rule->fired;
        }
    }
    return fired;
}

gboolean stunt_pair_is_proved(const StuntPair *pair)
{
    gboolean proved = FALSE;

    for (guint i = 0; i < pair->witness->len; i++) {
        const StuntWitness *witness = pair->witness->pdata[i];

        if (witness->result && witness->result->status != STUNT_PASS && witness->result->status != STUNT_SKIP) {
            return FALSE;
        }
        proved |= !witness->result || witness->result->status == STUNT_PASS;
    }
    return proved;
}
