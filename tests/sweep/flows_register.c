/* Registrations: RFC 3261 24.1, RFC 3665 section 2 without its challenges. */
#include "sweep/script.h"

#define EXPIRES_S 3600

/* A REGISTER of the phone's own with these headers, which leaves its contact bound for so long. */
static void say_register(struct scene *s, const char *headers, unsigned bound_s)
{
    struct agent *a = s->bob;
    struct dialog_request r = {.method = STR("REGISTER"), .headers = str_from(headers)};
    a->register_status = 0;
    a->binding.wished = bound_s;
    a->binding.under_way = agent_ask(a, &a->registration, &r, USE_REGISTER, NULL);
    if (!a->binding.under_way)
        a->register_status = 503;
    agent_settle(a);
}

static void comes(struct scene *s)
{
    scene_register(s, s->bob, EXPIRES_S);
}

static void adds_another_contact(struct scene *s)
{
    say_register(s,
                 "Contact: <sip:bob@10.0.0.77>, <mailto:bob@office.example>;expires=7200\r\n"
                 "Expires: 600\r\n",
                 EXPIRES_S);
}

static void asks_for_the_list(struct scene *s)
{
    say_register(s, "", EXPIRES_S);
}

static void leaves(struct scene *s)
{
    say_register(s, "Contact: *\r\nExpires: 0\r\n", 0);
}

static void wants_too_short_a_time(struct scene *s)
{
    scene_register(s, s->bob, 1);
}

/* The store's versions keep both. */
static void two_come_at_once(struct scene *s)
{
    s->proxy->location->delay = 20 * NS_PER_MS;
    scene_register(s, s->alice, 600);
    scene_register(s, s->bob, 600);
}

static void open_two_bobs(struct scene *s, const struct script *f)
{
    open_strangers(s, f);
    snprintf(s->alice->aor, sizeof(s->alice->aor), "%s", s->bob->aor);
}

static void comes_to_a_slow_store(struct scene *s)
{
    s->proxy->location->delay = 3 * NS_PER_S;
    scene_register(s, s->bob, EXPIRES_S);
}

#define ONE_ROUND             \
    "bob > office REGISTER\n" \
    "office > bob 200\n"

static const struct script rows[] = {
    {.name = "register",
     .section = "RFC 3261 24.1, RFC 3665 2.1",
     .open = open_strangers,
     .play = comes,
     .outcome = "bob: registered 200",
     .ladder = ONE_ROUND},
    {.name = "register-tcp",
     .section = "RFC 3261 24.1, RFC 3665 2.1",
     .open = open_strangers,
     .play = comes,
     .callee = TRANSPORT_TCP,
     .outcome = "bob: registered 200",
     .ladder = ONE_ROUND},
    {.name = "register-workers-tcp",
     .section = "RFC 3665 2.1",
     .open = open_strangers,
     .play = comes,
     .callee = TRANSPORT_TCP,
     .workers = 3,
     .outcome = "bob: registered 200"},
    {.name = "register-update",
     .section = "RFC 3665 2.2",
     .open = open_office,
     .play = adds_another_contact,
     .outcome = "bob: registered 200",
     .ladder = ONE_ROUND},
    {.name = "register-fetch",
     .section = "RFC 3665 2.3",
     .open = open_office,
     .play = asks_for_the_list,
     .outcome = "bob: registered 200",
     .ladder = ONE_ROUND},
    {.name = "register-cancel",
     .section = "RFC 3665 2.4",
     .open = open_office,
     .play = leaves,
     .outcome = "bob: registered 200",
     .ladder = ONE_ROUND},
    {.name = "register-too-short",
     .section = "RFC 3261 10.3 step 7",
     .open = open_office,
     .play = wants_too_short_a_time,
     .outcome = "bob: registered 423",
     .ladder = "bob > office REGISTER\noffice > bob 423\n"},
    {.name = "register-two-at-once",
     .section = "RFC 3261 10.3",
     .open = open_two_bobs,
     .play = two_come_at_once,
     .outcome = "alice: registered 200; bob: registered 200"},
    {.name = "register-slow-store",
     .section = "RFC 4320 4.2",
     .open = open_strangers,
     .play = comes_to_a_slow_store,
     .outcome = "bob: registered 200"},
};

const struct script_table flows_register = {rows, sizeof(rows) / sizeof(rows[0])};
