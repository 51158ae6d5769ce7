/* Requests outside dialogs: RFC 3261 17.1.2, RFC 4320. */
#include "sweep/script.h"

static void message(struct scene *s)
{
    scene_request(s, "MESSAGE", s->bob->aor);
}

static void options_of_the_server(struct scene *s)
{
    scene_request(s, "OPTIONS", "sip:office.example");
}

static void message_to_nobody(struct scene *s)
{
    scene_request(s, "MESSAGE", "sip:carol@office.example");
}

static void message_to_a_mute_phone(struct scene *s)
{
    scene_mute(s, NULL, &s->bob->node, 0, TIME_NEVER);
    world_run(&s->w, NS_PER_MS);
    message(s);
}

static void bye_to_no_call(struct scene *s)
{
    scene_request(s, "BYE", s->bob->aor);
}

#define ROW(NAME, SECTION, OPEN, PLAY, OUTCOME) \
    .name = NAME, .section = SECTION, .open = OPEN, .play = PLAY, .outcome = OUTCOME

static const struct script rows[] = {
    {ROW("message", "RFC 3261 17.1.2", open_trapezoid, message, "alice: asked 200"),
     .ladder = "alice > atlanta MESSAGE\n"
               "atlanta > biloxi MESSAGE\n"
               "biloxi > bob MESSAGE\n"
               "bob > biloxi 200\n"
               "biloxi > atlanta 200\n"
               "atlanta > alice 200\n"},
    {ROW("message-tcp", "RFC 3261 18", open_office, message, "alice: asked 200"),
     .caller = TRANSPORT_TCP, .callee = TRANSPORT_TCP},
    {ROW("message-workers", "RFC 3261 18", open_office, message, "alice: asked 200"),
     .callee = TRANSPORT_TCP, .workers = 3},
    {ROW("options", "RFC 3261 11", open_office, options_of_the_server, "alice: asked 200"),
     .ladder = "alice > office OPTIONS\n"
               "office > alice 200\n"},
    {ROW("message-to-nobody", "RFC 3261 16.5", open_office, message_to_nobody, "alice: asked 404")},
    /* RFC 4320 4.1: a 408 to a non-INVITE request helps nobody */
    {ROW("message-to-mute", "RFC 4320 4.1", open_trapezoid, message_to_a_mute_phone,
         "alice: asked 408"),
     .never = "SIP/2.0 408"},
    {ROW("bye-to-no-call", "RFC 3261 15.1.2", open_office, bye_to_no_call, "alice: asked 481")},
};

const struct script_table flows_request = {rows, sizeof(rows) / sizeof(rows[0])};
