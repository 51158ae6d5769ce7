/* TLS between two ends in memory: handshakes of both versions at every split, ends, alerts, names
 * (RFC 5922), bad certificates, certificates of clients, SNI, resumption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "net/tls_tickets.h"
#include "tls_pair.h"

#define DAY 86400L

static struct certs certs;

static int make_certs(void **state)
{
    (void)state;
    certs_make(&certs);
    return 0;
}

static int drop_certs(void **state)
{
    (void)state;
    certs_drop(&certs);
    return 0;
}

static struct tls_context *context_of(struct tls_config *c)
{
    struct told told = {0};
    struct tls_context *x;

    if (c->ca.len == 0)
        c->ca = certs_ca(&certs);
    x = tls_context_new(&mem_libc, c, tell_told, &told);
    if (!x)
        print_error("%s\n", told.last.what);
    assert_non_null(x);
    return x;
}

static struct tls_context *client_context(void)
{
    return context_of(&(struct tls_config){.verify = true});
}

static struct tls_context *server_context(struct str cert)
{
    return context_of(&(struct tls_config){.certificates = &cert, .n_certificates = 1});
}

static struct str got(const struct end *e)
{
    return (struct str){e->got, e->n_got};
}

/* A client that wants `name` and a server with `cert`; both contexts are given back. */
static void meet(struct pair *p, struct tls_context *client, struct tls_context *server,
                 const char *name)
{
    pair_make(p, client, server, NULL, name);
    tls_context_unref(client);
    tls_context_unref(server);
    pair_run(p);
}

static void expect_good(struct pair *p)
{
    if (p->client.tls && tls_why(p->client.tls))
        print_error("client: %s\n", tls_why(p->client.tls));
    assert_int_equal(tls_state(p->client.tls), TLS_OPEN);
    assert_int_equal(tls_state(p->server.tls), TLS_OPEN);
    pair_put(p, &p->client, "ask");
    pair_put(p, &p->server, "tell");
    pair_run(p);
    assert_true(str_equal(got(&p->server), STR("ask")));
    assert_true(str_equal(got(&p->client), STR("tell")));
    pair_drop(p);
}

static void expect_refused(struct pair *p, const char *why)
{
    assert_int_equal(tls_state(p->client.tls), TLS_FAILED);
    assert_string_equal(tls_why(p->client.tls), why);
    assert_int_equal(tls_state(p->server.tls), TLS_FAILED); /* by the alert */
    pair_drop(p);
}

static void refuse_cert(const struct tls_issue *what, const struct tls_issued *issuer,
                        const char *why)
{
    struct pair p;

    meet(&p, client_context(), server_context(certs_issue(&certs, "bad", what, issuer)),
         "example.com");
    expect_refused(&p, why);
}

static void take_cert(const struct tls_issue *what, const char *name)
{
    struct pair p;

    meet(&p, client_context(), server_context(certs_issue(&certs, "odd", what, &certs.ca)), name);
    expect_good(&p);
}

/* --- handshakes --- */

/* Where it is not known who should be there, nobody is trusted. */
static void without_a_name_it_is_refused(void **state)
{
    struct pair p;

    (void)state;
    meet(&p, client_context(), server_context(certs_good(&certs, "example.com")), NULL);
    expect_refused(&p, "its certificate is of another name");
}

static void both_versions_shake_hands(void **state)
{
    struct str cert = certs_good(&certs, "example.com");
    struct pair p;

    (void)state;
    meet(&p, client_context(), server_context(cert), "example.com");
    assert_string_equal(tls_version(p.client.tls), "TLSv1.3");
    assert_true(str_equal(tls_asked_name(p.server.tls), STR("example.com")));
    expect_good(&p);
    meet(&p, context_of(&(struct tls_config){.verify = true, .only_12 = true}),
         server_context(cert), "example.com");
    assert_string_equal(tls_version(p.client.tls), "TLSv1.2");
    expect_good(&p);
}

static void one_that_wants_13_alone_refuses_12(void **state)
{
    struct str cert = certs_good(&certs, "example.com");
    struct pair p;

    (void)state;
    meet(&p, context_of(&(struct tls_config){.verify = true, .only_12 = true}),
         context_of(
             &(struct tls_config){.certificates = &cert, .n_certificates = 1, .only_13 = true}),
         "example.com");
    assert_int_equal(tls_state(p.server.tls), TLS_FAILED);
    assert_int_equal(tls_state(p.client.tls), TLS_FAILED);
    pair_drop(&p);
}

