/* The exposition: sums over workers, labels that strangers cannot make, an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "server/metrics_text.h"

static struct worker_figures workers[2];

static char *print(const struct metrics_sample *s)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);

    assert_non_null(f);
    metrics_print(f, s);
    assert_int_equal(fclose(f), 0);
    return out;
}

static bool has_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);

    return at && at > text && at[-1] == '\n' && at[strlen(line)] == '\n';
}

static void workers_are_summed_where_a_worker_says_nothing(void **state)
{
    struct metrics_sample s = {.n_workers = 2, .workers = workers};

    (void)state;
    memset(workers, 0, sizeof(workers));
    workers[0].engine.requests_in[METHOD_INVITE] = 3;
    workers[1].engine.requests_in[METHOD_INVITE] = 4;
    workers[1].engine.requests_out[METHOD_OTHER] = 5;
    workers[1].engine.timeouts = 9;
    workers[0].timers = 2;
    char *text = print(&s);
    assert_true(has_line(text, "tandem_requests_total{direction=\"in\",method=\"INVITE\"} 7"));
    assert_true(has_line(text, "tandem_requests_total{direction=\"out\",method=\"other\"} 5"));
    assert_true(has_line(text, "tandem_timeouts_total{worker=\"0\"} 0"));
    assert_true(has_line(text, "tandem_timeouts_total{worker=\"1\"} 9"));
    assert_true(has_line(text, "tandem_timers{worker=\"0\"} 2"));
    assert_true(has_line(text, "# UNIT process_cpu_seconds seconds"));
    assert_string_equal(text + strlen(text) - 6, "# EOF\n");
    free(text);
}

static void codes_that_nobody_knows_are_their_class(void **state)
{
    struct metrics_sample s = {.n_workers = 1, .workers = workers};
    unsigned lines = 0;

    (void)state;
    memset(workers, 0, sizeof(workers));
    for (unsigned i = 0; i < ENGINE_STATUSES; i++)
        workers[0].engine.responses_in[i] = 1;
    char *text = print(&s);
    assert_true(has_line(text, "tandem_responses_total{direction=\"in\",code=\"486\"} 1"));
    assert_null(strstr(text, "code=\"450\""));
    uint64_t sum = 0;
    for (char *at = text; (at = strstr(at, "tandem_responses_total{direction=\"in\"")); lines++) {
        at = strchr(at, '}') + 2;
        sum += strtoull(at, NULL, 10);
    }
    assert_int_equal(sum, ENGINE_STATUSES); /* none is lost */
    assert_in_range(lines, 70, 100);
    free(text);
}

static void buckets_are_cumulative(void **state)
{
    struct metrics_sample s = {.n_workers = 1, .workers = workers};

    (void)state;
    s.store.commits_within[0] = 1;
    s.store.commits_within[KEEPER_BUCKETS - 1] = 2;
    s.store.commits = 4; /* one took longer than any bound */
    s.store.commit_ns = 1500 * NS_PER_MS;
    char *text = print(&s);
    assert_true(has_line(text, "tandem_store_commit_seconds_bucket{le=\"0.0001\"} 1"));
    assert_true(has_line(text, "tandem_store_commit_seconds_bucket{le=\"1.0\"} 1"));
    assert_true(has_line(text, "tandem_store_commit_seconds_bucket{le=\"5.0\"} 3"));
    assert_true(has_line(text, "tandem_store_commit_seconds_bucket{le=\"+Inf\"} 4"));
    assert_true(has_line(text, "tandem_store_commit_seconds_sum 1.500000000"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_are_summed_where_a_worker_says_nothing),
        cmocka_unit_test(codes_that_nobody_knows_are_their_class),
        cmocka_unit_test(buckets_are_cumulative),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
