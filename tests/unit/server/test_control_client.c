/* A client of the control socket: its lines, its answers, and when it is let go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/control_client.h"

#define IDLE (LIMIT_CONTROL_IDLE_S * NS_PER_S)

static enum control_step say(struct control_client *c)
{
    fputs("{\"said\":1}", control_row(c));
    control_tell(c);
    return CONTROL_DONE;
}

static enum control_step pour(struct control_client *c)
{
    fprintf(control_row(c), "\"%01000d\"", 0);
    control_tell(c);
    return CONTROL_AGAIN;
}

static enum control_step linger(struct control_client *c)
{
    (void)c;
    return CONTROL_WAIT;
}

static const struct control_verb verbs[] = {{.name = "say", .step = say},
                                            {.name = "pour", .step = pour},
                                            {.name = "linger", .step = linger}};

const struct control_verb *control_find_verb(struct str name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (str_equal(name, str_from(verbs[i].name)))
            return &verbs[i];
    return NULL;
}

struct scene {
    struct control control;
    struct control_client *client;
    int far;
};

static void begin(struct scene *s, time_ns now)
{
    int ends[2];

    *s = (struct scene){0};
    s->control.row = open_memstream(&s->control.row_at, &s->control.row_len);
    assert_non_null(s->control.row);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    s->far = ends[1];
    s->client = &s->control.clients[0];
    assert_true(control_client_begin(s->client, &s->control, ends[0], now));
}

static void end(struct scene *s)
{
    control_client_free(s->client);
    close(s->far);
    fclose(s->control.row);
    free(s->control.row_at);
}

/* The client writes this, and the server goes on as long as it wants to. */
static void write_line(struct scene *s, const char *text, time_ns now)
{
    assert_int_equal(write(s->far, text, strlen(text)), (ssize_t)strlen(text));
    control_client_read(s->client, now);
    while (control_client_run(s->client, now))
        ;
}

static void hears(const struct scene *s, const char *expected)
{
    char text[512];
    ssize_t n = read(s->far, text, sizeof text - 1);

    assert_true(n >= 0);
    text[n] = '\0';
    assert_string_equal(text, expected);
}

static bool is_let_go(struct scene *s, time_ns now)
{
    char c;

    control_client_expire(s->client, now);
    assert_int_equal(s->client->used, s->client->fd >= 0);
    return !s->client->used && read(s->far, &c, 1) == 0;
}

static void who_says_nothing_is_let_go(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 7);
    assert_false(is_let_go(&s, 7));
    assert_false(is_let_go(&s, 7 + IDLE - 1));
    assert_true(is_let_go(&s, 7 + IDLE));
    end(&s);
}

static void each_command_counts_anew(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 0);
    for (time_ns now = IDLE - 1; now < 5 * IDLE; now += IDLE - 1) {
        write_line(&s, "say\n", now);
        hears(&s, "{\"said\":1}\n{\"status\":0}\n");
        assert_false(is_let_go(&s, now + IDLE - 1));
    }
    assert_true(is_let_go(&s, 7 * IDLE));
    end(&s);
}

/* The rest of a line that never comes. */
static void half_a_line_is_no_excuse(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 0);
    write_line(&s, "sa", 5);
    assert_false(is_let_go(&s, 5 + IDLE - 1));
    assert_true(is_let_go(&s, 5 + IDLE));
    end(&s);
}

static void who_does_not_read_is_let_go(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 0);
    write_line(&s, "pour\n", 3); /* until nothing more has room */
    assert_true(s.client->out_len - s.client->out_at > CONTROL_OUT_BYTES - CONTROL_OUT_ROOM);
    assert_false(control_client_run(s.client, IDLE)); /* which does not keep it */
    control_client_expire(s.client, 3 + IDLE - 1);
    assert_true(s.client->used);
    control_client_expire(s.client, 3 + IDLE);
    assert_false(s.client->used);
    end(&s);
}

/* It is not his silence. */
static void who_waits_for_an_answer_is_kept(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 0);
    write_line(&s, "linger\n", 0);
    for (time_ns now = IDLE / 2; now < 5 * IDLE; now += IDLE / 2) {
        assert_false(control_client_run(s.client, now));
        assert_false(is_let_go(&s, now));
    }
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_says_nothing_is_let_go),
        cmocka_unit_test(each_command_counts_anew),
        cmocka_unit_test(half_a_line_is_no_excuse),
        cmocka_unit_test(who_does_not_read_is_let_go),
        cmocka_unit_test(who_waits_for_an_answer_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
