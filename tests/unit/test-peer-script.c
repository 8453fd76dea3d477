/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text form of a peer's script: what is taken, and how each error is told. */
#include "stunt/regs/uart.h"
#include "uart/peer-script.h"

#include <glib.h>
#include <string.h>

static struct peer_script script;

static const struct peer_step *take(const char *text)
{
    char err[200] = "";

    if (!peer_script_read(&script, text, err, sizeof(err))) {
        g_error("'%s' was refused: %s", text, err);
    }
    return script.step;
}

static void refuse(const char *text, const char *message)
{
    char err[200] = "";

    g_assert_false(peer_script_read(&script, text, err, sizeof(err)));
    g_assert_cmpstr(err, ==, message);
}

static void steps(void)
{
    const struct peer_step *step = take("after 1s;;at 2ms\n\n  break 3us ; hold 4ns\t\r\nidle 0s");

    g_assert_cmpuint(script.n_steps, ==, 5);
    g_assert_cmpint(step[0].verb, ==, PEER_AFTER);
    g_assert_cmpuint(step[0].ns, ==, 1000000000);
    g_assert_cmpuint(step[1].ns, ==, 2000000);
    g_assert_cmpuint(step[2].ns, ==, 3000);
    g_assert_cmpuint(step[3].ns, ==, 4);
    g_assert_cmpuint(step[4].ns, ==, 0);
    g_assert_cmpuint(step[1].row, ==, 1);
    g_assert_cmpuint(step[3].row, ==, 3);
    g_assert_cmpuint(step[3].text_len, ==, strlen("hold 4ns"));
}

static void times(void)
{
    g_assert_cmpuint(take("after 12.5ms")->ns, ==, 12500000);
    g_assert_cmpuint(take("after 0.000000001s")->ns, ==, 1);
    g_assert_cmpuint(take("after 1000000s")->ns, ==, 1000000000000000);
    refuse("after 1.5ns", "line 1: '1.5ns' is no time: a number of whole nanoseconds with ns, us, ms or s");
    refuse("after 5", "line 1: '5' is no time: a number of whole nanoseconds with ns, us, ms or s");
    refuse("after 1.s", "line 1: '1.s' is no time: a number of whole nanoseconds with ns, us, ms or s");
    refuse("after 1000001s", "line 1: '1000001s' is no time: a number of whole nanoseconds with ns, us, ms or s");
    refuse("after -1s", "line 1: '-1s' is no time: a number of whole nanoseconds with ns, us, ms or s");
    refuse("after", "line 1: 'the end of the step' is no time: a number of whole nanoseconds with ns, us, ms or s");
}

static void lines_of_all_kinds(void)
{
    const struct peer_step *step = take("line 9600; line 300 7e2 rtscts; line 12000000 xonxoff 5o1.5");

    g_assert_cmpuint(step[0].line.baud, ==, 9600);
    g_assert_cmpuint(step[0].line.bits, ==, 8);
    g_assert_cmpuint(step[0].line.parity, ==, STUNT_UART_PARITY_NONE);
    g_assert_cmpuint(step[1].line.parity, ==, STUNT_UART_PARITY_EVEN);
    g_assert_cmpuint(step[1].line.stop, ==, STUNT_UART_STOP_TWO);
    g_assert_true(step[1].line.rtscts && !step[1].line.xonxoff);
    g_assert_cmpuint(step[2].line.bits, ==, 5);
    g_assert_cmpuint(step[2].line.stop, ==, STUNT_UART_STOP_ONE_HALF);
    g_assert_true(step[2].line.xonxoff && !step[2].line.rtscts);
    refuse("line 11", "line 1: '11' is no baud rate, 12 to 12000000");
    refuse("line fast", "line 1: 'fast' is no baud rate, 12 to 12000000");
    refuse("line 9600 8x1", "line 1: '8x1' is no format like 8n1, and neither rtscts nor xonxoff");
    refuse("line 9600 4n1", "line 1: '4n1' is no format like 8n1, and neither rtscts nor xonxoff");
    refuse("line 9600 8n3", "line 1: '8n3' has no number of stop bits, 1, 1.5 or 2");
}