static void every_split_is_the_same(void **state)
{
    struct str cert = certs_good(&certs, "example.com");

    (void)state;
    for (unsigned only_12 = 0; only_12 < 2; only_12++)
        for (size_t step = 1; step < 40; step++) {
            struct tls_context *client =
                context_of(&(struct tls_config){.verify = true, .only_12 = only_12});
            struct tls_context *server = server_context(cert);
            struct pair p;

            pair_make(&p, client, server, NULL, "example.com");
            tls_context_unref(client);
            tls_context_unref(server);
            p.step = step;
            pair_run(&p);
            expect_good(&p);
        }
}

static void what_is_sent_too_early_waits(void **state)
{
    struct tls_context *client = client_context();
    struct tls_context *server = server_context(certs_good(&certs, "example.com"));
    struct pair p;

    (void)state;
    pair_make(&p, client, server, NULL, "example.com");
    tls_context_unref(client);
    tls_context_unref(server);
    pair_put(&p, &p.client, "as");
    pair_put(&p, &p.client, "k");
    pair_put(&p, &p.server, "tell");
    pair_run(&p);
    assert_true(str_equal(got(&p.server), STR("ask")));
    assert_true(str_equal(got(&p.client), STR("tell")));
    pair_drop(&p);
}

static void an_end_is_said_and_heard(void **state)
{
    struct tls_io io;
    struct pair p;

    (void)state;
    meet(&p, client_context(), server_context(certs_good(&certs, "example.com")), "example.com");
    io = (struct tls_io){&p.client.out, p.client.plain};
    pair_put(&p, &p.client, "last");
    tls_end(p.client.tls, &io);
    assert_false(tls_put(p.client.tls, &io, STR("more")));
    pair_run(&p);
    assert_int_equal(tls_state(p.server.tls), TLS_ENDED);
    assert_true(str_equal(got(&p.server), STR("last")));
    pair_drop(&p);
}

static void what_is_no_tls_fails_with_an_alert(void **state)
{
    struct tls_context *client = client_context();
    struct tls_context *server = server_context(certs_good(&certs, "example.com"));
    struct pair p;

    (void)state;
    pair_make(&p, client, server, NULL, "example.com");
    tls_context_unref(client);
    tls_context_unref(server);
    assert_int_equal(end_give(&p.server, STR("OPTIONS sip:x SIP/2.0\r\n\r\n")), TLS_FAILED);
    assert_int_equal(end_give(&p.server, STR("OPTIONS sip:x SIP/2.0\r\n\r\n")), TLS_FAILED);
    assert_non_null(tls_why(p.server.tls));
    pair_drop(&p);
}

static void a_changed_byte_fails(void **state)
{
    static char bytes[4096];
    struct pair p;

    (void)state;
    meet(&p, client_context(), server_context(certs_good(&certs, "example.com")), "example.com");
    pair_put(&p, &p.client, "hello");
    size_t n = end_take_out(&p, &p.client, bytes, sizeof(bytes));

    bytes[n - 1] ^= 1;
    assert_int_equal(end_give(&p.server, (struct str){bytes, n}), TLS_FAILED);
    assert_int_equal(p.server.n_got, 0);
    pair_drop(&p);
}

/* --- certificates --- */

static void names_are_rfc_5922s(void **state)
{
    struct tls_issue c = {.common_name = "x", .from_s = -DAY, .until_s = DAY};

    (void)state;
    c.san = "URI:sip:example.com,DNS:other.example";
    take_cert(&c, "EXAMPLE.com");
    c.san = "URI:sip:user@example.org,DNS:example.com";
    take_cert(&c, "example.com");
    c.san = "URI:sips:example.org,DNS:example.com"; /* no SIP identity: the DNS names count */
    take_cert(&c, "example.com");
    c.san = "IP:192.0.2.1";
    take_cert(&c, "192.0.2.1");
    c.san = NULL;
    c.common_name = "example.com";
    take_cert(&c, "example.com");
    c.san = "DNS:example.com";
    c.usage = "1.3.6.1.5.5.7.3.20"; /* RFC 5924 */
    take_cert(&c, "example.com");
}

static void wrong_names_are_refused(void **state)
{
    static const char *const wrong[] = {
        "DNS:example.org",
        "DNS:sip.example.com",
        "DNS:*.com",
        "URI:sip:example.org,DNS:example.com", /* DNS names count only where no URI does */
        "URI:sip:user@example.com",
        "URI:sips:example.com",
        "email:example@example.com"};
    struct tls_issue c = {.common_name = "example.com", .from_s = -DAY, .until_s = DAY};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        c.san = wrong[i];
        refuse_cert(&c, &certs.ca, "its certificate is of another name");
    }
}

