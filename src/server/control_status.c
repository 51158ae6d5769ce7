/* `status`: what every worker counts, summed up, and what the process uses. */
#include "base/json.h"
#include "host/version.h"
#include "server/control_client.h"
#include "server/process.h"

static void add(struct worker_figures *sum, const struct worker_figures *f)
{
    sum->engine.received += f->engine.received;
    sum->engine.sent += f->engine.sent;
    sum->engine.tx_client += f->engine.tx_client;
    sum->engine.tx_server += f->engine.tx_server;
    sum->engine.bad_requests += f->engine.bad_requests;
    sum->engine.bad_responses += f->engine.bad_responses;
    sum->engine.refused_overload += f->engine.refused_overload;
    sum->element.contexts += f->element.contexts;
    sum->calls += f->calls;
    sum->follow.dialogs += f->follow.dialogs;
    sum->connections += f->connections;
}

/* The workers one after the other; one that does not answer is left out. */
static bool ask_workers(struct control_client *c)
{
    struct control_progress *p = &c->progress;

    while (p->worker < c->control->shared->n_workers) {
        enum control_asked asked = control_ask(c, INQUIRY_FIGURES, p->worker);

        if (asked == CONTROL_PENDING)
            return false;
        if (asked == CONTROL_ANSWERED) {
            add(&p->sum, &c->inquiry->figures);
            p->answered++;
        }
        p->worker++;
    }
    return true;
}

static void put_listeners(FILE *f, const struct listen_list *l)
{
    char text[80];
    struct buf b;

    fputs(",\"listeners\":[", f);
    for (unsigned i = 0; i < l->n; i++) {
        buf_init(&b, text, sizeof(text));
        listen_print(&b, &l->list[i]);
        fputs(i > 0 ? "," : "", f);
        json_string(f, buf_str(&b));
    }
    putc(']', f);
}

static void put_domains(FILE *f, struct shared *s)
{
    const struct str_list domains = config_domains(current_hold(&s->current));

    fputs(",\"domains\":[", f);
    for (unsigned i = 0; i < domains.n; i++) {
        fputs(i > 0 ? "," : "", f);
        json_string(f, domains.list[i]);
    }
    current_release(&s->current);
    putc(']', f);
}

enum control_step control_domains(struct control_client *c)
{
    struct current *current = &c->control->shared->current;
    const struct str_list domains = config_domains(current_hold(current));

    for (unsigned i = 0; i < domains.n; i++) {
        FILE *f = control_row(c);

        fputs("{\"domain\":", f);
        json_string(f, domains.list[i]);
        putc('}', f);
        control_tell(c);
    }
    current_release(current);
    return CONTROL_DONE;
}

static void put_number(FILE *f, const char *key, uint64_t n)
{
    fprintf(f, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void put_traffic(FILE *f, const struct control_progress *p)
{
    put_number(f, "users_online", p->users);
    put_number(f, "registrations", p->bindings);
    put_number(f, "calls", p->sum.calls);
    put_number(f, "calls_followed", p->sum.follow.dialogs);
    put_number(f, "requests_in_progress", p->sum.element.contexts);
    put_number(f, "transactions", p->sum.engine.tx_client + p->sum.engine.tx_server);
    put_number(f, "connections", p->sum.connections);
    put_number(f, "messages_in", p->sum.engine.received);
    put_number(f, "messages_out", p->sum.engine.sent);
    put_number(f, "bad_messages", p->sum.engine.bad_requests + p->sum.engine.bad_responses);
    put_number(f, "refused_overload", p->sum.engine.refused_overload);
}

static void put_store(FILE *f, struct shared *s)
{
    struct keeper_stats store;

    store_stats(s->store, &store);
    put_number(f, "accounts", store_accounts(s->store));
    fprintf(f, ",\"store\":\"%s\"",
            s->config->data.len == 0 ? "memory"
            : store.failing          ? "failing"
                                     : "good");
}

static void tell(struct control_client *c)
{
    struct shared *s = c->control->shared;
    FILE *f = control_row(c);
    struct process_figures process;

    process_look(&process);
    fputs("{\"version\":\"" TANDEM_VERSION "\"", f);
    put_number(f, "pid", (uint64_t)process.pid);
    put_number(f, "uptime_s", (net_clock_now(&s->clock) - c->control->started) / NS_PER_S);
    put_number(f, "workers", s->n_workers);
    put_number(f, "workers_answering", c->progress.answered);
    put_listeners(f, &s->listen);
    put_domains(f, s);
    put_traffic(f, &c->progress);
    put_store(f, s);
    put_number(f, "memory_bytes", process.resident_bytes);
    fprintf(f, ",\"cpu_s\":%.2f", process.cpu_s);
    fprintf(f, ",\"log_level\":\"%s\"", log_level_name(log_writer_level(s->log)));
    fprintf(f, ",\"draining\":%s}", atomic_load(&s->draining) ? "true" : "false");
    control_tell(c);
}

enum control_step control_status(struct control_client *c)
{
    if (!ask_workers(c))
        return CONTROL_WAIT;
    if (!c->progress.walk.over) {
        enum control_step step = control_census(c);

        if (step != CONTROL_DONE)
            return step;
    }
    tell(c);
    return CONTROL_DONE;
}
