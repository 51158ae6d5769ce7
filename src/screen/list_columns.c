/* What each column of the list shows of a call, how calls are ordered by it, and how wide it is. */
#include "screen/list_columns.h"

#include <stdio.h>

#include "base/flow.h"
#include "msg/print.h"

#define NS INT64_C(1000000000)

void print_time(struct buf *b, unix_ns at)
{
    char text[32];
    int64_t s = at / NS - (at % NS < 0), day = 86400;
    unsigned t = (unsigned)((s % day + day) % day);
    unsigned ms = (unsigned)((at % NS + NS) % NS / 1000000);
    int n = snprintf(text, sizeof text, "%02u:%02u:%02u.%03u", t / 3600, t / 60 % 60, t % 60, ms);
    buf_put(b, (struct str){text, n > 0 ? (size_t)n : 0});
}

struct str short_uri(struct str uri)
{
    if (str_starts_nocase(uri, STR("sip:")))
        return str_slice(uri, 4, uri.len);
    return str_starts_nocase(uri, STR("sips:")) ? str_slice(uri, 5, uri.len) : uri;
}

/* One cell's text; longer ones would not fit into any terminal. */
static void put_cut(struct buf *b, struct str text)
{
    buf_put(b, str_slice(text, 0, b->cap / 2));
}

static const struct trace_item *first_message(const struct trace_call *c)
{
    const struct trace_item *i = trace_call_item(c, NULL);
    while (i && i->kind != TRACE_MESSAGE)
        i = trace_call_item(c, i);
    return i;
}

static const char *state_word(const struct trace_call *c, enum trace_outcome outcome)
{
    bool is_call = str_equal(c->method_name, STR("INVITE"));
    switch (outcome) {
    case TRACE_UNANSWERED:
        return is_call ? "CALL SETUP" : "NO ANSWER";
    case TRACE_GOES_ON:
        return "IN CALL";
    case TRACE_ENDED:
        return "COMPLETED";
    case TRACE_CANCELLED:
        return "CANCELLED";
    case TRACE_NOT_IN_TIME:
        return "TIMED OUT";
    case TRACE_REFUSED:
        return "REJECTED";
    case TRACE_SENT_ON:
        return "DIVERTED";
    case TRACE_DONE:
        return "DONE";
    case TRACE_FRAGMENT:
        return "FRAGMENT";
    }
    return "";
}

void print_state(struct buf *b, const struct trace_call *c)
{
    struct trace_end e = trace_call_end(c);
    buf_put(b, str_from(state_word(c, e.outcome)));
    if ((e.outcome == TRACE_REFUSED || e.outcome == TRACE_SENT_ON || e.outcome == TRACE_DONE) &&
        e.answer) {
        buf_put_char(b, ' ');
        buf_put_u64(b, e.answer->status);
    }
}

static void print_index(struct buf *b, const struct trace_call *c)
{
    buf_put_u64(b, c->serial);
}

static void print_method(struct buf *b, const struct trace_call *c)
{
    put_cut(b, c->method_name);
}

static void print_from(struct buf *b, const struct trace_call *c)
{
    put_cut(b, short_uri(c->from_uri));
}

static void print_to(struct buf *b, const struct trace_call *c)
{
    put_cut(b, short_uri(c->to_uri));
}

static void print_messages(struct buf *b, const struct trace_call *c)
{
    buf_put_u64(b, c->n_messages);
}

static void print_source(struct buf *b, const struct trace_call *c)
{
    const struct trace_item *i = first_message(c);
    if (i)
        addr_print(b, &i->from);
}

static void print_destination(struct buf *b, const struct trace_call *c)
{
    const struct trace_item *i = first_message(c);
    if (i)
        addr_print(b, &i->to);
}

static void print_call_state(struct buf *b, const struct trace_call *c)
{
    print_state(b, c);
}

static void print_start(struct buf *b, const struct trace_call *c)
{
    print_time(b, c->at);
}

static void print_call_id(struct buf *b, const struct trace_call *c)
{
    put_cut(b, c->call_id);
}

static uint8_t transport_of_call(const struct trace_call *c)
{
    const struct trace_item *i = first_message(c);
    return i ? i->transport : TRANSPORT_NONE;
}

static void print_transport(struct buf *b, const struct trace_call *c)
{
    buf_put(b, str_from(transport_name((enum transport)transport_of_call(c))));
}

/* From answer to BYE, or to the last message; -1: it was not answered. */
static int64_t talk_ns(const struct trace_call *c)
{
    struct trace_end e = trace_call_end(c);
    if (e.outcome != TRACE_ENDED && e.outcome != TRACE_GOES_ON)
        return -1;
    return (int64_t)((uint64_t)(e.bye ? e.bye->at : c->last_at) - (uint64_t)e.answer->at);
}

static int64_t total_ns(const struct trace_call *c)
{
    return (int64_t)((uint64_t)c->last_at - (uint64_t)c->at);
}

static void print_seconds(struct buf *b, int64_t ns)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%.1f", (double)ns / (double)NS);
    if (ns >= 0)
        buf_put(b, (struct str){text, n > 0 ? (size_t)n : 0});
}

static void print_talk(struct buf *b, const struct trace_call *c)
{
    print_seconds(b, talk_ns(c));
}

static void print_total(struct buf *b, const struct trace_call *c)
{
    print_seconds(b, total_ns(c));
}

