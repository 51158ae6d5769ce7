/* The samples of the families that are more than a figure of each worker. Labels take known values
 * only: what strangers send makes no new ones. */
#include "base/limits.h"
#include "host/version.h"
#include "server/metrics_text.h"

static void put(FILE *f, const char *name, uint64_t value)
{
    fprintf(f, "%s %llu\n", name, (unsigned long long)value);
}

static void put_total(FILE *f, const char *name, uint64_t value)
{
    fprintf(f, "%s_total %llu\n", name, (unsigned long long)value);
}

static void put_both_ways(FILE *f, const char *name, const char *label, const char *value,
                          uint64_t in, uint64_t out)
{
    fprintf(f, "%s_total{direction=\"in\",%s=\"%s\"} %llu\n", name, label, value,
            (unsigned long long)in);
    fprintf(f, "%s_total{direction=\"out\",%s=\"%s\"} %llu\n", name, label, value,
            (unsigned long long)out);
}

/* --- traffic --- */

/* Of all workers. */
#define SUM(s, total, member)                            \
    do {                                                 \
        total = 0;                                       \
        for (unsigned w_ = 0; w_ < (s)->n_workers; w_++) \
            total += (s)->workers[w_].engine.member;     \
    } while (0)

void metrics_requests(FILE *f, const char *name, const struct metrics_sample *s)
{
    for (unsigned i = 0; i < N_METHODS; i++) {
        struct str method = method_name_of((enum method)i);
        uint64_t in, out;
        char text[24];

        snprintf(text, sizeof(text), "%.*s", STR_ARG(method));
        SUM(s, in, requests_in[i]);
        SUM(s, out, requests_out[i]);
        put_both_ways(f, name, "method", i == METHOD_OTHER ? "other" : text, in, out);
    }
}

static const uint16_t registered[] = {
#define RESPONSE(code, phrase) code,
#include "responses.def"
#undef RESPONSE
};

static bool is_registered(unsigned code)
{
    for (size_t i = 0; i < sizeof(registered) / sizeof(registered[0]); i++)
        if (registered[i] == code)
            return true;
    return false;
}

void metrics_responses(FILE *f, const char *name, const struct metrics_sample *s)
{
    uint64_t in, out, others_in = 0, others_out = 0;
    char text[8];

    for (unsigned i = 0; i < ENGINE_STATUSES; i++) {
        unsigned code = 100 + i;

        SUM(s, in, responses_in[i]);
        SUM(s, out, responses_out[i]);
        if (is_registered(code)) {
            snprintf(text, sizeof(text), "%u", code);
            put_both_ways(f, name, "code", text, in, out);
        } else {
            others_in += in;
            others_out += out;
        }
        if (code % 100 != 99)
            continue;
        snprintf(text, sizeof(text), "%uxx", code / 100);
        put_both_ways(f, name, "code", text, others_in, others_out);
        others_in = others_out = 0;
    }
}

void metrics_messages(FILE *f, const char *name, const struct metrics_sample *s)
{
    static const char *const transports[ENGINE_TRANSPORTS] = {
        [TRANSPORT_UDP] = "udp", [TRANSPORT_TCP] = "tcp", [TRANSPORT_TLS] = "tls",
        [TRANSPORT_WS] = "ws",   [TRANSPORT_WSS] = "wss", [TRANSPORT_SCTP] = "sctp"};

    for (unsigned i = TRANSPORT_UDP; i <= TRANSPORT_TCP; i++) {
        uint64_t in, out;

        SUM(s, in, messages_in[i]);
        SUM(s, out, messages_out[i]);
        put_both_ways(f, name, "transport", transports[i], in, out);
    }
}

void metrics_bad_messages(FILE *f, const char *name, const struct metrics_sample *s)
{
    for (unsigned i = MSG_OK + 1; i < MSG_N_ERRORS; i++) {
        uint64_t n;

        SUM(s, n, bad_by_code[i]);
        fprintf(f, "%s_total{fault=\"%s\"} %llu\n", name, msg_error_name((enum msg_error_code)i),
                (unsigned long long)n);
    }
}

void metrics_admissions(FILE *f, const char *name, const struct metrics_sample *s)
{
    static const char *const results[N_ELEMENT_NOTES] = {
        [NOTE_CHALLENGED] = "challenged",     [NOTE_AUTH_OK] = "authenticated",
        [NOTE_AUTH_FAILED] = "failed",        [NOTE_FORBIDDEN] = "forbidden",
        [NOTE_UNKNOWN_USER] = "unknown_user", [NOTE_REGISTERED] = "registered",
        [NOTE_HOOK_FAILED] = "hook_failed"};

    for (unsigned i = 0; i < N_ELEMENT_NOTES; i++) {
        uint64_t n = 0;

        for (unsigned w = 0; w < s->n_workers; w++)
            n += s->workers[w].notes[i];
        if (results[i])
            fprintf(f, "%s_total{result=\"%s\"} %llu\n", name, results[i], (unsigned long long)n);
    }
}

/* --- calls that are followed --- */

void metrics_followed_ended(FILE *f, const char *name, const struct metrics_sample *s)
{
    for (unsigned i = 0; i < N_FOLLOW_CAUSES; i++) {
        uint64_t n = 0;

        for (unsigned w = 0; w < s->n_workers; w++)
            n += s->workers[w].follow.ended[i];
        fprintf(f, "%s_total{cause=\"%.*s\"} %llu\n", name,
                STR_ARG(follow_cause_name((enum follow_cause)i)), (unsigned long long)n);
    }
}