static void bad_certificates_are_refused(void **state)
{
    struct tls_issue c = {.common_name = "x", .san = "DNS:example.com", .until_s = DAY};

    (void)state;
    refuse_cert(&c, &certs.stranger, "unable to get local issuer certificate");
    refuse_cert(&c, NULL, "self-signed certificate");
    c.from_s = -2 * DAY;
    c.until_s = -DAY;
    refuse_cert(&c, &certs.ca, "certificate has expired");
    c.from_s = DAY;
    c.until_s = 2 * DAY;
    refuse_cert(&c, &certs.ca, "certificate is not yet valid");
    c.from_s = 0;
    c.usage = "codeSigning";
    refuse_cert(&c, &certs.ca, "unsuitable certificate purpose");
    c.usage = "clientAuth";
    refuse_cert(&c, &certs.ca, "unsuitable certificate purpose");
}

static void who_does_not_verify_takes_any(void **state)
{
    struct tls_issue c = {.common_name = "x", .san = "DNS:example.org", .until_s = DAY};
    struct pair p;

    (void)state;
    meet(&p, context_of(&(struct tls_config){.verify = false}),
         server_context(certs_issue(&certs, "own", &c, NULL)), "example.com");
    expect_good(&p);
}

/* --- clients' certificates --- */

static void ask_client(enum tls_ask ask, struct str cert, struct pair *p)
{
    struct str own = certs_good(&certs, "example.com");
    struct tls_config server = {.certificates = &own, .n_certificates = 1, .ask = ask};
    struct tls_config client = {.verify = true, .certificates = &cert, .n_certificates = 1};

    client.n_certificates = cert.len > 0;
    meet(p, context_of(&client), context_of(&server), "example.com");
}

static struct str names_of(struct pair *p, char *text, size_t size)
{
    struct buf b;

    buf_init(&b, text, size);
    tls_peer_names(p->server.tls, &b);
    return buf_str(&b);
}

static void clients_prove_their_names(void **state)
{
    struct tls_issue c = {.common_name = "x",
                          .san = "DNS:A.example,DNS:b.example",
                          .usage = "clientAuth",
                          .until_s = DAY};
    char text[64];
    struct pair p;

    (void)state;
    ask_client(TLS_ASK, certs_issue(&certs, "peer", &c, &certs.ca), &p);
    assert_true(str_equal(names_of(&p, text, sizeof(text)), STR("a.example b.example")));
    assert_true(str_equal(names_of(&p, text, 12), STR("a.example")));
    expect_good(&p);
    ask_client(TLS_ASK, STR_NONE, &p);
    assert_int_equal(names_of(&p, text, sizeof(text)).len, 0);
    expect_good(&p);
    ask_client(TLS_ASK, certs_issue(&certs, "peer", &c, &certs.stranger), &p);
    assert_int_equal(names_of(&p, text, sizeof(text)).len, 0);
    expect_good(&p);
    c.usage = "serverAuth";
    ask_client(TLS_ASK, certs_issue(&certs, "peer", &c, &certs.ca), &p);
    assert_int_equal(names_of(&p, text, sizeof(text)).len, 0);
    expect_good(&p);
}

static void a_required_certificate_is_insisted_on(void **state)
{
    struct tls_issue c = {.common_name = "x", .san = "DNS:a.example", .until_s = DAY};
    struct pair p;

    (void)state;
    ask_client(TLS_REQUIRE, STR_NONE, &p);
    assert_int_equal(tls_state(p.server.tls), TLS_FAILED);
    assert_string_equal(tls_why(p.server.tls), "peer did not return a certificate");
    pair_drop(&p);
    ask_client(TLS_REQUIRE, certs_issue(&certs, "peer", &c, &certs.stranger), &p);
    assert_int_equal(tls_state(p.server.tls), TLS_FAILED);
    assert_string_equal(tls_why(p.server.tls), "unable to get local issuer certificate");
    pair_drop(&p);
    ask_client(TLS_REQUIRE, certs_issue(&certs, "peer", &c, &certs.ca), &p);
    expect_good(&p);
}

/* --- several names, several connections --- */

