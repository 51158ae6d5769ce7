/* Log lines reach their reader; a reader that stalls stalls nobody and loses only lines, which are
 * counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "server/log_writer.h"

static void read_all(int fd, char *out, size_t size)
{
    size_t len = 0;
    ssize_t n;

    while (len + 1 < size && (n = read(fd, out + len, size - 1 - len)) > 0)
        len += (size_t)n;
    out[len] = '\0';
}

static void lines_arrive(void **state)
{
    static const struct {
        enum config_log_format format;
        const char *start, *end;
    } rows[] = {
        {CONFIG_LOG_TEXT, "tandem: warn: banned addr=", "addr=\"one \\\"two\\\"\"\n"},
        {CONFIG_LOG_LOGFMT, "time=20", " level=warn event=banned addr=\"one \\\"two\\\"\"\n"},
        {CONFIG_LOG_JSON, "{\"event\":\"banned\",\"level\":\"warn\",\"time\":\"20",
         "Z\",\"addr\":\"one \\\"two\\\"\"}\n"},
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        int ends[2];
        char got[200];

        assert_int_equal(pipe(ends), 0);
        struct log_writer *w = log_writer_new(&mem_libc, 2, LOG_INFO, rows[i].format, ends[1]);
        assert_non_null(w);
        log_event(log_writer_log(w, 1), EV_BANNED, LOG_TEXT("addr", STR("one \"two\"")));
        log_event(log_writer_log(w, 1), EV_BAD_MESSAGE, LOG_TEXT("what", STR("not this")));
        log_writer_free(w);
        close(ends[1]);
        read_all(ends[0], got, sizeof(got));
        assert_true(strlen(got) > strlen(rows[i].end));
        assert_memory_equal(got, rows[i].start, strlen(rows[i].start));
        assert_string_equal(got + strlen(got) - strlen(rows[i].end), rows[i].end);
        close(ends[0]);
    }
}

static void a_stalled_reader_stalls_nobody(void **state)
{
    static char got[1 << 20];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 0);
    struct log_writer *w = log_writer_new(&mem_libc, 1, LOG_INFO, CONFIG_LOG_TEXT, ends[1]);
    assert_non_null(w);
    for (unsigned i = 0; i < 5000; i++) /* returns although nobody reads */
        log_event(log_writer_log(w, 0), EV_READY,
                  LOG_TEXT("pad", STR("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")), LOG_NUMBER("ms", i));
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) >= 0);
    log_writer_free(w);
    close(ends[1]);
    read_all(ends[0], got, sizeof(got));
    assert_non_null(strstr(got, "lines lost lines="));
    close(ends[0]);
}

static void the_level_changes_at_once(void **state)
{
    char got[200];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct log_writer *w = log_writer_new(&mem_libc, 1, LOG_WARN, CONFIG_LOG_TEXT, ends[1]);
    assert_non_null(w);
    log_event(log_writer_log(w, 0), EV_READY, LOG_NUMBER("ms", 1));
    log_writer_set_level(w, LOG_INFO);
    assert_int_equal(log_writer_level(w), LOG_INFO);
    log_event(log_writer_log(w, 0), EV_READY, LOG_NUMBER("ms", 2));
    log_writer_free(w);
    close(ends[1]);
    read_all(ends[0], got, sizeof(got));
    assert_string_equal(got, "tandem: info: ready ms=2\n");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_arrive),
        cmocka_unit_test(the_level_changes_at_once),
        cmocka_unit_test(a_stalled_reader_stalls_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