void metrics_followed_refused(FILE *f, const char *name, const struct metrics_sample *s)
{
    static const char *const why[] = {
        [FOLLOW_NO_ROOM] = "no_room",
        [FOLLOW_TOO_MANY] = "too_many",
        [FOLLOW_TOO_MANY_USER] = "too_many_of_user",
    };

    for (unsigned i = FOLLOW_NO_ROOM; i <= FOLLOW_TOO_MANY_USER; i++) {
        uint64_t n = 0;

        for (unsigned w = 0; w < s->n_workers; w++)
            n += s->workers[w].follow.refused[i];
        fprintf(f, "%s_total{why=\"%s\"} %llu\n", name, why[i], (unsigned long long)n);
    }
}

/* --- TLS --- */

static void put_handshakes(FILE *f, const char *name, const char *direction, const char *result,
                           uint64_t value)
{
    fprintf(f, "%s_total{direction=\"%s\",result=\"%s\"} %llu\n", name, direction, result,
            (unsigned long long)value);
}

void metrics_tls_handshakes(FILE *f, const char *name, const struct metrics_sample *s)
{
    static const char *const causes[N_TLS_CAUSES] = {[TLS_CAUSE_NOT_TLS] = "not_tls",
                                                     [TLS_CAUSE_VERSION] = "version",
                                                     [TLS_CAUSE_CERTIFICATE] = "certificate",
                                                     [TLS_CAUSE_REFUSED] = "refused",
                                                     [TLS_CAUSE_HUNG_UP] = "hung_up",
                                                     [TLS_CAUSE_TOO_SLOW] = "too_slow",
                                                     [TLS_CAUSE_OTHER] = "other"};

    for (unsigned accepted = 0; accepted < 2; accepted++) {
        const char *direction = accepted ? "in" : "out";
        struct tcp_shakes sum = {0};

        for (unsigned w = 0; w < s->n_workers; w++) {
            const struct tcp_shakes *one = &s->workers[w].shaken[accepted];

            sum.full += one->full;
            sum.resumed += one->resumed;
            for (unsigned i = 0; i < N_TLS_CAUSES; i++)
                sum.failed[i] += one->failed[i];
        }
        put_handshakes(f, name, direction, "full", sum.full);
        put_handshakes(f, name, direction, "resumed", sum.resumed);
        for (unsigned i = 0; i < N_TLS_CAUSES; i++)
            put_handshakes(f, name, direction, causes[i], sum.failed[i]);
    }
}

/* --- limits --- */

void metrics_limits(FILE *f, const char *name, const struct metrics_sample *s)
{
    const struct {
        const char *table;
        uint64_t most;
    } rows[] = {
        {"transactions", s->most_transactions},
        {"contexts", LIMIT_PROXY_CONTEXTS},
        {"followed_calls", LIMIT_CALL_DIALOGS},
        {"lookups_waiting", LIMIT_LOOKUPS_PENDING},
        {"registrations_waiting", LIMIT_REGISTER_PENDING},
        {"connections", LIMIT_TCP_CONNECTIONS},
        {"datagrams_waiting", LIMIT_UDP_QUEUE},
        {"location_records", LIMIT_LOCATION_RECORDS},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        fprintf(f, "%s{table=\"%s\"} %llu\n", name, rows[i].table,
                (unsigned long long)rows[i].most);
}

/* --- the store --- */

void metrics_location_records(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->location_records);
}

void metrics_store_commits(FILE *f, const char *name, const struct metrics_sample *s)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < KEEPER_BUCKETS; i++) {
        bool whole = keeper_bounds[i] % NS_PER_S == 0;

        n += s->store.commits_within[i];
        fprintf(f, "%s_bucket{le=\"%g%s\"} %llu\n", name, (double)keeper_bounds[i] / NS_PER_S,
                whole ? ".0" : "", (unsigned long long)n);
    }
    fprintf(f, "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)s->store.commits);
    fprintf(f, "%s_count %llu\n", name, (unsigned long long)s->store.commits);
    fprintf(f, "%s_sum %.9f\n", name, (double)s->store.commit_ns / NS_PER_S);
}

void metrics_store_writes(FILE *f, const char *name, const struct metrics_sample *s)
{
    put_total(f, name, s->store.writes);
}

void metrics_store_failures(FILE *f, const char *name, const struct metrics_sample *s)
{
    put_total(f, name, s->store.failures);
}

void metrics_store_rows(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->store.rows);
}

void metrics_store_failing(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->store.failing);
}

/* --- the process --- */

void metrics_build(FILE *f, const char *name, const struct metrics_sample *s)
{
    (void)s;
    fprintf(f, "%s_info{version=\"%s\"} 1\n", name, TANDEM_VERSION);
}

void metrics_answering(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->n_answering);
}

void metrics_workers(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->n_workers);
}

void metrics_draining(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->draining);
}

void metrics_cpu(FILE *f, const char *name, const struct metrics_sample *s)
{
    fprintf(f, "%s_total %.6f\n", name, s->process.cpu_s);
}

void metrics_resident(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->process.resident_bytes);
}

void metrics_virtual(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->process.virtual_bytes);
}

void metrics_open_fds(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->process.open_fds);
}

void metrics_max_fds(FILE *f, const char *name, const struct metrics_sample *s)
{
    put(f, name, s->process.max_fds);
}

void metrics_started(FILE *f, const char *name, const struct metrics_sample *s)
{
    fprintf(f, "%s %.3f\n", name, s->process.started_unix);
}
