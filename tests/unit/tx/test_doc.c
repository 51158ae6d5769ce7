/* docs/transactions.md is what the tables say. `test_tx_doc print` writes it: redirect that there
 * after a table has changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tx/tx.h"

static char text[65536];

static void put(struct buf *b, const char *s)
{
    buf_put(b, str_from(s));
}

static const char *const intro =
    "# The transactions\n\n"
    "The tables that run them (`src/tx/tables.c`), printed by `test_tx_doc print`; a unit test "
    "keeps "
    "this page and the\ntables equal. They are figures 5 to 8 of RFC 3261 section 17 with RFC 6026 "
    "(a "
    "2xx to INVITE) and RFC 4320 (requests\nother than INVITE). An event without a line is ignored "
    "in that state.\n";

static const char *const figures[N_TX_KINDS] = {
    "RFC 3261 17.1.1 and RFC 6026 8.4. Timer B runs in Proceeding only behind a CANCEL (RFC 3261 "
    "9.1).",
    "RFC 3261 17.1.2.",
    "RFC 3261 17.2.1 and RFC 6026 8.6. `200 ms` is when a TU that is silent gets a 100 sent for "
    "it.",
    "RFC 3261 17.2.2 with RFC 6026 8.8 and RFC 4320 4.1: a 100 goes out once the client's Timer E "
    "has come to T2;\nnobody answers after Timer F.",
};

static void put_state_timers(struct buf *b, enum tx_kind kind)
{
    put(b, "\n| state | repeats | ends by |\n|---|---|---|\n");
    for (unsigned state = TX_NONE + 1; state < TX_TERMINATED; state++) {
        const struct tx_state_timers *row = &tx_state_timers[kind][state];
        if (!row->repeat && !row->end && !row->keep_repeat && !row->keep_end)
            continue;
        put(b, "| ");
        put(b, tx_state_name(state));
        put(b, " | ");
        put(b, row->keep_repeat ? "as before" : tx_timer_name(row->repeat));
        put(b, " | ");
        put(b, row->keep_end ? "as before" : tx_timer_name(row->end));
        put(b, " |\n");
    }
}

static void put_span(struct buf *b, time_ns span)
{
    if (span == TIME_NEVER) {
        put(b, "-");
        return;
    }
    buf_put_u64(b, span / NS_PER_MS);
    put(b, " ms");
}

static void put_spans(struct buf *b)
{
    struct tx_timers t = tx_timers_default();
    put(b,
        "\n## The timers\n\nWith T1 = 500 ms, T2 = 4 s and T4 = 5 s. A, E and G double; E and G up "
        "to T2.\n\n| timer | unreliable | reliable |\n|---|---|---|\n");
    for (unsigned timer = TIMER_NONE + 1; timer < N_TX_TIMERS; timer++) {
        put(b, "| ");
        put(b, tx_timer_name(timer));
        put(b, " | ");
        put_span(b, tx_timer_span(&t, timer, false));
        put(b, " | ");
        put_span(b, tx_timer_span(&t, timer, true));
        put(b, " |\n");
    }
}

static struct str document(void)
{
    struct buf b;
    buf_init(&b, text, sizeof text);
    put(&b, intro);
    for (unsigned kind = 0; kind < N_TX_KINDS; kind++) {
        put(&b, "\n## ");
        put(&b, tx_kind_name(kind));
        put(&b, "\n\n");
        put(&b, figures[kind]);
        put(&b, "\n\n");
        tx_table_print(&b, kind);
        put_state_timers(&b, kind);
    }
    put_spans(&b);
    assert_false(b.over);
    return buf_str(&b);
}

static void the_document_is_true(void **state)
{
    (void)state;
    static char found[sizeof text];
    FILE *f = fopen(SOURCE_ROOT "/docs/transactions.md", "rb");
    if (!f)
        skip();
    size_t n = fread(found, 1, sizeof found, f);
    fclose(f);
    if (!str_equal((struct str){found, n}, document()))
        fail_msg("docs/transactions.md is not what `test_tx_doc print` says");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_document_is_true)};
    if (argc == 2 && strcmp(argv[1], "print") == 0) {
        struct str d = document();
        return fwrite(d.at, 1, d.len, stdout) == d.len ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
