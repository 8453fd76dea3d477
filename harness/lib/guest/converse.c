/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of questions and answers that carries everything else. */
#include <string.h>

#include "lib/guest/guest.h"
#include "stunt/error.h"

void stunt_guest_post(StuntGuest *guest, guint32 type, guint32 id, gint32 value, gconstpointer payload,
                      gsize len)
{
    g_queue_push_tail(&guest->outbox, stunt_record_new(type, id, value, payload, len));
}

/* As many records as one message holds. */
static GByteArray *take_answer(StuntGuest *guest)
{
    GByteArray *message = g_byte_array_new();
    GBytes *record;

    while ((record = g_queue_peek_head(&guest->outbox)) &&
           message->len + g_bytes_get_size(record) <= STUNT_MESSAGE_MAX) {
        g_byte_array_append(message, g_bytes_get_data(record, NULL), g_bytes_get_size(record));
        g_bytes_unref(g_queue_pop_head(&guest->outbox));
    }
    return message;
}

/* Answers the question that the machine stands at, unless the answer before is still on its way. */
static gboolean answer(StuntGuest *guest, gboolean *ret_early, GError **error)
{
    g_autoptr(GByteArray) message = NULL;

    guest->asking = FALSE;
    if (stunt_vm_answer_pending(guest->vm)) {
        *ret_early = TRUE;
        return TRUE;
    }
    message = take_answer(guest);
    *ret_early = message->len > 0 && !stunt_vm_is_exact(guest->vm);
    return stunt_vm_answer(guest->vm, message->data, message->len, error);
}

/* What is left to say, or may have come too late for the guest to see it, makes the agent ask again. */
static gboolean hand_over(StuntGuest *guest, GError **error)
{
    gboolean early = FALSE;

    if (guest->asking && !answer(guest, &early, error)) {
        return FALSE;
    }
    if ((early || !g_queue_is_empty(&guest->outbox)) && !guest->attention && guest->release) {
        guest->attention = TRUE;
        return stunt_vm_attention(guest->vm, error);
    }
    return TRUE;
}

static gboolean pause_here(StuntGuest *guest, GError **error)
{
    return !guest->on_pause || guest->on_pause(guest, stunt_vm_stop_arg(guest->vm), guest->pause_data, error);
}

static gboolean forbidden_here(StuntGuest *guest, GError **error)
{
    guint number = stunt_vm_stop_arg(guest->vm);

    if (guest->on_forbid && guest->on_forbid(number, guest->forbid_data)) {
        return TRUE;
    }
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "an event happened that rule %u forbids", number);
    return FALSE;
}

static gboolean take_question(StuntGuest *guest, GError **error)
{
    gsize len;
    gconstpointer message = stunt_vm_message(guest->vm, &len);

    guest->asking = TRUE;
    guest->attention = FALSE;
    guest->sleep.asleep = FALSE; /* the agent sleeps with the rest */
    return stunt_guest_receive(guest, message, len, error);
}

/* What the kernel gave as the reason of its panic. */
static const char *panic_text(const StuntGuest *guest)
{
    static const char mark[] = "Kernel panic - not syncing: ";

    for (guint i = guest->log->len; i-- > 0;) {
        const StuntKmsg *kmsg = g_ptr_array_index(guest->log, i);
        const char *at = strstr(kmsg->text, mark);

        if (at) {
            return at + strlen(mark);
        }
    }
    return "no reason in its log";
}

static gboolean end(StuntGuest *guest, StuntStopped why, GError **error)
{
    stunt_guest_log_dump(guest);
    if (why == STUNT_STOPPED_PANIC) {
        stunt_guest_note(guest, "panic", "%s", panic_text(guest));
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the guest panicked: %s", panic_text(guest));
    } else {
        stunt_guest_note(guest, "off", "the guest is off");
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the guest went off%s",
                    guest->release ? "" : " before its agent said hello; its console may say why");
    }
    return FALSE;
}

/* One stop, dealt with as far as it can be here. */
static gboolean step(StuntGuest *guest, guint64 deadline_ns, StuntStopped *ret_why, GError **error)
{
    if (!hand_over(guest, error) || !stunt_vm_go(guest->vm, deadline_ns, ret_why, error)) {
        return FALSE;
    }
    switch (*ret_why) {
    case STUNT_STOPPED_ASK:
        return take_question(guest, error);
    case STUNT_STOPPED_PAUSE:
        return pause_here(guest, error);
    case STUNT_STOPPED_SLEEP:
        stunt_guest_slept(guest);
        return TRUE;
    case STUNT_STOPPED_DEADLINE:
    case STUNT_STOPPED_EVENT:
    case STUNT_STOPPED_BREAK:
        return TRUE;
    case STUNT_STOPPED_FORBID:
        return forbidden_here(guest, error);
    case STUNT_STOPPED_PANIC:
    case STUNT_STOPPED_OFF:
        return end(guest, *ret_why, error);
    }
    g_return_val_if_reached(FALSE);
}

/* For those who wait for something else: a stop that they cannot go on from by themselves. */
static gboolean is_in_the_way(StuntStopped why, GError **error)
{
    if (why == STUNT_STOPPED_EVENT) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST,
                    "the machine stands at the event that was asked for");
    } else if (why == STUNT_STOPPED_BREAK) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the machine was stopped by hand");
    }
    return why == STUNT_STOPPED_EVENT || why == STUNT_STOPPED_BREAK;
}

static gboolean until(StuntGuest *guest, StuntDoneFunc *done, gpointer data, guint64 deadline_ns,
                      gboolean *ret_late, GError **error)
{
    gboolean late = FALSE;
    StuntStopped why;

    while (!late && !done(data)) {
        if (!step(guest, deadline_ns, &why, error) || is_in_the_way(why, error)) {
            return FALSE;
        }
        late = why == STUNT_STOPPED_DEADLINE;
    }
    if (late && !ret_late) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_DEADLINE,
                    "not done at its deadline, %.9f s of virtual time", deadline_ns / 1e9);
        return FALSE;
    }
    if (ret_late) {
        *ret_late = late;
    }
    return TRUE;
}

static gboolean begin(StuntGuest *guest, GError **error)
{
    if (guest->running) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "the machine stands at a pause: it cannot be run from there");
        return FALSE;
    }
    guest->running = TRUE;
    return TRUE;
}

gboolean stunt_guest_converse(StuntGuest *guest, StuntDoneFunc *done, gpointer data, guint64 deadline_ns,
                              gboolean *ret_late, GError **error)
{
    gboolean ok;

    if (!begin(guest, error)) {
        return FALSE;
    }
    ok = until(guest, done, data, deadline_ns, ret_late, error);
    guest->running = FALSE;
    return ok;
}

gboolean stunt_guest_go(StuntGuest *guest, guint64 deadline_ns, StuntStopped *ret_why, GError **error)
{
    gboolean ok;

    if (!begin(guest, error)) {
        return FALSE;
    }
    do {
        ok = step(guest, deadline_ns, ret_why, error);
    } while (ok && (*ret_why == STUNT_STOPPED_ASK || *ret_why == STUNT_STOPPED_SLEEP));
    guest->running = FALSE;
    return ok;
}
