/* Owns what a load tells to people. */
#include "tools/load_report.h"

#include <stdio.h>
#include <unistd.h>

#include "tools/load_json.h"

static double ms(uint32_t us)
{
    return us / 1e3;
}

static bool is_live(const struct load_run *r)
{
    return !r->plan->options->json && isatty(STDERR_FILENO);
}

static void clear_line(const struct load_run *r)
{
    if (is_live(r))
        fputs("\r\033[K", stderr);
}

void load_report_line(struct load_run *r, time_ns span)
{
    const struct tally *t = load_tally(r->plan->load);
    double s = (double)span / 1e9;
    if (r->plan->options->json)
        load_json_line(r, span);
    if (!is_live(r))
        return;
    clear_line(r);
    fprintf(stderr,
            "%5.0f s  %8.0f/s begun  %8.0f/s done  %6llu under way  %llu failed  p50 %.2f ms  p99 "
            "%.2f ms",
            (double)(r->plan->net.now - r->began) / 1e9, (double)(t->started - r->told_started) / s,
            (double)(t->succeeded - r->told_succeeded) / s, (unsigned long long)t->running,
            (unsigned long long)t->failed, ms(histogram_at(&t->recent, 0.5)),
            ms(histogram_at(&t->recent, 0.99)));
    fflush(stderr);
}

void load_report_said(struct load_run *r, struct str text)
{
    if (r->plan->options->json) {
        load_json_said(text);
        return;
    }
    clear_line(r);
    fputs("said: ", stdout);
    for (size_t i = 0; i < text.len; i++)
        putchar((unsigned char)text.at[i] < 0x20 && text.at[i] != '\t' ? ' ' : text.at[i]);
    putchar('\n');
    fflush(stdout);
}

void load_report_step(struct load_run *r, bool held)
{
    const struct load_result *e = &r->result;
    if (r->plan->options->json) {
        load_json_step(r, held);
        return;
    }
    clear_line(r);
    printf("%10.0f/s asked for, %10.1f/s offered, %llu done, %llu failed: %s\n", r->rate,
           e->offered, (unsigned long long)e->succeeded, (unsigned long long)e->failed,
           held ? "holds" : "does not hold");
    fflush(stdout);
}

/* --- the end --- */

static void row(const char *name, const struct histogram *h)
{
    if (h->n == 0)
        return;
    printf("%-24s %10llu %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f\n", name, (unsigned long long)h->n,
           ms(h->least_us), ms(histogram_at(h, 0.5)), ms(histogram_at(h, 0.9)),
           ms(histogram_at(h, 0.99)), ms(histogram_at(h, 0.999)), ms(h->most_us));
}

static void rows(const struct load_run *r)
{
    const struct scenario *s = r->plan->scenario;
    const struct tally *t = load_tally(r->plan->load);
    printf("\n%-24s %10s %9s %9s %9s %9s %9s %9s\n", "latency in ms", "count", "least", "p50",
           "p90", "p99", "p99.9", "most");
    for (unsigned i = 0; i < s->n_rows; i++)
        row(s->rows[i].name, &t->rows[i]);
    row("established", &t->established);
    row("session", &t->session);
}

static void failures(const struct tally *t)
{
    for (unsigned i = 0; i < t->n_failures; i++) {
        const struct failure *f = &t->failures[i];
        printf("  %10llu  %s", (unsigned long long)f->n, cause_name((enum cause)f->cause));
        if (f->status)
            printf(" %u", f->status);
        if (f->method[0])
            printf("%s %s", f->status ? " to" : "", f->method);
        if (f->cause != CAUSE_LIMIT)
            printf(", at step %u", f->step + 1u);
        putchar('\n');
    }
}

static void media(const struct load_run *r, const struct rtp_tally *t)
{
    if (!r->plan->options->rtp)
        return;
    printf(
        "media:   %llu calls, %llu heard nothing, %llu one way; %llu packets sent, %llu received, "
        "%llu lost, %llu out of order; jitter %.2f ms, at most %.2f; %llu sent late or never\n",
        (unsigned long long)t->calls, (unsigned long long)t->silent, (unsigned long long)t->one_way,
        (unsigned long long)t->sent, (unsigned long long)t->received, (unsigned long long)t->lost,
        (unsigned long long)t->late, histogram_mean_us(&t->jitter) / 1e3, ms(t->jitter.most_us),
        (unsigned long long)t->behind);
}

static void called(const struct load_run *r)
{
    const struct tally *t;
    if (!r->plan->called)
        return;
    t = load_tally(r->plan->called);
    printf("called:  %llu calls came, %llu done, %llu failed\n", (unsigned long long)t->started,
           (unsigned long long)t->succeeded, (unsigned long long)t->failed);
    failures(t);
    media(r, &t->rtp);
}

void load_report_end(struct load_run *r, int status)
{
    const struct load_result *e = &r->result;
    const struct tally *t = load_tally(r->plan->load);
    if (r->plan->options->json) {
        load_json_end(r, status);
        return;
    }
    clear_line(r);
    printf("%s: %llu sessions begun, %llu done, %llu failed", r->plan->options->kind_name,
           (unsigned long long)t->started, (unsigned long long)t->succeeded,
           (unsigned long long)t->failed);
    if (e->offered_for)
        printf("; %.1f/s offered for %.1f s", e->offered, (double)e->offered_for / 1e9);
    printf("\nmessages: %llu sent, %llu received, %llu sent again, %llu came again, %llu of no "
           "session, %llu unreadable; %llu sessions at once at most\n",
           (unsigned long long)t->sent, (unsigned long long)t->received,
           (unsigned long long)t->retransmitted, (unsigned long long)t->repeated,
           (unsigned long long)t->strays, (unsigned long long)t->bad,
           (unsigned long long)t->most_running);
    if (t->failed)
        printf("failed:\n");
    failures(t);
    media(r, &t->rtp);
    called(r);
    rows(r);
}

void load_report_found(const struct load_run *r, const char *what, double rate)
{
    if (r->plan->options->json)
        load_json_found(what, rate);
    else if (rate > 0)
        printf("%s: highest rate that holds: %.0f/s\n", what, rate);
    else
        printf("%s: no rate holds\n", what);
}
