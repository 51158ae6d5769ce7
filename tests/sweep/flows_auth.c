/* Servers that ask for a password first: RFC 3665 2.1 and 3.2 as they stand there, RFC 7616. */
#include "sweep/script.h"

#define PASSWORD "wonderland"

static void ask_at(struct node *server)
{
    location_put_account(server->location, "alice", server->name, PASSWORD);
    location_put_account(server->location, "bob", server->name, PASSWORD);
    element_ask_passwords(server, NULL, 0);
}

static void open_asking(struct scene *s, const struct script *f)
{
    open_strangers(s, f);
    ask_at(s->proxy);
    agent_know_password(s->alice, PASSWORD);
    agent_know_password(s->bob, PASSWORD);
}

static void register_both(struct scene *s)
{
    for (size_t i = 0; i < s->n_phones; i++) {
        agent_register(s->phones[i], 3600);
        world_run(&s->w, NS_PER_S);
        EXPECT(&s->w, s->phones[i]->register_status == 200);
        s->phones[i]->register_status = 0;
    }
}

/* They answer a challenge, and then send no credentials unasked. */
static void open_asking_office(struct scene *s, const struct script *f)
{
    open_asking(s, f);
    register_both(s);
    s->alice->auth.before_asked = s->bob->auth.before_asked = false;
}

/* Alice has a nonce, and uses it without being asked. */
static void open_trusting_office(struct scene *s, const struct script *f)
{
    open_asking_office(s, f);
    s->alice->auth.before_asked = true;
}

static void comes(struct scene *s)
{
    scene_register(s, s->bob, 3600);
}

static void calls_bob(struct scene *s)
{
    s->alice->plan.hang_up_after = 3 * NS_PER_S;
    (void)scene_call(s, BOB);
}

static void sends_a_message(struct scene *s)
{
    scene_request(s, "MESSAGE", BOB);
}

#define ANSWERED "alice: out 200; bob: in 200"

static const struct script rows[] = {
    {.name = "auth-register",
     .section = "RFC 3665 2.1",
     .open = open_asking,
     .play = comes,
     .outcome = "bob: registered 200",
     .ladder = "bob > office REGISTER\n"
               "office > bob 401\n"
               "bob > office REGISTER\n"
               "office > bob 200\n"},
    {.name = "auth-register-workers-tcp",
     .section = "RFC 3665 2.1",
     .open = open_asking,
     .play = comes,
     .callee = TRANSPORT_TCP,
     .workers = 3,
     .outcome = "bob: registered 200"},
    {.name = "auth-call",
     .section = "RFC 3665 3.2",
     .open = open_asking_office,
     .play = calls_bob,
     .outcome = ANSWERED,
     .ladder = "alice > office INVITE\n"
               "office > alice 407\n"
               "alice > office ACK\n"
               "alice > office INVITE\n"
               "office > alice 100\n"
               "office > bob INVITE\n"
               "bob > office 180\n"
               "office > alice 180\n"
               "bob > office 200\n"
               "office > alice 200\n"
               "alice > office ACK\n"
               "office > bob ACK\n"
               "alice > office BYE\n"
               "office > bob BYE\n"
               "bob > office 200\n"
               "office > alice 200\n"},
    {.name = "auth-call-workers-tcp",
     .section = "RFC 3665 3.2",
     .open = open_asking_office,
     .play = calls_bob,
     .caller = TRANSPORT_TCP,
     .callee = TRANSPORT_TCP,
     .workers = 3,
     .outcome = ANSWERED},
    {.name = "auth-nonce-again",
     .section = "RFC 7616 3.4",
     .open = open_trusting_office,
     .play = sends_a_message,
     .outcome = "alice: asked 200",
     .ladder = "alice > office MESSAGE\n"
               "office > bob MESSAGE\n"
               "bob > office 200\n"
               "office > alice 200\n"},
    {.name = "auth-nonce-elsewhere",
     .section = "RFC 7616 3.3",
     .open = open_trusting_office,
     .play = sends_a_message,
     .workers = 3,
     .outcome = "alice: asked 200"},
};

const struct script_table flows_auth = {rows, sizeof(rows) / sizeof(rows[0])};