static int by_number(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_index(const struct trace_call *a, const struct trace_call *b)
{
    return by_number(a->serial, b->serial);
}

static int compare_method(const struct trace_call *a, const struct trace_call *b)
{
    return str_compare(a->method_name, b->method_name);
}

static int compare_from(const struct trace_call *a, const struct trace_call *b)
{
    return str_compare(short_uri(a->from_uri), short_uri(b->from_uri));
}

static int compare_to(const struct trace_call *a, const struct trace_call *b)
{
    return str_compare(short_uri(a->to_uri), short_uri(b->to_uri));
}

static int compare_messages(const struct trace_call *a, const struct trace_call *b)
{
    return by_number(a->n_messages, b->n_messages);
}

static int compare_addresses(const struct addr *a, const struct addr *b)
{
    if (a->family != b->family)
        return by_number(a->family, b->family);
    int order = memcmp(a->ip, b->ip, sizeof a->ip);
    return order ? order : by_number(a->port, b->port);
}

static int compare_ends(const struct trace_call *a, const struct trace_call *b, bool is_source)
{
    const struct trace_item *x = first_message(a), *y = first_message(b);
    if (!x || !y)
        return by_number(x != NULL, y != NULL);
    return is_source ? compare_addresses(&x->from, &y->from) : compare_addresses(&x->to, &y->to);
}

static int compare_source(const struct trace_call *a, const struct trace_call *b)
{
    return compare_ends(a, b, true);
}

static int compare_destination(const struct trace_call *a, const struct trace_call *b)
{
    return compare_ends(a, b, false);
}

static int compare_state(const struct trace_call *a, const struct trace_call *b)
{
    return by_number(trace_call_end(a).outcome, trace_call_end(b).outcome);
}

static int compare_start(const struct trace_call *a, const struct trace_call *b)
{
    return (a->at > b->at) - (a->at < b->at);
}

static int compare_transport(const struct trace_call *a, const struct trace_call *b)
{
    return by_number(transport_of_call(a), transport_of_call(b));
}

static int compare_talk(const struct trace_call *a, const struct trace_call *b)
{
    return (talk_ns(a) > talk_ns(b)) - (talk_ns(a) < talk_ns(b));
}

static int compare_total(const struct trace_call *a, const struct trace_call *b)
{
    return (total_ns(a) > total_ns(b)) - (total_ns(a) < total_ns(b));
}

static int compare_call_id(const struct trace_call *a, const struct trace_call *b)
{
    return str_compare(a->call_id, b->call_id);
}

/* Who asks for what is not usual wants it before all else. */
const struct list_column list_columns[N_LIST_COLUMNS] = {
    {"Idx", 5, false, 8, true, print_index, compare_index},
    {"Method", 9, false, 4, true, print_method, compare_method},
    {"From", 14, true, 3, true, print_from, compare_from},
    {"To", 14, true, 5, true, print_to, compare_to},
    {"Msgs", 4, false, 7, true, print_messages, compare_messages},
    {"Source", 21, false, 9, true, print_source, compare_source},
    {"Destination", 21, false, 10, true, print_destination, compare_destination},
    {"State", 13, false, 6, true, print_call_state, compare_state},
    {"Start", 12, false, 11, true, print_start, compare_start},
    {"Call-ID", 20, true, 12, true, print_call_id, compare_call_id},
    {"Transport", 9, false, 0, false, print_transport, compare_transport},
    {"Talk", 9, false, 1, false, print_talk, compare_talk},
    {"Total", 9, false, 2, false, print_total, compare_total},
};

void list_choice_init(struct list_choice *c)
{
    for (unsigned i = 0; i < N_LIST_COLUMNS; i++) {
        c->order[i] = i;
        c->shown[i] = list_columns[i].is_usual;
    }
}

unsigned list_choice_beside(const struct list_choice *c, unsigned column, int step)
{
    unsigned place = 0;
    for (unsigned i = 0; i < N_LIST_COLUMNS; i++)
        if (c->order[i] == column)
            place = i;
    for (unsigned n = 0; n < N_LIST_COLUMNS; n++) {
        place = (place + (step > 0 ? 1 : N_LIST_COLUMNS - 1)) % N_LIST_COLUMNS;
        if (c->shown[c->order[place]])
            return c->order[place];
    }
    return column;
}

static void give_what_is_left(int cols, int widths[N_LIST_COLUMNS])
{
    int used = 0, n = 0;
    for (unsigned i = 0; i < N_LIST_COLUMNS; i++) {
        used += widths[i] ? widths[i] + 1 : 0;
        n += widths[i] && list_columns[i].grows;
    }
    for (unsigned i = 0; i < N_LIST_COLUMNS && n > 0 && used < cols; i++)
        if (widths[i] && list_columns[i].grows)
            widths[i] += (cols - used) / n;
}

/* The column that gets room as the `turn`-th. */
static unsigned column_of_turn(unsigned turn)
{
    unsigned i = 0;
    while (i + 1 < N_LIST_COLUMNS && list_columns[i].at != turn)
        i++;
    return i;
}

void list_columns_fit(const struct list_choice *c, int cols, int widths[N_LIST_COLUMNS])
{
    int used = 0;
    for (unsigned i = 0; i < N_LIST_COLUMNS; i++)
        widths[i] = 0;
    for (unsigned turn = 0; turn < N_LIST_COLUMNS; turn++) {
        unsigned i = column_of_turn(turn);
        int room = cols - used - 1;
        if (!c->shown[i])
            continue;
        if (room < list_columns[i].least && used > 0)
            break;
        widths[i] = room < list_columns[i].least ? room : list_columns[i].least;
        widths[i] = widths[i] > 0 ? widths[i] : 1;
        used += widths[i] + 1;
    }
    give_what_is_left(cols, widths);
}
