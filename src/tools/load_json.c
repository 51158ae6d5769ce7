/* Owns what a load tells to scripts. */
#include "tools/load_json.h"

#include <stdio.h>

#include "base/json.h"

static void number(const char *key, uint64_t n)
{
    printf(",\"%s\":%llu", key, (unsigned long long)n);
}

static void real(const char *key, double value)
{
    printf(",\"%s\":%.3f", key, value);
}

static void text(const char *key, const char *value)
{
    printf(",\"%s\":", key);
    json_string(stdout, str_from(value));
}

static void done(void)
{
    puts("}");
    fflush(stdout);
}

void load_json_line(const struct load_run *r, time_ns span)
{
    const struct tally *t = load_tally(r->plan->load);
    double s = (double)span / 1e9;
    printf("{\"event\":\"interval\"");
    real("seconds", (double)(r->plan->net.now - r->began) / 1e9);
    real("started_per_s", (double)(t->started - r->told_started) / s);
    real("succeeded_per_s", (double)(t->succeeded - r->told_succeeded) / s);
    number("failed", t->failed - r->told_failed);
    number("running", t->running);
    real("p50_ms", histogram_at(&t->recent, 0.5) / 1e3);
    real("p99_ms", histogram_at(&t->recent, 0.99) / 1e3);
    done();
}

void load_json_said(struct str said)
{
    printf("{\"event\":\"said\",\"text\":");
    json_string(stdout, said);
    done();
}

void load_json_step(const struct load_run *r, bool held)
{
    printf("{\"event\":\"step\"");
    real("rate", r->rate);
    real("offered", r->result.offered);
    number("started", r->result.started);
    number("succeeded", r->result.succeeded);
    number("failed", r->result.failed);
    printf(",\"holds\":%s", held ? "true" : "false");
    done();
}

void load_json_found(const char *what, double rate)
{
    printf("{\"event\":\"found\"");
    real("rate", rate);
    text("kind", what);
    done();
}

/* --- the end --- */

static void latency(const char *name, const struct histogram *h, bool *follows)
{
    if (h->n == 0)
        return;
    printf("%s{\"name\":", *follows ? "," : "");
    json_string(stdout, str_from(name));
    number("count", h->n);
    real("mean_ms", histogram_mean_us(h) / 1e3);
    real("least_ms", h->least_us / 1e3);
    real("p50_ms", histogram_at(h, 0.5) / 1e3);
    real("p90_ms", histogram_at(h, 0.9) / 1e3);
    real("p99_ms", histogram_at(h, 0.99) / 1e3);
    real("p999_ms", histogram_at(h, 0.999) / 1e3);
    real("most_ms", h->most_us / 1e3);
    putchar('}');
    *follows = true;
}

static void latencies(const struct scenario *s, const struct tally *t)
{
    bool follows = false;
    printf(",\"latencies\":[");
    for (unsigned i = 0; i < s->n_rows; i++)
        latency(s->rows[i].name, &t->rows[i], &follows);
    latency("established", &t->established, &follows);
    latency("session", &t->session, &follows);
    putchar(']');
}

static void failures(const struct tally *t)
{
    printf(",\"failures\":[");
    for (unsigned i = 0; i < t->n_failures; i++) {
        const struct failure *f = &t->failures[i];
        printf("%s{\"cause\":\"%s\"", i ? "," : "", cause_name((enum cause)f->cause));
        if (f->status)
            number("status", f->status);
        if (f->method[0])
            text("method", f->method);
        number("step", f->step + 1u);
        number("count", f->n);
        putchar('}');
    }
    putchar(']');
}

static void media(const struct load_plan *p, const struct rtp_tally *t)
{
    if (!p->options->rtp)
        return;
    printf(",\"media\":{\"calls\":%llu", (unsigned long long)t->calls);
    number("silent", t->silent);
    number("one_way", t->one_way);
    number("sent", t->sent);
    number("received", t->received);
    number("lost", t->lost);
    number("out_of_order", t->late);
    number("behind", t->behind);
    real("jitter_ms", histogram_mean_us(&t->jitter) / 1e3);
    real("most_jitter_ms", t->jitter.most_us / 1e3);
    number("strays", load_rtp_strays(p->net.ports.rtp));
    putchar('}');
}

static void counts(const struct tally *t)
{
    number("started", t->started);
    number("succeeded", t->succeeded);
    number("failed", t->failed);
    number("sent", t->sent);
    number("received", t->received);
    number("retransmitted", t->retransmitted);
    number("repeated", t->repeated);
    number("strays", t->strays);
    number("unreadable", t->bad);
    number("most_running", t->most_running);
    if (t->unsaid)
        number("unsaid", t->unsaid);
}

void load_json_end(const struct load_run *r, int status)
{
    const struct load_plan *p = r->plan;
    const struct tally *t = load_tally(p->load);
    printf("{\"event\":\"end\"");
    text("kind", p->options->kind_name);
    number("status", (uint64_t)status);
    real("asked", p->options->rate);
    real("offered", r->result.offered);
    real("seconds", (double)r->result.offered_for / 1e9);
    counts(t);
    failures(t);
    latencies(p->scenario, t);
    media(p, &t->rtp);
    if (p->called) {
        const struct tally *c = load_tally(p->called);
        printf(",\"called\":{\"came\":%llu", (unsigned long long)c->started);
        counts(c);
        failures(c);
        latencies(p->answer, c);
        media(p, &c->rtp);
        putchar('}');
    }
    done();
}