static void each_name_gets_its_certificate(void **state)
{
    static const char *const names[] = {"one.example", "two.example", "three.example"};
    struct str files[] = {certs_good(&certs, names[0]), certs_good(&certs, names[1]),
                          certs_good(&certs, names[2])};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct pair p;

        meet(&p, client_context(),
             context_of(&(struct tls_config){.certificates = files, .n_certificates = 3}),
             names[i]);
        expect_good(&p);
    }
}

static bool resumes(struct tls_context *client, struct tls_context *server,
                    struct tls_sessions *sessions, const char *name)
{
    struct pair p;

    pair_make(&p, client, server, sessions, name);
    pair_run(&p);
    bool resumed = tls_was_resumed(p.client.tls);

    assert_int_equal(tls_was_resumed(p.server.tls), resumed);
    expect_good(&p);
    return resumed;
}

static void sessions_are_resumed_by_name(void **state)
{
    struct tls_tickets *tickets = tls_tickets_new(&mem_libc, 0);
    struct str files[] = {certs_good(&certs, "one.example"), certs_good(&certs, "two.example")};
    struct tls_config config = {.certificates = files, .n_certificates = 2, .tickets = tickets};
    struct tls_sessions *sessions = malloc(sizeof(*sessions));

    (void)state;
    for (unsigned only_12 = 0; only_12 < 2; only_12++) {
        struct tls_context *server = context_of(&config);
        struct tls_context *client =
            context_of(&(struct tls_config){.verify = true, .only_12 = only_12});

        tls_sessions_init(sessions, &mem_libc);
        assert_false(resumes(client, server, sessions, "one.example"));
        assert_true(resumes(client, server, sessions, "one.example"));
        assert_false(resumes(client, server, sessions, "two.example"));
        /* another context of the same server: the keys are the same */
        tls_context_unref(server);
        server = context_of(&config);
        assert_true(resumes(client, server, sessions, "two.example"));
        /* keys are turned once, and twice */
        tls_tickets_time(tickets, LIMIT_TLS_TICKET_KEY_S * NS_PER_S);
        assert_true(resumes(client, server, sessions, "one.example"));
        tls_tickets_time(tickets, 2 * LIMIT_TLS_TICKET_KEY_S * NS_PER_S);
        tls_tickets_time(tickets, 3 * LIMIT_TLS_TICKET_KEY_S * NS_PER_S);
        assert_false(resumes(client, server, sessions, "one.example"));
        tls_sessions_fini(sessions);
        tls_context_unref(client);
        tls_context_unref(server);
        tls_tickets_free(tickets);
        tickets = config.tickets = tls_tickets_new(&mem_libc, 0);
    }
    tls_tickets_free(tickets);
    free(sessions);
}

/* What another context trusted is not good with this one. */
static void a_session_does_not_outlive_its_trust(void **state)
{
    struct tls_tickets *tickets = tls_tickets_new(&mem_libc, 0);
    struct str file = certs_good(&certs, "example.com");
    struct tls_context *server = context_of(
        &(struct tls_config){.certificates = &file, .n_certificates = 1, .tickets = tickets});
    struct tls_context *client = client_context();
    struct tls_sessions *sessions = malloc(sizeof(*sessions));

    (void)state;
    tls_sessions_init(sessions, &mem_libc);
    assert_false(resumes(client, server, sessions, "example.com"));
    tls_context_unref(client);
    client = client_context();
    assert_false(resumes(client, server, sessions, "example.com"));
    tls_sessions_fini(sessions);
    tls_context_unref(client);
    tls_context_unref(server);
    tls_tickets_free(tickets);
    free(sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_name_it_is_refused),
        cmocka_unit_test(both_versions_shake_hands),
        cmocka_unit_test(one_that_wants_13_alone_refuses_12),
        cmocka_unit_test(every_split_is_the_same),
        cmocka_unit_test(what_is_sent_too_early_waits),
        cmocka_unit_test(an_end_is_said_and_heard),
        cmocka_unit_test(what_is_no_tls_fails_with_an_alert),
        cmocka_unit_test(a_changed_byte_fails),
        cmocka_unit_test(names_are_rfc_5922s),
        cmocka_unit_test(wrong_names_are_refused),
        cmocka_unit_test(bad_certificates_are_refused),
        cmocka_unit_test(who_does_not_verify_takes_any),
        cmocka_unit_test(clients_prove_their_names),
        cmocka_unit_test(a_required_certificate_is_insisted_on),
        cmocka_unit_test(each_name_gets_its_certificate),
        cmocka_unit_test(sessions_are_resumed_by_name),
        cmocka_unit_test(a_session_does_not_outlive_its_trust),
    };

    return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