static void data(void)
{
    const struct peer_step *step = take("send \"a\\r\\n\\x7f\\\"\\\\\"; send 4096 seed 7; expect exactly 1 seed 0 within 5ms\nexpect \"; \"");

    g_assert_cmpuint(step[0].data.len, ==, 6);
    g_assert_cmpint(memcmp(script.pool + step[0].data.at, "a\r\n\x7f\"\\", 6), ==, 0);
    g_assert_true(step[1].data.seeded);
    g_assert_cmpuint(step[1].data.len, ==, 4096);
    g_assert_cmpuint(step[1].data.seed, ==, 7);
    g_assert_true(step[2].exactly);
    g_assert_cmpuint(step[2].ns, ==, 5000000);
    g_assert_cmpuint(step[3].data.len, ==, 2);
    g_assert_cmpuint(step[3].ns, ==, PEER_FOREVER);
    refuse("send", "line 1: 'the end of the step' is no number of bytes, 1 to 4294967296");
    refuse("\nsend \"abc", "line 2: a text has no \" at its end");
    refuse("send \"a\nb\"", "line 1: a text has no \" at its end");
    refuse("send \"\"", "line 1: a text is empty");
    refuse("send \"\\q\"", "line 1: a backslash in a text has one of r n t 0 \" \\ or xNN behind it");
    refuse("send \"\\xg0\"", "line 1: a backslash in a text has one of r n t 0 \" \\ or xNN behind it");
    refuse("send \"\\", "line 1: a backslash in a text has one of r n t 0 \" \\ or xNN behind it");
    refuse("send 5 sead 1", "line 1: 'sead': behind a number of bytes comes the word seed");
    refuse("send \"a\" \"b\"", "line 1: send: 'a text' is too much");
    refuse("expect 5 seed 1", "line 1: '5': expect has a text, break, or exactly");
    refuse("expect \"a\" within", "line 1: 'the end of the step' is no time: a number of whole nanoseconds with ns, us, ms or s");
}

static void lines_that_are_driven(void)
{
    const struct peer_step *step = take("lines +rts -dtr +ri; expect-lines -cts +dcd within 1us; expect-lines +dsr; frame 0xff framing-wrong");

    g_assert_cmpuint(step[0].on, ==, PEER_RTS | PEER_RI);
    g_assert_cmpuint(step[0].off, ==, PEER_DTR);
    g_assert_cmpuint(step[1].on, ==, STUNT_UART_INPUT_DCD);
    g_assert_cmpuint(step[1].off, ==, STUNT_UART_INPUT_CTS);
    g_assert_cmpuint(step[2].ns, ==, PEER_FOREVER);
    g_assert_true(step[3].framing_wrong && !step[3].parity_wrong);
    refuse("lines", "line 1: there is no line, or one of them both on and off");
    refuse("lines +rts -rts", "line 1: there is no line, or one of them both on and off");
    refuse("lines +cts", "line 1: '+cts' is none of rts dtr dcd ri with + or - before it");
    refuse("expect-lines cts", "line 1: 'cts' is none of cts dsr dcd ri with + or - before it");
    refuse("frame 65", "line 1: 'the end of the step': a frame is parity-wrong, framing-wrong or both");
    refuse("frame 256 parity-wrong", "line 1: '256' is no byte, 0 to 255");
}

static void repeats(void)
{
    const struct peer_step *step = take("repeat 3\nsend \"a\"\nend\nrepeat 1; end");

    g_assert_cmpuint(step[0].count, ==, 3);
    g_assert_cmpuint(step[2].count, ==, 1);
    g_assert_cmpuint(step[4].count, ==, 4);
    refuse("repeat 2; repeat 2; end; end", "line 1: a repeat is in another one");
    refuse("send \"a\"\nend", "line 2: 'end' ends no repeat");
    refuse("repeat 2\nsend \"a\"\n", "line 3: the repeat of line 1 has no end");
    refuse("repeat 0; end", "line 1: '0' is no number of turns, 1 to 1000000");
}

static void what_is_no_script(void)
{
    g_autofree char *many = g_strnfill(PEER_TEXT_MAX, ';'), *more = g_strnfill(PEER_TEXT_MAX + 1, ' ');
    g_autoptr(GString) steps_too_many = g_string_new(NULL);

    for (unsigned i = 0; i <= PEER_STEPS_MAX; i++) {
        g_string_append(steps_too_many, "idle 1s;");
    }
    refuse("", "line 1: there is no step");
    refuse(many, "line 1: there is no step");
    refuse(more, "line 1: a script of 16384 bytes, at most 16383");
    refuse(steps_too_many->str, "line 1: there are more than 512 steps");
    refuse("sned \"a\"", "line 1: there is no step 'sned'; did you mean 'send'?");
    refuse("\"a\"", "line 1: there is no step 'a text'");
    refuse("after 1s\nafter\x01", "line 2: only in a text, as \\xNN, may there be a character 0x01");
    refuse("a-word-that-is-longer-than-any-word", "line 1: 'a-word-that-is-longer-than-any-…': no word is that long");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer-script/steps", steps);
    g_test_add_func("/peer-script/times", times);
    g_test_add_func("/peer-script/lines-of-all-kinds", lines_of_all_kinds);
    g_test_add_func("/peer-script/data", data);
    g_test_add_func("/peer-script/lines-that-are-driven", lines_that_are_driven);
    g_test_add_func("/peer-script/repeats", repeats);
    g_test_add_func("/peer-script/what-is-no-script", what_is_no_script);
    return g_test_run();
}
